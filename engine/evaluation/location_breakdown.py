"""Recall of locators by the height and the angle of text, and the paired comparison of two over the same photos.

Whether two locators differ is asked twice: over the regions, of which each is found by one, both or none (as readers
read images), and over the photos, by the H-mean, which false boxes lower, too. Pure functions of the tables of
`engine.evaluation.locate`.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from engine.errors import DatasetError
from engine.evaluation.locate import LocationTables
from engine.evaluation.location_score import BLOCK, h_means, middle_95, resampled
from engine.evaluation.metrics import wilson
from engine.evaluation.paired import ALPHA, Paired

HEIGHTS = (0, 8, 12, 16, 24, 32, 48, 80, np.inf)
"""Ends of the groups of text heights, px."""

ANGLES = (0, 5, 15, 30, 60, 90)
"""Ends of the groups of angles from level, degrees."""

_FLIPS = 5000
_SEED = 14


@dataclass(frozen=True)
class LocatorPair:
    """Two locators over the same photos.

    Attributes:
        photos: that both searched.
        regions: the regions that count, by which of the two found them.
        difference: H-mean of the first less that of the second.
        interval: 95 % interval of it, by the bootstrap over photos.
        p_value: probability that chance alone brings such a difference or a greater one: share of the exchanges of the
            two within photos, picked at random, that do.
    """

    photos: int
    regions: Paired
    difference: float
    interval: tuple[float, float]
    p_value: float

    @property
    def significant(self) -> bool:
        """True where the difference of the H-means is more than noise: by the test, and zero lies outside."""
        low, high = self.interval
        return self.p_value < ALPHA and not low <= 0 <= high


def recall_by_height(tables: LocationTables) -> pd.DataFrame:
    """Return the recall by the height of text; columns: group (px), regions, recall, low, high (95 % interval)."""
    names = [*(f"{low:g} to {high:g}" for low, high in pairwise(HEIGHTS[:-1])), "80 and more"]
    return _recall(tables.regions, tables.regions["height"], HEIGHTS, names)


def recall_by_angle(tables: LocationTables) -> pd.DataFrame:
    """Return the recall by the angle from level, either way; columns as for `recall_by_height`, groups in degrees."""
    names = [f"{low:g} to {high:g}" for low, high in pairwise(ANGLES)]
    return _recall(tables.regions, tables.regions["angle"].abs(), (*ANGLES[:-1], 90.01), names)


def pair_locators(first: LocationTables, second: LocationTables) -> LocatorPair:
    """Compare two locators over the photos that both have searched.

    Raises:
        DatasetError: there are none.
    """
    shared = first.scenes.merge(second.scenes, on="scene", suffixes=("_first", "_second"))
    shared = shared[shared["regions_first"] == shared["regions_second"]]
    if shared.empty:
        raise DatasetError("The two locators have searched no photo in common. Evaluate one of them on this set again.")
    counts = np.stack(
        [shared[[f"{name}_{side}" for name in ("hits", "boxes", "regions")]] for side in ("first", "second")], axis=1
    ).astype(np.int64)  # (photos, 2, 3)
    totals = h_means(counts.sum(axis=0).astype(np.float64))
    sums = resampled(counts.reshape(-1, 6)).reshape(-1, 2, 3)
    drawn = h_means(sums[(sums[..., 1:].sum(axis=2) > 0).all(axis=1)])  # without text or boxes there is no H-mean
    difference = float(totals[0] - totals[1])
    return LocatorPair(
        len(shared),
        _pair_regions(first, second, shared["scene"]),
        difference,
        middle_95(drawn[:, 0] - drawn[:, 1]) if len(drawn) else (-1.0, 1.0),
        _exchanged(counts, abs(difference)),
    )


def _recall(regions: pd.DataFrame, values: pd.Series, ends: tuple[float, ...], names: list[str]) -> pd.DataFrame:
    counting = regions["state"] != "ignored"
    groups = pd.cut(values[counting], list(ends), right=False, labels=names)
    rows = []
    for name in names:
        states = regions.loc[groups.index[groups == name], "state"]
        if len(states):
            hits = int((states == "hit").sum())
            rows.append((name, len(states), hits / len(states), *wilson(hits, len(states))))
    return pd.DataFrame(rows, columns=pd.Index(["group", "regions", "recall", "low", "high"]))


def _pair_regions(first: LocationTables, second: LocationTables, scenes: pd.Series) -> Paired:
    keys = ["scene", "region"]
    left, right = (
        table.regions[table.regions["scene"].isin(scenes) & (table.regions["state"] != "ignored")]
        for table in (first, second)
    )
    both = left.merge(right, on=keys, suffixes=("_first", "_second"))
    ours, theirs = (both[f"state_{side}"].to_numpy() == "hit" for side in ("first", "second"))
    cells = (ours & theirs, ours & ~theirs, ~ours & theirs, ~ours & ~theirs)
    return Paired(*(int(np.count_nonzero(cell)) for cell in cells))


def _exchanged(counts: np.ndarray, difference: float) -> float:
    """Return the p value of a difference by exchanging two locators within photos, counts (photos, 2, 3), at random."""
    rng, as_large = np.random.default_rng(_SEED), 0
    sums, turned = counts.sum(axis=0), counts[:, ::-1] - counts
    for _ in range(_FLIPS // BLOCK):
        flips = rng.integers(0, 2, (BLOCK, len(counts))).astype(np.float64)
        drawn = h_means(sums + np.tensordot(flips, turned, axes=(1, 0)))
        as_large += int(np.count_nonzero(np.abs(drawn[:, 0] - drawn[:, 1]) >= difference - 1e-12))
    return (as_large + 1) / (_FLIPS + 1)
