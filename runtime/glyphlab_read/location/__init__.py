"""Locators: bundles that find text in a photo, and their text maps."""
