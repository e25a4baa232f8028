"""Quadrangles and boxes around text, and text straightened."""
