"""Locators: bundles that find text in a photo, their text maps, and the thresholds that make boxes of them."""
