"""Matching of found boxes with true regions, by the protocol of ICDAR 2015 (Karatzas et al. 2015, task 4.1).

A box and a word that counts match when they share more than half of their union; each of them once, taken in the order
of the labels. A box more than half of which lies in one ignored region counts neither for nor against the locator.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.regions.polygons import areas, ious, overlaps
from engine.regions.region import Region
from glyphlab_read.regions.quads import Points

IOU = 0.5
"""Share of the union that a match must exceed."""

_IGNORED = 0.5  # share of a box's own area in an ignored region


class Matching(NamedTuple):
    """The outcome for each box and each region.

    Attributes:
        matched: the box of each region; -1 where it was missed, or is ignored.
        ignored: numbers of boxes that do not count.
        boxes: how many were found.
        counting: numbers of the regions that count.
    """

    matched: tuple[int, ...]
    ignored: frozenset[int]
    boxes: int
    counting: tuple[int, ...]

    @property
    def hits(self) -> int:
        """The regions that were found."""
        return sum(box >= 0 for box in self.matched)

    @property
    def false(self) -> tuple[int, ...]:
        """The boxes that are no text."""
        used = self.ignored.union(self.matched)
        return tuple(number for number in range(self.boxes) if number not in used)


class Counts(NamedTuple):
    """Hits, boxes and regions that count, over any number of scenes."""

    hits: int = 0
    boxes: int = 0
    regions: int = 0

    def __add__(self, other: object) -> "Counts":
        if not isinstance(other, Counts):
            return NotImplemented
        return Counts(self.hits + other.hits, self.boxes + other.boxes, self.regions + other.regions)

    @property
    def precision(self) -> float:
        """Share of the boxes that hit; 0 where there are none."""
        return self.hits / self.boxes if self.boxes else 0.0

    @property
    def recall(self) -> float:
        """Share of the regions that were hit; 0 where there are none."""
        return self.hits / self.regions if self.regions else 0.0

    @property
    def h_mean(self) -> float:
        """Harmonic mean of precision and recall."""
        total = self.boxes + self.regions
        return 2 * self.hits / total if total else 0.0


class Shares(NamedTuple):
    """Areas that B boxes and R regions of a scene share: all that a matching needs.

    Attributes:
        ious: float64 (R, B), 0 for ignored regions and ignored boxes.
        counting: bool (R,), the regions that count.
        ignored: bool (B,), the boxes that do not.
    """

    ious: npt.NDArray[np.float64]
    counting: npt.NDArray[np.bool_]
    ignored: npt.NDArray[np.bool_]


def match(boxes: Sequence[Points], regions: Sequence[Region]) -> Matching:
    """Match the boxes found in a scene with its regions."""
    return match_shares(shares_of(boxes, regions))


def shares_of(boxes: Sequence[Points], regions: Sequence[Region]) -> Shares:
    """Return what boxes and regions share."""
    counting = np.array([not region.ignore for region in regions], np.bool_)
    ignored = np.zeros(len(boxes), np.bool_)
    if boxes and not counting.all():
        inside = overlaps(boxes, [region.polygon for region in regions if region.ignore]).max(axis=1)
        ignored = inside > _IGNORED * areas(boxes)
    shares = ious([region.polygon for region in regions], boxes)
    shares[~counting] = 0
    shares[:, ignored] = 0
    return Shares(shares, counting, ignored)


def match_shares(shares: Shares) -> Matching:
    """Match boxes with regions, the regions in their order, and for each the first free box that shares enough."""
    matched = [-1] * len(shares.counting)
    taken: set[int] = set()
    for region, box in np.argwhere(shares.ious > IOU).tolist():
        if matched[region] < 0 and box not in taken:
            matched[region] = box
            taken.add(box)
    ignored = frozenset(np.flatnonzero(shares.ignored).tolist())
    counting = tuple(np.flatnonzero(shares.counting).tolist())
    return Matching(tuple(matched), ignored, len(shares.ignored), counting)


def counts(matching: Matching) -> Counts:
    """Return the counts of one scene."""
    return Counts(matching.hits, matching.boxes - len(matching.ignored), len(matching.counting))
