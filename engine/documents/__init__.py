"""Whole photos and pages: located, read, put in order, and written as files that other programs take."""
