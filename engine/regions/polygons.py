"""Arithmetic of polygons: repair, clipping, growing, height and angle of text, and overlap.

Corners are (P, 2) in px, y down; `glyphlab_read.regions.quads` decides their order.
"""

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt
import shapely

from glyphlab_read.regions.quads import (
    Points,
    area,
    clockwise,
    enclosing_quads,
    ordered,
    ordered_quads,
    sides_of,
)

_LEAST_OFFSET = 1e-6  # px; shapely returns nothing for distances near zero


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
    """Return the part of an outline within an image, beginning near where it did; None where nothing is.

    Of an outline that falls apart at the edge, or that crosses itself, the largest part is kept.
    """
    low, high = polygon.min(axis=0), polygon.max(axis=0)
    if low.min() >= 0 and high[0] <= width and high[1] <= height:
        return polygon
    within = shapely.intersection(shapely.make_valid(shapely.Polygon(polygon)), shapely.box(0, 0, width, height))
    part = _largest(within)
    return None if part is None else _beginning_near(part, clockwise(polygon)[0])


def offset(polygon: Points, distance: float) -> Points | None:
    """Return the outline moved outwards by a distance in px, inwards where it is negative; None where nothing is left.

    Corners stay sharp (mitred), so that a rectangle stays one, and the first corner stays the first.
    """
    if abs(distance) < _LEAST_OFFSET:
        return clockwise(polygon)
    moved = _largest(shapely.buffer(shapely.Polygon(polygon), distance, join_style="mitre", mitre_limit=2.0))
    return None if moved is None else _beginning_near(moved, polygon[0])


def text_height(polygon: Points) -> float:
    """Return the height of text in px: the shorter side of the rectangle around it."""
    return float(text_heights([polygon])[0])


def text_heights(polygons: Sequence[Points]) -> npt.NDArray[np.float64]:
    """Return `text_height` of N outlines: (N,)."""
    return sides_of(enclosing_quads(polygons)).min(axis=1, initial=np.inf)


def text_angle(polygon: Points) -> float:
    """Return by how many degrees the top edge of a region falls to the right, -90…90."""
    return float(text_angles([polygon])[0])


def text_angles(polygons: Sequence[Points]) -> npt.NDArray[np.float64]:
    """Return `text_angle` of N outlines: (N,)."""
    quads = enclosing_quads(polygons)
    own = [number for number, polygon in enumerate(polygons) if len(polygon) == 4]
    if own:
        quads[own] = ordered_quads(np.array([polygons[number] for number in own], np.float32))
    across = (quads[:, 1] - quads[:, 0] + quads[:, 2] - quads[:, 3]).astype(np.float64)
    return (np.degrees(np.arctan2(across[:, 1], across[:, 0])) + 90) % 180 - 90


def areas(polygons: Sequence[Points]) -> npt.NDArray[np.float64]:
    """Return the area that each of A outlines encloses, in px²; also of outlines that cross themselves."""
    return shapely.area(_shapes(polygons))


def overlaps(some: Sequence[Points], others: Sequence[Points]) -> npt.NDArray[np.float64]:
    """Return the area that each of A outlines shares with each of B others, in px²: (A, B)."""
    return _shared(_shapes(some), _shapes(others))


def ious(some: Sequence[Points], others: Sequence[Points]) -> npt.NDArray[np.float64]:
    """Return the intersection over union of each of A outlines with each of B others: (A, B), 0…1."""
    left, right = _shapes(some), _shapes(others)
    shared = _shared(left, right)
    union = shapely.area(left)[:, None] + shapely.area(right)[None, :] - shared
    return np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)


def _shapes(polygons: Sequence[Points]) -> npt.NDArray[np.object_]:
    """Return valid shapes of outlines, made together: one by one takes most of the time of an overlap."""
    if not polygons:
        return np.empty(0, np.object_)
    numbers = np.repeat(np.arange(len(polygons)), [len(each) for each in polygons])
    rings = shapely.linearrings(np.concatenate(polygons).astype(np.float64), indices=numbers)
    shapes = np.asarray(shapely.polygons(rings))
    wrong = ~shapely.is_valid(shapes)
    shapes[wrong] = shapely.make_valid(shapes[wrong])
    return shapes


def _shared(left: npt.NDArray[np.object_], right: npt.NDArray[np.object_]) -> npt.NDArray[np.float64]:
    shared = np.zeros((len(left), len(right)))
    if len(left) and len(right):
        pairs = shapely.STRtree(right).query(left, predicate="intersects")
        shared[pairs[0], pairs[1]] = shapely.area(shapely.intersection(left[pairs[0]], right[pairs[1]]))
    return shared


def _beginning_near(polygon: Points, corner: Points) -> Points:
    """Return an outline that begins with its corner nearest to a place."""
    return np.roll(polygon, -int(np.hypot(*(polygon - corner).T).argmin()), axis=0)


def _largest(shape: shapely.Geometry) -> Points | None:
    """Return the outline of the largest polygon of a shape, clockwise, without the closing corner."""
    parts = [part for part in shapely.get_parts(shape) if isinstance(part, shapely.Polygon) and part.area > 0]
    parts += [part for part in shapely.get_parts(shapely.get_parts(shape)) if isinstance(part, shapely.Polygon)]
    if not parts:
        return None
    largest = max(parts, key=lambda part: part.area)
    corners = np.asarray(largest.exterior.coords, np.float32)[:-1]
    return clockwise(corners) if len(corners) >= 3 else None
