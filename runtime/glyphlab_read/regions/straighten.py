"""A piece of text cut out of its photo and straightened, as readers read it: upright, from left to right."""

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from glyphlab_read.regions.quads import Points, enclosing_quad, sides

_UPRIGHT = 0.01  # px by which the corners of an upright rectangle may differ
_LEAST_END = 0.4  # of the usual height of a strip: the least at its ends
_CENTRE = 0.5  # px from a pixel's corner to its centre

Pixels = npt.NDArray[np.uint8]


def straightened(photo: Pixels, outline: Points) -> Pixels:
    """Cut out what an outline encloses; what lies outside of the photo repeats its edge.

    A quadrangle becomes a rectangle whose upper left corner is its first one. An outline of more corners that runs
    along a text and back below it, as those of curved texts do, is unrolled. Of any other the least rectangle around
    it is taken, its upper left corner first.

    Args:
        photo: (H, W, 3).
        outline: (P, 2), P ≥ 3, clockwise, in px of the photo.

    Returns:
        The text, (h, w, 3), about as large as in the photo.
    """
    strip = _strip(outline)
    if strip is not None:
        return _unrolled(photo, *strip)
    quad = outline if len(outline) == 4 and _is_convex(outline) else enclosing_quad(outline)
    if _is_upright(quad):
        return _upright(photo, quad)
    width, height = (max(1, round(side)) for side in sides(quad))
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    to_centre = np.array([[1, 0, _CENTRE], [0, 1, _CENTRE], [0, 0, 1]])
    back = np.linalg.inv(to_centre) @ cv2.getPerspectiveTransform(target, quad.astype(np.float32)) @ to_centre
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return _bytes(cv2.warpPerspective(photo, back, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE))


def _is_upright(quad: Points) -> bool:
    """Say whether a quadrangle is a rectangle that lies along the photo, its upper left corner first."""
    (left, top), (right, bottom) = quad[0], quad[2]
    plain = np.array([[left, top], [right, top], [right, bottom], [left, bottom]])
    return bool(left < right and top < bottom and np.abs(quad - plain).max() < _UPRIGHT)


def _upright(photo: Pixels, quad: Points) -> Pixels:
    """Return the whole pixels that an upright rectangle touches; beyond the photo those at its edge."""
    left, top = (int(np.floor(edge + _UPRIGHT)) for edge in quad.min(axis=0))
    right, bottom = (int(np.ceil(edge - _UPRIGHT)) for edge in quad.max(axis=0))
    rows, columns = np.arange(top, max(bottom, top + 1)), np.arange(left, max(right, left + 1))
    return photo.take(rows, axis=0, mode="clip").take(columns, axis=1, mode="clip")


def _strip(outline: Points) -> tuple[Points, Points] | None:
    """Return the upper and the lower edge of a text from left to right; None where an outline is no such strip."""
    half, odd = divmod(len(outline), 2)
    if odd or half < 3:
        return None
    upper, lower = outline[:half], outline[half:][::-1]
    across = np.hypot(*(upper - lower).T)
    cells = np.stack([upper[:-1], upper[1:], lower[1:], lower[:-1]], axis=1)
    if min(across[0], across[-1]) < _LEAST_END * np.median(across) or not all(map(_is_convex, cells)):
        return None
    return upper, lower


def _unrolled(photo: Pixels, upper: Points, lower: Points) -> Pixels:
    """Return what lies between two edges of as many corners each."""
    steps = (np.hypot(*np.diff(upper, axis=0).T) + np.hypot(*np.diff(lower, axis=0).T)) / 2
    along = np.concatenate([[0.0], np.cumsum(steps)])
    width, height = max(1, round(along[-1])), max(1, round(float(np.hypot(*(upper - lower).T).mean())))
    columns = (np.arange(width) + _CENTRE) * along[-1] / width
    rows = ((np.arange(height) + _CENTRE) / height)[:, None]
    x, y = (
        np.interp(columns, along, upper[:, axis]) * (1 - rows) + np.interp(columns, along, lower[:, axis]) * rows
        for axis in (0, 1)
    )
    maps = (x - _CENTRE).astype(np.float32), (y - _CENTRE).astype(np.float32)
    return _bytes(cv2.remap(photo, *maps, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))


def _is_convex(quad: Points) -> bool:
    """Say whether four corners turn clockwise all round."""
    edges = np.roll(quad, -1, axis=0) - quad
    following = np.roll(edges, -1, axis=0)
    return bool((edges[:, 0] * following[:, 1] - edges[:, 1] * following[:, 0] > 0).all())


def _bytes(pixels: Any) -> Pixels:
    return np.asarray(pixels, np.uint8)
