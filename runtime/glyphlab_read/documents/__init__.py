"""Whole photos and pages: their text, found, read and put in order."""
