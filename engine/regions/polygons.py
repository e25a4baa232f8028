"""Arithmetic of polygons: order of corners, repair, clipping, growing, enclosing rectangles, and overlap.

Corners are (P, 2) in px, y down, so that "clockwise" is as one sees it. Libraries that return rectangles have changed
the order of their corners more than once; ours is decided here alone.
"""

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt
import shapely

from engine.regions.region import Points


def area(polygon: Points) -> float:
    """Return the area in px², from the shoelace formula; positive for clockwise corners."""
    x, y = polygon[:, 0].astype(np.float64), polygon[:, 1].astype(np.float64)
    return float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2


def clockwise(polygon: Points) -> Points:
    """Return the corners clockwise, beginning with the same one."""
    return np.roll(polygon[::-1], 1, axis=0) if area(polygon) < 0 else polygon


def ordered(quad: Points) -> Points:
    """Return the corners of a convex quadrangle clockwise, the first one upper left.

    Any order is taken, also one whose edges cross. The first edge is the one on top: of the two pairs of opposite edges
    the one nearer to level, and of that pair the upper. At 45 degrees, where both are equally near, the longer pair is
    taken as level.
    """
    centre = quad.mean(axis=0)
    angles = np.arctan2(quad[:, 1] - centre[1], quad[:, 0] - centre[0])
    around: Points = quad[np.argsort(angles, kind="stable")]
    edges = np.roll(around, -1, axis=0) - around
    rise, run = np.abs(edges[:, 1]), np.abs(edges[:, 0])
    steep = (rise + np.roll(rise, -2)) - (run + np.roll(run, -2))
    lengths = np.hypot(*edges.T)
    flat = min((0, 1), key=lambda i: (round(float(steep[i]), 3), -float(lengths[i] + lengths[i + 2])))
    middle = (around + np.roll(around, -1, axis=0))[:, 1]
    first = flat if (middle[flat], edges[flat, 0] < 0) <= (middle[flat + 2], edges[flat + 2, 0] < 0) else flat + 2
    return np.roll(around, -first, axis=0).astype(np.float32)


def is_simple(polygon: Points) -> bool:
    """Say whether the outline encloses an area and does not cross itself."""
    return len(polygon) >= 3 and abs(area(polygon)) > 0 and bool(shapely.Polygon(polygon).is_valid)


def repaired(polygon: Points) -> Points | None:
    """Return an outline that does not cross itself, enclosing what this one does; None where that is nothing.

    The corners of a quadrangle that cross, as they do when listed in Z order, are put in order. Of other outlines that
    fall apart the largest part is kept.
    """
    if len(polygon) == 4 and not is_simple(polygon):
        hull: Points = cv2.convexHull(polygon.astype(np.float32)).reshape(-1, 2).astype(np.float32)
        if len(hull) == 4:
            return ordered(hull)
    if len(polygon) < 3:
        return None
    return _largest(shapely.make_valid(shapely.Polygon(polygon))) if not is_simple(polygon) else clockwise(polygon)


def clipped(polygon: Points, width: float, height: float) -> Points | None:
    """Return the part of an outline within an image; None where nothing is."""
    low, high = polygon.min(axis=0), polygon.max(axis=0)
    if low.min() >= 0 and high[0] <= width and high[1] <= height:
        return polygon
    return _largest(shapely.intersection(shapely.Polygon(polygon), shapely.box(0, 0, width, height)))


def offset(polygon: Points, distance: float) -> Points | None:
    """Return the outline moved outwards by a distance in px, inwards where it is negative; None where nothing is left.

    Corners stay sharp (mitred), so that a rectangle stays one.
    """
    return _largest(shapely.buffer(shapely.Polygon(polygon), distance, join_style="mitre", mitre_limit=2.0))


def enclosing_quad(points: npt.NDArray[np.floating]) -> Points:
    """Return the rectangle of least area around points, its corners in the order of `ordered`."""
    corners: Points = cv2.boxPoints(cv2.minAreaRect(points.astype(np.float32))).astype(np.float32)  # pyright: ignore[reportAssignmentType]
    return ordered(corners)


def sides(quad: Points) -> tuple[float, float]:
    """Return width and height of a quadrangle in px: the means of its opposite edges, the first edge being a width."""
    edges = np.hypot(*(np.roll(quad, -1, axis=0) - quad).T)
    return float(edges[0] + edges[2]) / 2, float(edges[1] + edges[3]) / 2


def overlaps(some: Sequence[Points], others: Sequence[Points]) -> npt.NDArray[np.float64]:
    """Return the area that each of A outlines shares with each of B others, in px²: (A, B)."""
    if not some or not others:
        return np.zeros((len(some), len(others)))
    left, right = (np.array([shapely.make_valid(shapely.Polygon(each)) for each in group]) for group in (some, others))
    shared = np.zeros((len(left), len(right)))
    pairs = shapely.STRtree(right).query(left, predicate="intersects")
    shared[pairs[0], pairs[1]] = shapely.area(shapely.intersection(left[pairs[0]], right[pairs[1]]))
    return shared


def ious(some: Sequence[Points], others: Sequence[Points]) -> npt.NDArray[np.float64]:
    """Return the intersection over union of each of A outlines with each of B others: (A, B), 0…1."""
    shared = overlaps(some, others)
    left, right = (np.array([abs(area(each)) for each in group]) for group in (some, others))
    union = left[:, None] + right[None, :] - shared
    return np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)


def _largest(shape: shapely.Geometry) -> Points | None:
    """Return the outline of the largest polygon of a shape, clockwise, without the closing corner."""
    parts = [part for part in shapely.get_parts(shape) if isinstance(part, shapely.Polygon) and part.area > 0]
    parts += [part for part in shapely.get_parts(shapely.get_parts(shape)) if isinstance(part, shapely.Polygon)]
    if not parts:
        return None
    largest = max(parts, key=lambda part: part.area)
    corners = np.asarray(largest.exterior.coords, np.float32)[:-1]
    return clockwise(corners) if len(corners) >= 3 else None
