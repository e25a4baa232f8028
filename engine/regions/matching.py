"""Matching of found boxes with true regions, by the protocol of ICDAR 2015 (Karatzas et al. 2015, task 4.1).

A box and a word that counts match when they share more than half of their union; each of them once, taken in the order
of the labels. A box more than half of which lies in one ignored region counts neither for nor against the locator.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from engine.regions.polygons import area, ious, overlaps
from engine.regions.region import Points, Region

IOU = 0.5
"""Share of the union that a match must exceed."""

_IGNORED = 0.5  # share of a box's own area in an ignored region


class Matching(NamedTuple):
    """What became of each box and each region.

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


def match(boxes: Sequence[Points], regions: Sequence[Region]) -> Matching:
    """Match the boxes found in a scene with its regions."""
    truths = [region.polygon for region in regions]
    counting = [number for number, region in enumerate(regions) if not region.ignore]
    spared = [number for number, region in enumerate(regions) if region.ignore]
    ignored: set[int] = set()
    if boxes and spared:
        inside = overlaps(boxes, [truths[number] for number in spared]).max(axis=1)
        sizes = np.array([abs(area(box)) for box in boxes])
        ignored = set(np.flatnonzero(inside > _IGNORED * sizes).tolist())
    matched = [-1] * len(regions)
    free = [number for number in range(len(boxes)) if number not in ignored]
    shares = ious([truths[number] for number in counting], [boxes[number] for number in free])
    taken: set[int] = set()
    for row, region in enumerate(counting):
        for column, box in enumerate(free):
            if box not in taken and shares[row, column] > IOU:
                matched[region] = box
                taken.add(box)
                break
    return Matching(tuple(matched), frozenset(ignored), len(boxes), tuple(counting))


def counts(matching: Matching) -> Counts:
    """Return the counts of one scene."""
    return Counts(matching.hits, matching.boxes - len(matching.ignored), len(matching.counting))
