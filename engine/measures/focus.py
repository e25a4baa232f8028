"""The measure of focus: how wide the edges of letters are."""

import math

import numpy as np

from engine.measures.pixels import Pixels, quantile

_STEEPEST = 0.95  # quantile of the slopes at letters' edges; the few above are noise and corners


def blur(pixels: Pixels) -> float:
    """Return the standard deviation in px of the Gaussian that would make edges as wide as these; NaN for no text.

    A step of height A blurred by a Gaussian of s px is steepest in its middle, at A / (s √(2π)) a px. So
    s = A / (√(2π) g), with g the slope at letters' edges and A the step from ground to text. Differences of
    neighbouring pixels take the place of slopes, so that the sharpest edge there can be measures 0.4 px, and strokes
    narrower than the blur, whose step is lowered too, about two thirds of it.
    """
    if pixels.blank:
        return math.nan
    ink = pixels.ink
    slope = np.hypot(np.diff(ink[:-1], axis=1), np.diff(ink[:, :-1], axis=0))
    text = pixels.text
    edges = (text[:-1, 1:] != text[:-1, :-1]) | (text[1:, :-1] != text[:-1, :-1])
    if not edges.any():
        return math.nan
    steepest = quantile(slope[edges], _STEEPEST)
    return 1 / (math.sqrt(2 * math.pi) * max(steepest, 1e-3))
