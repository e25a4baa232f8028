"""Kernels, and boxes from text maps: what a locator learns in place of a word, and the way back.

A kernel is a region shrunk by D = A (1 - r²) / L on all sides, with its area A and perimeter L (Wang et al. 2019,
"Shape Robust Text Detection with Progressive Scale Expansion Network", 3.3; Liao et al. 2020, "Real-time Scene Text
Detection with Differentiable Binarization", 3.4), so that neighbours stay apart. Boxes are grown back by the distance
that solves the same equation for a rectangle.
"""

import math
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from engine.config.thresholds import Thresholds
from engine.regions.polygons import area, enclosing_quad, offset, ordered, sides
from engine.regions.region import Points

SHRINK = 0.4
"""r of a kernel: the share of a region's width that is left, were it a square."""

_SHIFT = 4  # bits of a pixel's fraction that OpenCV draws with
_LEAST_KERNEL = 1.0  # px of the map; a thinner kernel would vanish


class Box(NamedTuple):
    """A rectangle that holds text: its corners in px of the photo, and the mean probability of its kernel, 0…1."""

    quad: Points
    score: float


def kernel_of(polygon: Points, ratio: float = SHRINK) -> Points | None:
    """Return the kernel of a region; None where nothing is left of it."""
    length = float(np.hypot(*(np.roll(polygon, -1, axis=0) - polygon).T).sum())
    return offset(polygon, -abs(area(polygon)) * (1 - ratio**2) / length) if length else None


def growth(width: float, height: float, ratio: float = SHRINK) -> float:
    """Return the distance in px by which a kernel of these sides grows back into its rectangle.

    Of a rectangle with sides w + 2D and h + 2D, D = (w + 2D)(h + 2D)(1 - r²) / (2 (w + h + 4D)): a quadratic in D.
    """
    k, total, product = 1 - ratio**2, width + height, width * height
    a, b, c = 8 - 4 * k, 2 * total * (1 - k), -k * product
    return (-b + math.sqrt(b * b - 4 * a * c)) / (2 * a)


def fill(mask: npt.NDArray[np.uint8], polygon: Points, value: int) -> None:
    """Paint the inside of an outline on a mask (H, W), in place. The outline is in px of the mask.

    OpenCV counts from the centres of pixels and paints the border, too, half a pixel on each side; both are undone.
    """
    inside = offset(polygon, -0.5)
    if inside is None:  # thinner than a pixel: its own line then
        inside = polygon
    corners = ((inside - 0.5) * (1 << _SHIFT)).round().astype(np.int32)
    cv2.fillPoly(mask, [corners], value, lineType=cv2.LINE_8, shift=_SHIFT)


def boxes_from_map(
    text_map: npt.NDArray[np.float32], scale: tuple[float, float], thresholds: Thresholds, ratio: float = SHRINK
) -> list[Box]:
    """Return the boxes that a map of kernels holds, from the upper left to the lower right.

    Args:
        text_map: probability per pixel (H, W), 0…1.
        scale: px of the photo for one of the map, along x and y.
        thresholds: what counts.
        ratio: that the kernels were shrunk by.
    """
    binary = (text_map > thresholds.binary).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(binary, connectivity=8)
    sums = np.bincount(labels.ravel(), weights=text_map.ravel().astype(np.float64), minlength=count)
    found = []
    for number in range(1, count):
        left, top, width, height, pixels = stats[number]
        score = float(sums[number] / pixels)
        if score < thresholds.box:
            continue
        part = (labels[top : top + height, left : left + width] == number).astype(np.uint8)
        quad = _grown(part, (left, top), scale, thresholds.unclip, ratio)
        if min(sides(quad)) >= thresholds.smallest:
            found.append(Box(quad, score))
    return sorted(found, key=lambda box: (float(box.quad[:, 1].min()), float(box.quad[:, 0].min())))


def _grown(
    part: npt.NDArray[np.uint8], corner: tuple[int, int], scale: tuple[float, float], unclip: float, ratio: float
) -> Points:
    """Return the rectangle around a component, grown, in px of the photo."""
    outlines, _ = cv2.findContours(part, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    centres = outlines[0].reshape(-1, 2).astype(np.float32) + np.asarray(corner, np.float32) + 0.5
    # The rectangle around the pixels' centres is half a pixel short on each side.
    inner = _widened(enclosing_quad(centres * np.asarray(scale, np.float32)), sum(scale) / 4)
    return _widened(inner, unclip * growth(*sides(inner), ratio))


def _widened(quad: Points, distance: float) -> Points:
    """Return a rectangle with every side moved outwards; one without an extent grows along the axes it has."""
    across = quad[1] - quad[0] + quad[2] - quad[3]
    down = quad[3] - quad[0] + quad[2] - quad[1]
    if not across.any():
        across = np.array([down[1], -down[0]], np.float32) if down.any() else np.array([1, 0], np.float32)
    if not down.any():
        down = np.array([-across[1], across[0]], np.float32)
    x, y = (distance * axis / np.hypot(*axis) for axis in (across, down))
    return ordered(quad + np.stack([-x - y, x - y, x + y, y - x]).astype(np.float32))
