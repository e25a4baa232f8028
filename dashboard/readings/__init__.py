"""Readings of images that several pages share: cards, alignment, ground truth."""
