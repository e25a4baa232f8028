"""Datasets of scenes: whole photos with regions of text, stored beside those of words. Draws and trains nothing."""
