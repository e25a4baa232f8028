"""Boxes from text maps: from the kernels that a locator finds in place of words back to the words' own rectangles.

A kernel is a region shrunk by D = A (1 - r²) / L on all sides, with its area A and perimeter L (Wang et al. 2019,
"Shape Robust Text Detection with Progressive Scale Expansion Network", 3.3; Liao et al. 2020, "Real-time Scene Text
Detection with Differentiable Binarization", 3.4), so that neighbours stay apart. Boxes are grown back by the distance
that solves the same equation for a rectangle.
"""

from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from glyphlab_read.regions.quads import Points, Quads, ordered_quads, sides_of
from glyphlab_read.regions.thresholds import Thresholds

SHRINK = 0.6
"""r of a kernel: the share of a region's width that is left, were it a square."""


class Box(NamedTuple):
    """A rectangle that holds text: its corners in px of the photo, and the mean probability of its kernel, 0…1."""

    quad: Points
    score: float


class Kernels(NamedTuple):
    """The connected pieces of a text map above a threshold.

    Attributes:
        quads: the rectangle around each, in px of the photo, not grown.
        scores: float64 (N,), mean probability of each.
    """

    quads: Quads
    scores: npt.NDArray[np.float64]


def boxes_from_map(
    text_map: npt.NDArray[np.floating], scale: tuple[float, float], thresholds: Thresholds, ratio: float = SHRINK
) -> list[Box]:
    """Return the boxes that a map of kernels holds, from the upper left to the lower right.

    Args:
        text_map: probability per pixel (H, W), 0…1.
        scale: px of the photo for one of the map, along x and y.
        thresholds: what counts.
        ratio: that the kernels were shrunk by.
    """
    return boxes_from_kernels(kernels_in(text_map, scale, thresholds.binary, thresholds.box), thresholds, ratio)


def kernels_in(
    text_map: npt.NDArray[np.floating], scale: tuple[float, float], binary: float, least_score: float = 0.0
) -> Kernels:
    """Return the pieces of a map (see `boxes_from_map`) above `binary` whose score is not under the least."""
    mask = (text_map > binary).astype(np.uint8)
    count, labels = cv2.connectedComponents(mask, connectivity=8)
    inside = np.flatnonzero(mask)
    numbers = labels.ravel()[inside]
    pixels = np.bincount(numbers, minlength=count)
    sums = np.bincount(numbers, weights=text_map.ravel()[inside], minlength=count)
    scores = sums / np.maximum(pixels, 1)
    outlines, hierarchy = cv2.findContours(mask, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    outer = [] if hierarchy is None else [one for one, link in zip(outlines, hierarchy[0], strict=True) if link[3] < 0]
    pieces = np.array([labels[one[0, 0, 1], one[0, 0, 0]] for one in outer], np.int64)
    kept = np.flatnonzero(scores[pieces] >= least_score)
    step = np.asarray(scale, np.float32)
    rectangles = [cv2.boxPoints(cv2.minAreaRect((outer[number].astype(np.float32) + 0.5) * step)) for number in kept]
    quads = ordered_quads(np.array(rectangles, np.float32).reshape(-1, 4, 2))
    return Kernels(_completed(quads, pixels[pieces[kept]], step), scores[pieces[kept]])


def boxes_from_kernels(kernels: Kernels, thresholds: Thresholds, ratio: float = SHRINK) -> list[Box]:
    """Return the boxes of pieces found at the thresholds' `binary`; see `boxes_from_map`."""
    counting = np.flatnonzero(kernels.scores >= thresholds.box)
    quads, scores = grown(kernels.quads[counting], thresholds.unclip, ratio), kernels.scores[counting]
    large = np.flatnonzero(sides_of(quads).min(axis=1, initial=np.inf) >= thresholds.smallest)
    return [Box(quads[number], float(scores[number])) for number in large[reading_order(quads[large])]]


def grown(quads: Quads, unclip: float, ratio: float = SHRINK) -> Quads:
    """Return rectangles around kernels, grown by the distance that undoes their shrinking, times a factor."""
    distances = unclip * _growths(sides_of(quads), ratio)
    return _widened(quads, distances, distances)


def reading_order(quads: Quads) -> npt.NDArray[np.int64]:
    """Return the numbers of quadrangles from the upper left to the lower right."""
    left, top = quads[..., 0].min(axis=1, initial=np.inf), quads[..., 1].min(axis=1, initial=np.inf)
    return np.lexsort((left, top))


def _growths(sizes: npt.NDArray[np.float64], ratio: float) -> npt.NDArray[np.float64]:
    """Return the distance for each of N kernels of sides (N, 2).

    Of a rectangle with sides w + 2D and h + 2D, D = (w + 2D)(h + 2D)(1 - r²) / (2 (w + h + 4D)): a quadratic in D.
    """
    k, total, product = 1 - ratio**2, sizes.sum(axis=1), sizes.prod(axis=1)
    a, b, c = 8 - 4 * k, 2 * total * (1 - k), -k * product
    return (-b + np.sqrt(b * b - 4 * a * c)) / (2 * a)


def _completed(quads: Quads, pixels: npt.NDArray[np.int64], step: npt.NDArray[np.float32]) -> Quads:
    """Widen rectangles around the centres of pixels (of a size, x and y) so that they enclose what the pixels cover.

    They are up to a pixel short: by a whole one where the pixels lie in line with the sides, by nearly none where long
    sides run across the grid. The area tells which.
    """
    (width, height), axes = sides_of(quads).T, np.stack(_axes(quads))
    across, down = np.hypot(*np.moveaxis(axes * step, -1, 0)).astype(np.float64)  # of a pixel, along the sides
    a, b, c = across * down, width * down + height * across, width * height - pixels * float(step.prod())
    missing = (np.sqrt(np.maximum(b * b - 4 * a * c, 0)) - b) / (2 * a)  # pixels
    missing = np.clip(missing, 0, 1) / 2
    return _widened(quads, missing * across, missing * down)


def _widened(quads: Quads, across: npt.NDArray[np.float64], down: npt.NDArray[np.float64]) -> Quads:
    """Return rectangles with their sides moved outwards: left and right by one distance, top and bottom by another."""
    x, y = (distance[:, None] * axis for distance, axis in zip((across, down), _axes(quads), strict=True))
    return ordered_quads((quads + np.stack([-x - y, x - y, x + y, y - x], axis=1)).astype(np.float32))


def _axes(quads: Quads) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return the directions, of length 1, of both sides of N rectangles; also of lines and points."""
    across = (quads[:, 1] - quads[:, 0] + quads[:, 2] - quads[:, 3]).astype(np.float64)
    down = (quads[:, 3] - quads[:, 0] + quads[:, 2] - quads[:, 1]).astype(np.float64)
    point, no_width = ~(across.any(axis=1) | down.any(axis=1)), ~across.any(axis=1)
    down[point] = 0, 1
    across[no_width] = np.stack([down[:, 1], -down[:, 0]], axis=1)[no_width]
    no_height = ~down.any(axis=1)
    down[no_height] = np.stack([-across[:, 1], across[:, 0]], axis=1)[no_height]
    return across / np.hypot(*across.T)[:, None], down / np.hypot(*down.T)[:, None]
