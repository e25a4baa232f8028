"""Quadrangles around text: the order of their corners, their sides, and the least rectangle around points.

Corners are (P, 2) in px, y down, so that "clockwise" is as one sees it. Libraries that return rectangles have changed
the order of their corners more than once; ours is decided here alone.
"""

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

Points = npt.NDArray[np.float32]
"""Corners (P, 2), x then y in px; the corner of the upper left pixel is (0, 0), its centre (0.5, 0.5)."""

Quads = npt.NDArray[np.float32]
"""N quadrangles (N, 4, 2), in px."""

_SAME_ANGLE = 1e-6  # radians
_SAME_SLOPE = 1e-4  # of the edges' length


def area(polygon: Points) -> float:
    """Return the area in px², from the shoelace formula; positive for clockwise corners."""
    if len(polygon) < 3:
        return 0.0
    x, y = polygon[:, 0].astype(np.float64), polygon[:, 1].astype(np.float64)
    return float(x[:-1] @ y[1:] - y[:-1] @ x[1:] + x[-1] * y[0] - y[-1] * x[0]) / 2


def clockwise(polygon: Points) -> Points:
    """Return the corners clockwise, beginning with the same one."""
    return np.roll(polygon[::-1], 1, axis=0) if area(polygon) < 0 else polygon


def ordered(quad: Points) -> Points:
    """Return the corners of a convex quadrangle clockwise, the first one upper left; see `ordered_quads`."""
    return ordered_quads(quad[None])[0]


def ordered_quads(quads: Quads) -> Quads:
    """Return the corners of N convex quadrangles clockwise, the upper left one first.

    Any order is taken, also one whose edges cross. The first edge is the one on top: of the two pairs of opposite edges
    the one nearer to level, and of that pair the upper. At 45 degrees, where both are equally near, the longer pair is
    taken as level; a square that stands on its corner begins with the left one.
    """
    from_centre = quads.astype(np.float64) - quads.mean(axis=1, keepdims=True)
    angles = np.arctan2(from_centre[..., 1], from_centre[..., 0])
    turned = (angles + np.pi + _SAME_ANGLE) % (2 * np.pi)  # a corner due left comes first, whatever its last bit says
    around = _taken(quads.astype(np.float64), np.argsort(turned, axis=1, kind="stable"))
    edges = np.roll(around, -1, axis=1) - around
    lengths = np.hypot(edges[..., 0], edges[..., 1])
    steep = np.abs(edges[..., 1]) - np.abs(edges[..., 0])
    slack = _SAME_SLOPE * lengths.sum(axis=1)
    gain = steep[:, 0] + steep[:, 2] - steep[:, 1] - steep[:, 3]
    longer = lengths[:, 1] + lengths[:, 3] > lengths[:, 0] + lengths[:, 2] + slack
    flat = np.where(np.abs(gain) <= slack, longer, gain > 0).astype(np.int64)
    rows = np.arange(len(quads))
    heights = around[..., 1] + np.roll(around[..., 1], -1, axis=1)
    own, other = heights[rows, flat], heights[rows, flat + 2]
    first = flat + 2 * ((other < own) | ((other == own) & (edges[rows, flat, 0] < 0)))
    return _taken(around, (first[:, None] + np.arange(4)) % 4).astype(np.float32)


def enclosing_quad(points: npt.NDArray[np.floating]) -> Points:
    """Return the rectangle of least area around points, its corners in the order of `ordered`."""
    return enclosing_quads([points])[0]


def sides(quad: Points) -> tuple[float, float]:
    """Return width and height of a quadrangle in px: the means of its opposite edges, the first edge being a width."""
    width, height = sides_of(quad[None])[0]
    return float(width), float(height)


def sides_of(quads: Quads) -> npt.NDArray[np.float64]:
    """Return `sides` of N quadrangles: (N, 2)."""
    edges = np.roll(quads, -1, axis=1).astype(np.float64) - quads
    lengths = np.hypot(edges[..., 0], edges[..., 1])
    return (lengths[:, :2] + lengths[:, 2:]) / 2


def enclosing_quads(outlines: Sequence[npt.NDArray[np.floating]]) -> Quads:
    """Return `enclosing_quad` of N sets of points."""
    corners = [cv2.boxPoints(cv2.minAreaRect(points.astype(np.float32))) for points in outlines]
    return ordered_quads(np.array(corners, np.float32).reshape(-1, 4, 2))


def _taken(quads: npt.NDArray[np.float64], order: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    return np.take_along_axis(quads, order[..., None], axis=1)
