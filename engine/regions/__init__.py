"""Regions of text in a photo: their polygons and the arithmetic on them, and the boxes that a text map holds."""
