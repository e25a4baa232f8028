"""Bringing in images from outside, with a report before anything is copied."""
