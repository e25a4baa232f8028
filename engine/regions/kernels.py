"""Kernels: what a locator learns in place of a word, and outlines painted into masks.

A kernel is a region shrunk by D = A (1 - r²) / L on all sides, with its area A and perimeter L; the papers and the way
back stand in `glyphlab_read.regions.boxes`.
"""

import math

import cv2
import numpy as np
import numpy.typing as npt

from engine.regions.polygons import offset
from glyphlab_read.regions.boxes import SHRINK
from glyphlab_read.regions.quads import Points, area

_SHIFT = 4  # bits of a pixel's fraction that OpenCV draws with
_THIN_INSETS = (0.35, 0.2, 0.1, 0.02)  # px that an outline thinner than a pixel is drawn within itself


def kernel_of(polygon: Points, ratio: float = SHRINK) -> Points | None:
    """Return the kernel of a region; None where nothing is left of it."""
    length = float(np.hypot(*(np.roll(polygon, -1, axis=0) - polygon).T).sum())
    return offset(polygon, -abs(area(polygon)) * (1 - ratio**2) / length) if length else None


def fill(mask: npt.NDArray[np.uint8], polygon: Points, value: int) -> None:
    """Paint the pixels of a mask (H, W) whose centres an outline encloses, in place; it is in px of the mask.

    OpenCV's own fill paints the border, too, which is much of a small kernel. An outline that is thinner than a pixel
    is painted as a line of one, so that it neither vanishes nor falls apart.
    """
    length = float(np.hypot(*(np.roll(polygon, -1, axis=0) - polygon).T).sum())
    thin = abs(area(polygon)) < length and offset(polygon, -0.5) is None  # an area of half the length: a pixel thick
    if thin or not _fill_centres(mask, polygon, value):
        insets = (offset(polygon, -inset) for inset in _THIN_INSETS)
        inside = next((found for found in insets if found is not None), polygon)
        corners = ((inside - 0.5) * (1 << _SHIFT)).round().astype(np.int32)
        cv2.fillPoly(mask, [corners], value, lineType=cv2.LINE_8, shift=_SHIFT)


def _fill_centres(mask: npt.NDArray[np.uint8], polygon: Points, value: int) -> bool:
    """Fill row by row between where the outline crosses the line through the pixels' centres; False: it held none."""
    x, y = polygon.T.astype(np.float64) - 0.5
    next_x, next_y = np.roll(x, -1), np.roll(y, -1)
    top, left = max(math.ceil(y.min()), 0), max(math.ceil(x.min()), 0)
    bottom, right = (min(math.floor(end) + 1, size) for end, size in zip((y.max(), x.max()), mask.shape, strict=True))
    if bottom <= top or right <= left:
        return False
    lines = np.arange(top, bottom)
    rows, edges = np.nonzero((y <= lines[:, None]) != (next_y <= lines[:, None]))
    share = (lines[rows] - y[edges]) / (next_y[edges] - y[edges])
    crossed = x[edges] + share * (next_x[edges] - x[edges])
    first = (np.ceil(crossed.clip(left, right)) - left).astype(np.int64)  # the column from which in and out change
    columns = right - left + 1
    changes = np.bincount(rows * columns + first, minlength=len(lines) * columns).reshape(-1, columns)
    inside = (np.cumsum(changes, axis=1) % 2 == 1)[:, :-1]
    mask[top:bottom, left:right][inside] = value
    return bool(inside.any())
