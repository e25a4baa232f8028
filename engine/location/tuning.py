"""Choice of the four thresholds of a level on validation maps, by the H-mean at IoU 0.5.

The best thresholds differ from network to network and from one of its steps to the next, and matter more than most of
what is trained: those of others may cost four fifths of the score. Synthetic scenes hold some four times as much text
as photos do, so that there a box where no text is counts as often as it would in photos. Thresholds are chosen from
kept maps, in seconds: pieces are cut out once for each binary threshold, and matched once for each growth; which scores
and sizes count then costs a look-up. The set that they were chosen on is to be named beside every score, and is never a
test set.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.regions.matching import IOU, shares_of
from engine.regions.region import Region, at_level
from glyphlab_read.location.manifest import TunedThresholds
from glyphlab_read.location.maps import TextLevel
from glyphlab_read.location.text_map import TextMap
from glyphlab_read.regions.boxes import Kernels, grown, kernels_in, reading_order
from glyphlab_read.regions.quads import sides_of
from glyphlab_read.regions.thresholds import Thresholds

_BINARIES = (0.2, 0.35, 0.5, 0.65, 0.8)
_UNCLIPS = (0.7, 0.85, 1.0, 1.2, 1.45)
_PER_MEGAPIXEL = 4.6  # regions that count, in photos of streets and shops (ICDAR 2015)
_ROUNDS = ((0.07, 1.08), (0.03, 1.04))  # step of the binary threshold, and factor of the growth, around the best
_FEWEST = 2  # scenes that tell how much chance there is
_GIVEN_UP = 0.1  # share of the best worth that strictness may cost, for few scenes leave everything to chance
_SCORES = np.round(np.arange(0.0, 1.0, 0.025), 3)
_SIZES = np.array([0.0, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 20, 24])  # px of the photo


class MappedScene(NamedTuple):
    """A scene of the validation set: its text map, and its true regions in px of the photo."""

    text_map: TextMap
    regions: Sequence[Region]


class _Best(NamedTuple):
    """The best score and size at one binary threshold and growth.

    Attributes:
        worth: what is made large: the H-mean, were the scenes as poor in text as photos.
        h_mean: over the scenes as they are.
        thresholds: all four.
    """

    worth: float
    h_mean: float
    thresholds: Thresholds


def tune(scenes: Sequence[MappedScene], level: TextLevel, name: str, *, synthetic: bool) -> TunedThresholds:
    """Return the thresholds of a level that give the best H-mean over scenes; the same maps give the same ones.

    Args:
        scenes: validation scenes. Where none holds a region of this level that counts, the defaults are returned.
        level: what boxes enclose.
        name: of the set that the scenes are from.
        synthetic: whether they were drawn. Photos are as full of text as those that will come.
    """
    scenes = [MappedScene(scene.text_map, at_level(scene.regions, level)) for scene in scenes]
    total = sum(not region.ignore for scene in scenes for region in scene.regions)
    if not total:
        return TunedThresholds(thresholds=Thresholds())
    search = _Search(scenes, level, total, _emptiness(scenes, total) if synthetic else 1.0)
    best = search.best((binary, 1.0) for binary in _BINARIES)
    best = search.best((best.thresholds.binary, unclip) for unclip in _UNCLIPS)
    for step, factor in _ROUNDS:
        binary, unclip = best.thresholds.binary, best.thresholds.unclip
        best = search.best([(binary, unclip), (binary - step, unclip), (binary + step, unclip)])
        binary = best.thresholds.binary
        best = search.best([(binary, unclip), (binary, unclip / factor), (binary, unclip * factor)])
    best = search.stricter(best)
    return TunedThresholds(thresholds=best.thresholds, tuned_on=name, scenes=len(scenes), h_mean=best.h_mean)


class _Search:
    """The scores of thresholds over the same maps, each pair of binary threshold and growth tried once."""

    def __init__(self, scenes: Sequence[MappedScene], level: TextLevel, total: int, emptiness: float) -> None:
        self._scenes, self._total, self._emptiness = scenes, total, emptiness
        self._level: TextLevel = level
        self._kernels: dict[float, list[Kernels]] = {}
        self._tried: dict[tuple[float, float], _Scores] = {}

    def best(self, pairs: Iterable[tuple[float, float]]) -> _Best:
        """Return the best of pairs of binary threshold and growth; of equals the first."""
        return max((self._try(binary, unclip) for binary, unclip in pairs), key=lambda best: best.worth)

    def stricter(self, best: _Best) -> _Best:
        """Return the highest score that is worth as much as the best one, but for a standard error (a tenth at most).

        What is not text differs more from photos to synthetic scenes than text does, so that of scores which the
        scenes cannot tell apart the strictest does best (the rule is that of Breiman et al. 1984, "Classification and
        Regression Trees", 3.4.3). Words of one scene are found or missed together, so that scenes are the units of
        chance.
        """
        binary, unclip = best.thresholds.binary, best.thresholds.unclip
        scores = self._scores(binary, unclip)
        score = int(np.flatnonzero(np.isclose(best.thresholds.box, _SCORES))[0])
        size = int(np.flatnonzero(best.thresholds.smallest == _SIZES)[0])
        least = best.worth - min(self._standard_error(binary, unclip, score, size), _GIVEN_UP * best.worth)
        enough = np.flatnonzero(scores.worths[:, size] >= least)
        return scores.at(int(enough[-1]), size, binary, unclip)

    def _standard_error(self, binary: float, unclip: float, score: int, size: int) -> float:
        """Return that of a worth, which is a ratio of sums over scenes (Cochran 1977, "Sampling Techniques", 6.4)."""
        found, there = [], []
        for number, scene in enumerate(self._scenes):
            boxes = self._boxes(number, binary, unclip)
            counted, apart = (_at_least(cells)[score, size] for cells in (boxes.kept, boxes.apart))
            found.append(2 * boxes.hits()[score, size])
            regions = sum(not region.ignore for region in scene.regions)
            there.append(counted + (self._emptiness - 1) * apart + regions)
        over, under = np.array(found, np.float64), np.array(there, np.float64)
        count = len(over)
        if count < _FEWEST:
            return 0.0
        left = over - over.sum() / under.sum() * under
        return float(np.sqrt(count / (count - 1) * (left**2).sum()) / under.sum())

    def _try(self, binary: float, unclip: float) -> _Best:
        binary, unclip = min(max(round(binary, 3), 0.02), 0.98), min(max(round(unclip, 3), 0.3), 3.0)
        scores = self._scores(binary, unclip)
        # Of a plateau the middle: its edge would be the first to fall on other photos.
        equal = np.argwhere(scores.worths == scores.worths.max())
        score = int(equal[len(equal) // 2, 0])
        sizes = equal[equal[:, 0] == score, 1]
        return scores.at(score, int(sizes[len(sizes) // 2]), binary, unclip)

    def _scores(self, binary: float, unclip: float) -> "_Scores":
        if (binary, unclip) not in self._tried:
            boxes = [self._boxes(number, binary, unclip) for number in range(len(self._scenes))]
            counted = _at_least(np.concatenate([one.kept for one in boxes]))
            apart = _at_least(np.concatenate([one.apart for one in boxes]))
            hits = np.sum([one.hits() for one in boxes], axis=0)
            worths = 2 * hits / (counted + (self._emptiness - 1) * apart + self._total)
            self._tried[binary, unclip] = _Scores(worths, 2 * hits / (counted + self._total))
        return self._tried[binary, unclip]

    def _pieces(self, binary: float) -> list[Kernels]:
        if binary not in self._kernels:
            self._kernels[binary] = [
                kernels_in(scene.text_map.of_level(self._level)[0], scene.text_map.scale, binary)
                for scene in self._scenes
            ]
        return self._kernels[binary]

    def _boxes(self, number: int, binary: float, unclip: float) -> "_SceneBoxes":
        scene, kernels = self._scenes[number], self._pieces(binary)[number]
        quads = grown(kernels.quads, unclip, scene.text_map.ratio(self._level))
        order = reading_order(quads)
        quads, scores = quads[order], kernels.scores[order]
        shares = shares_of(list(quads), scene.regions)
        cells = np.stack([_place(scores, _SCORES), _place(sides_of(quads).min(axis=1, initial=np.inf), _SIZES)], axis=1)
        touching = np.asarray(shares.ious.any(axis=0))
        return _SceneBoxes(cells, shares.ignored, touching, np.argwhere(shares.ious > IOU))


class _Scores(NamedTuple):
    """The worth of each score and size of the grids, and its H-mean, float64 (scores, sizes); see `_Best`."""

    worths: npt.NDArray[np.float64]
    h_means: npt.NDArray[np.float64]

    def at(self, score: int, size: int, binary: float, unclip: float) -> _Best:
        """Return the thresholds of a cell of the grids, and what they give."""
        found = Thresholds(binary=binary, box=float(_SCORES[score]), unclip=unclip, smallest=float(_SIZES[size]))
        return _Best(float(self.worths[score, size]), float(self.h_means[score, size]), found)


class _SceneBoxes(NamedTuple):
    """The boxes of a scene.

    Attributes:
        cells: int64 (B, 2), the number of the highest score and size in the grids that each of them reaches.
        ignored: bool (B,), those that do not count.
        touching: bool (B,), those that share some area with a region.
        pairs: int64 (P, 2), regions and boxes that share enough, in their order.
    """

    cells: npt.NDArray[np.int64]
    ignored: npt.NDArray[np.bool_]
    touching: npt.NDArray[np.bool_]
    pairs: npt.NDArray[np.int64]

    @property
    def kept(self) -> npt.NDArray[np.int64]:
        """Cells of the boxes that count."""
        return self.cells[~self.ignored]

    @property
    def apart(self) -> npt.NDArray[np.int64]:
        """Cells of those that lie where no text is."""
        return self.cells[~self.ignored & ~self.touching]

    def hits(self) -> npt.NDArray[np.int64]:
        """Return the regions that are hit at each score and size of the grids."""
        regions, boxes = Counter(self.pairs[:, 0].tolist()), Counter(self.pairs[:, 1].tolist())
        alone = np.array([regions[region] == 1 == boxes[box] for region, box in self.pairs.tolist()], np.bool_)
        hits = _at_least(self.cells[self.pairs[alone, 1]])
        rivals = self.pairs[~alone]
        if len(rivals):
            for score, size in np.ndindex(*hits.shape):
                reached = (self.cells[rivals[:, 1]] >= (score, size)).all(axis=1)
                hits[score, size] += _matched(rivals[reached].tolist())
        return hits


def _emptiness(scenes: Sequence[MappedScene], total: int) -> float:
    """Return how many times more room without text a photo has for each region than these scenes; at least 1."""
    megapixels = sum(scene.text_map.size[0] * scene.text_map.size[1] for scene in scenes) / 1e6
    return max(total / megapixels / _PER_MEGAPIXEL, 1.0)


def _matched(pairs: list[list[int]]) -> int:
    """Return the number of matches by the rule of `match_shares`."""
    regions: set[int] = set()
    boxes: set[int] = set()
    for region, box in pairs:
        if region not in regions and box not in boxes:
            regions.add(region)
            boxes.add(box)
    return len(regions)


def _place(values: npt.NDArray[np.float64], grid: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Return the number of the largest value of a rising grid that is not above each value."""
    return np.searchsorted(grid, values, side="right") - 1


def _at_least(cells: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return how many cells reach each score and size of the grids: int64 (scores, sizes)."""
    counts = np.zeros((len(_SCORES), len(_SIZES)), np.int64)
    np.add.at(counts, tuple(cells.T), 1)
    return counts[::-1, ::-1].cumsum(axis=0).cumsum(axis=1)[::-1, ::-1]
