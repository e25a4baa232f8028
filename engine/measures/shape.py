"""Measures of shape: aspect, the share of the height that letters fill, and the width of their strokes."""

import math

import cv2
import numpy as np

from engine.measures.pixels import Pixels

_FINER = 2  # times the image is enlarged before strokes are measured, for their soft edges say where they end
_STRAY = 0.01  # share of the ink above and below that does not count: dots of noise


def fill(pixels: Pixels) -> float:
    """Return the share of the rows, 0…1, between the top and the foot of the text; NaN for no text."""
    if pixels.blank:
        return math.nan
    rows = np.cumsum(pixels.text.sum(axis=1))
    top, foot = np.searchsorted(rows, [rows[-1] * _STRAY, rows[-1] * (1 - _STRAY)], side="right")
    return float(min(foot, len(rows) - 1) - top + 1) / len(rows)


def stroke(pixels: Pixels) -> float:
    """Return the usual width of the text's strokes in px; NaN for no text.

    Twice the distance from the middle of a stroke to its edge: the ridge of the distance transform, as Chen et al.
    (2011, ICIP, "Robust text detection in natural images with edge-enhanced MSER") measure strokes; of the ridge's
    values the mean of the middle half. The idea to tell text by its strokes' width is that of Epshtein, Ofek and
    Wexler (2010, CVPR).
    """
    if pixels.blank:
        return math.nan
    finer = cv2.resize(pixels.ink, None, fx=_FINER, fy=_FINER, interpolation=cv2.INTER_LINEAR)
    inside = np.pad((finer >= 0.5).astype(np.uint8), 1)
    distance = cv2.distanceTransform(inside, cv2.DIST_L2, cv2.DIST_MASK_5)
    ridge = (distance >= cv2.dilate(distance, np.ones((3, 3), np.uint8))) & (inside > 0)
    if not ridge.any():
        return math.nan
    middle = np.sort(distance[ridge])
    half = middle[len(middle) // 4 : -(-3 * len(middle) // 4)]
    return 2 * float(half.mean()) / _FINER  # exact for bars of whole pixels, whose enlarged width is even
