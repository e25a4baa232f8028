"""The place of a region in its photo: corners brought to px of the upright photo, then repaired, clipped or refused."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from engine.config.scene_rules import SceneRules
from engine.datasets.scenes.importing.formats.base import ListedScene
from engine.images.look import UPRIGHT, Look
from engine.regions.polygons import clipped, is_simple, repaired
from glyphlab_read.regions.quads import Points, area, clockwise

RegionReason = Literal["corners", "crossing", "outside", "beyond", "marked", "foreign"]

_SAME = 1.5  # px that a declared side and a photo's may differ
_SMALLEST = 0.25  # px²; what encloses less encloses nothing
_QUARTER_TURNS = 5  # the first EXIF orientation that swaps width and height


@dataclass(frozen=True, slots=True)
class ScannedScene:
    """A photo with its regions as listed, and what was seen of it."""

    scene: ListedScene
    look: Look


class CornerFrame(NamedTuple):
    """The way from the corners of a scene to px of its photo.

    Attributes:
        base: width and height in px of the photo that the corners count in: upright, or as its pixels are stored.
        orientation: EXIF's, by which corners are turned; UPRIGHT where they are upright.
        scale: px for one unit of the corners, along x and y.
        resized: whether the photo's size is not the one that its labels say.
    """

    base: tuple[float, float]
    orientation: int
    scale: tuple[float, float]
    resized: bool

    def place(self, corners: Points) -> Points:
        """Return corners in px of the upright photo."""
        if self.scale != (1.0, 1.0):
            corners = (corners * np.array(self.scale)).astype(np.float32)
        if self.orientation == UPRIGHT:
            return corners
        (width, height), x, y = self.base, corners[:, 0], corners[:, 1]
        places: dict[int, tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]] = {
            2: (width - x, y),
            3: (width - x, height - y),
            4: (x, height - y),
            5: (y, x),
            6: (height - y, x),
            7: (height - y, width - x),
            8: (y, width - x),
        }
        return np.stack(places[self.orientation], axis=1).astype(np.float32)


def corner_frame(scene: ListedScene, look: Look, rules: SceneRules) -> CornerFrame:
    """Return how the corners of a scene become px of its photo."""
    upright = (float(look.width), float(look.height))
    stored = (upright[1], upright[0]) if look.orientation >= _QUARTER_TURNS else upright
    as_stored = look.orientation != UPRIGHT and (
        rules.turned == "stored" or (rules.turned == "auto" and _is_stored(scene, upright, stored))
    )
    base = stored if as_stored else upright
    resized = scene.frame is not None and not scene.relative and not _same(scene.frame, base)
    scaled = scene.frame is not None and (scene.relative or (resized and rules.resized == "scale"))
    frame = scene.frame if scaled and scene.frame else base
    return CornerFrame(
        base, look.orientation if as_stored else UPRIGHT, (base[0] / frame[0], base[1] / frame[1]), resized
    )


def _is_stored(scene: ListedScene, upright: tuple[float, float], stored: tuple[float, float]) -> bool:
    """Say whether corners seem to be those of a photo as it is stored, before it was turned."""
    if scene.relative or upright == stored:
        return False
    if scene.frame is not None:
        return _same(scene.frame, stored) and not _same(scene.frame, upright)
    corners = [region.corners for region in scene.regions if len(region.corners)]
    if not corners:
        return False
    high = np.concatenate(corners).max(axis=0)
    return not bool((high <= np.array(upright) + _SAME).all()) and bool((high <= np.array(stored) + _SAME).all())


def _same(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return abs(one[0] - other[0]) <= _SAME and abs(one[1] - other[1]) <= _SAME


class Placed(NamedTuple):
    """A region's outline in its photo.

    Attributes:
        polygon: clockwise, within the photo, without a crossing; None where the region is left out.
        ignored: whether a rule says that it does not count.
        problems: what was wrong with it, whatever the rules say.
        dropped: the reason why it is left out.
    """

    polygon: Points | None
    ignored: bool
    problems: tuple[RegionReason, ...]
    dropped: RegionReason | None


def place(corners: Points, width: int, height: int, rules: SceneRules) -> Placed:
    """Bring an outline in order by the rules. Its corners are px of the upright photo."""
    problems: list[RegionReason] = []
    ignored = False
    polygon = corners
    plain = _is_convex_quad(corners)  # as nearly all are; what follows takes ten times as long
    if not plain:
        polygon = _distinct(corners)
    if len(polygon) == 2 and rules.corners == "box" and (polygon[0] != polygon[1]).all():
        problems.append("corners")
        (left, top), (right, bottom) = polygon.min(axis=0), polygon.max(axis=0)
        polygon = np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float32)
    if not plain and (len(polygon) < 3 or cv2.contourArea(cv2.convexHull(polygon)) < _SMALLEST):
        return Placed(None, False, ("corners",), "corners")
    if not (plain or is_simple(polygon)):
        problems.append("crossing")
        if rules.crossing == "skip":
            return Placed(None, False, tuple(problems), "crossing")
        ignored = rules.crossing == "ignore"
        mended = repaired(polygon)
        if mended is None:
            return Placed(None, False, (*problems, "corners"), "corners")
        polygon = mended
    low, high = polygon.min(axis=0), polygon.max(axis=0)
    if (low < 0).any() or high[0] > width or high[1] > height:
        inside = clipped(polygon, width, height)
        if inside is None or abs(area(inside)) < _SMALLEST:
            return Placed(None, False, (*problems, "beyond"), "beyond")
        problems.append("outside")
        if rules.outside == "skip":
            return Placed(None, False, tuple(problems), "outside")
        ignored = ignored or rules.outside == "ignore"
        polygon = inside
    return Placed(clockwise(polygon), ignored, tuple(problems), None)


def _distinct(corners: Points) -> Points:
    """Return corners without those that repeat the one before, and without a last one that closes the outline."""
    if len(corners) < 2:
        return corners
    kept = corners[np.append(True, (corners[1:] != corners[:-1]).any(axis=1))]
    return kept[:-1] if len(kept) > 1 and (kept[-1] == kept[0]).all() else kept  # reading starts at the first


def _is_convex_quad(polygon: Points) -> bool:
    """Say whether four corners turn the same way all round, so that no edge crosses another, around an area."""
    if len(polygon) != 4:
        return False
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = polygon.tolist()
    turns = (
        (bx - ax) * (cy - by) - (by - ay) * (cx - bx),
        (cx - bx) * (dy - cy) - (cy - by) * (dx - cx),
        (dx - cx) * (ay - dy) - (dy - cy) * (ax - dx),
        (ax - dx) * (by - ay) - (ay - dy) * (bx - ax),
    )
    # Twice the area is the sum of two opposite turns.
    return (min(turns) > 0 or max(turns) < 0) and abs(turns[0] + turns[2]) >= 2 * _SMALLEST
