"""Synthetic scenes: photos with text whose outlines are known, drawn by a scene recipe. trdg has no part in it."""
