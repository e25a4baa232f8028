"""Synthetic beside real, of words and of photos: both sets, what tells them apart, and what would close it."""
