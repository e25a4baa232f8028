"""Parity check of a locator: the text maps of a bundle against those of the network that it was exported from."""

from collections.abc import Iterable, Mapping

import numpy as np

from engine.regions.polygons import ious
from glyphlab_read.location.manifest import TOLERANCE, MapParity, TunedThresholds
from glyphlab_read.location.maps import TextLevel
from glyphlab_read.location.text_map import TextMap
from glyphlab_read.regions.thresholds import Thresholds

_SAME = 0.9  # IoU of two boxes that are called the same: a pixel at the threshold may fall to either side
_NOT_COMPARABLE = 1.0  # the difference of maps of other sizes


def parity_of(pairs: Iterable[tuple[TextMap, TextMap]], thresholds: Mapping[TextLevel, TunedThresholds]) -> MapParity:
    """Compare the maps of photos, pair by pair, and the boxes of each level that they give.

    Args:
        pairs: of the same photo, by the network and by the bundle.
        thresholds: the bundle's, by level.
    """
    images, same, largest = 0, 0, 0.0
    for theirs, ours in pairs:
        images += 1
        largest = max(largest, _difference(theirs, ours))
        same += all(_same_boxes(theirs, ours, level, tuned.thresholds) for level, tuned in thresholds.items())
    return MapParity(
        images=images, largest_difference=largest, same_boxes=same, counts=same == images and largest <= TOLERANCE
    )


def _difference(theirs: TextMap, ours: TextMap) -> float:
    if theirs.maps.shape != ours.maps.shape:
        return _NOT_COMPARABLE
    return float(np.abs(theirs.maps.astype(np.float32) - ours.maps.astype(np.float32)).max(initial=0))


def _same_boxes(theirs: TextMap, ours: TextMap, level: TextLevel, thresholds: Thresholds) -> bool:
    left, right = ([box.quad for box in text_map.boxes(level, thresholds)] for text_map in (theirs, ours))
    if len(left) != len(right):
        return False
    close = ious(left, right) > _SAME
    return bool(close.any(axis=1).all() and close.any(axis=0).all())
