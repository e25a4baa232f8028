"""Paired comparison of two readers over the same images: their difference, its interval and its significance.

Images that both read, or neither, say nothing about a difference; only those that one of the two reads do. So two
readers whose own intervals overlap may still differ significantly. The test covers the sampling of the images, not that
the same network trained twice would differ, too. This module opens no file and draws nothing.
"""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine.datasets import Dataset
from engine.errors import DatasetError
from engine.evaluation.breakdown import CHARACTER, confusions_of, groups_of
from engine.evaluation.metrics import wilson
from glyphlab_read.charset import normalise

ALPHA = 0.05
"""Significance level: differences with a larger p value are called noise."""

_COLUMNS = ["truth", "text", "right", "path", "confidence"]


@dataclass(frozen=True)
class Paired:
    """Counts of images by which of two readers read them.

    Attributes:
        both, first_only, second_only, neither: images read by both, one or none.
    """

    both: int
    first_only: int
    second_only: int
    neither: int

    @property
    def images(self) -> int:
        """Images that both readers were given."""
        return self.both + self.first_only + self.second_only + self.neither

    @property
    def difference(self) -> float:
        """Word accuracy of the first less that of the second, -1…1; NaN over no images."""
        return (self.first_only - self.second_only) / self.images if self.images else math.nan

    @property
    def p_value(self) -> float:
        """Probability that chance alone brings such a difference or a greater one (exact McNemar test)."""
        return mcnemar(self.first_only, self.second_only)

    @property
    def interval(self) -> tuple[float, float]:
        """95 % interval of `difference` for paired shares (Newcombe 1998, Statistics in Medicine 17, method 10)."""
        return _newcombe(self.both, self.first_only, self.second_only, self.neither)

    @property
    def significant(self) -> bool:
        """True where the difference is more than noise: by the test, and zero lies outside the interval."""
        low, high = self.interval
        return self.p_value < ALPHA and not low <= 0 <= high


def match(first: pd.DataFrame, second: pd.DataFrame) -> pd.DataFrame:
    """Put the readings of two readers side by side.

    Args:
        first: a table of readings (see `engine.evaluation.evaluate`).
        second: likewise.

    Returns:
        A row for each image that both were given with the same truth, in the first one's order. Index: its name.
        Columns: truth, and text, right, path and confidence of each with the suffixes _first and _second.

    Raises:
        DatasetError: there is no such image.
    """
    left, right = (frame.drop_duplicates("name").set_index("name")[_COLUMNS] for frame in (first, second))
    both = left.merge(right, how="inner", left_index=True, right_index=True, suffixes=("_first", "_second"))
    same = both[both["truth_first"] == both["truth_second"]]
    if same.empty:
        raise DatasetError("The two runs have read no image in common. Test one of them on this test set again.")
    return same.drop(columns="truth_second").rename(columns={"truth_first": "truth"})


def pair(matched: pd.DataFrame) -> Paired:
    """Count matched readings by who was right."""
    first, second = matched["right_first"].to_numpy(dtype=bool), matched["right_second"].to_numpy(dtype=bool)
    counts = (first & second, first & ~second, ~first & second, ~first & ~second)
    return Paired(*(int(np.count_nonzero(mask)) for mask in counts))


def pair_by(matched: pd.DataFrame, groups: pd.Series) -> pd.DataFrame:
    """Compare two readers group by group.

    Args:
        matched: N matched readings.
        groups: the group of each, by the same index; images without one are left out.

    Returns:
        Columns: group, images, difference, low, high (95 % interval), significant. With many groups some differ by
        chance alone, so p values are adjusted for all of them together (Holm).
    """
    pairs = {group: pair(rows) for group, rows in matched.groupby(groups, observed=True)}
    adjusted = holm([each.p_value for each in pairs.values()])
    rows = [
        (group, each.images, each.difference, *each.interval, each.significant and p < ALPHA)
        for (group, each), p in zip(pairs.items(), adjusted, strict=True)
    ]
    return pd.DataFrame(rows, columns=pd.Index(["group", "images", "difference", "low", "high", "significant"]))


def pair_by_factor(factor: str, matched: pd.DataFrame, data: Dataset | None) -> pd.DataFrame:
    """Compare two readers by a factor (see `breakdown.factors`), as `pair_by` does. Raises DatasetError."""
    if factor == CHARACTER:
        return pair_by_character(matched)
    return pair_by(matched, groups_of(factor, matched["truth"], data)).astype({"group": str})


def pair_by_character(matched: pd.DataFrame) -> pd.DataFrame:
    """Compare two readers by the characters of the truths, as `pair_by` does.

    An image belongs to each character that its truth holds, and is right there when no edit touches that character.
    """
    rows = [
        (character, character not in wrong_first, character not in wrong_second)
        for truth, first, second in zip(matched["truth"], matched["path_first"], matched["path_second"], strict=True)
        for wrong_first, wrong_second in [({truth for truth, _ in confusions_of(path)} for path in (first, second))]
        for character in sorted(set(normalise(str(truth))))
    ]
    seen = pd.DataFrame(rows, columns=pd.Index(["character", "right_first", "right_second"]))
    return pair_by(seen, seen["character"])


def confusion_change(matched: pd.DataFrame) -> pd.DataFrame:
    """Compare the confusions of two readers: the characters that each takes for another.

    Returns:
        Columns: truth, read ("" where one was added or left out), first, second (images in which each reader does so),
        change (second less first), significant (McNemar over the images, Holm over the confusions); greatest change
        first.
    """
    counted: dict[tuple[str, str], list[int]] = {}
    for paths in zip(matched["path_first"], matched["path_second"], strict=True):
        first, second = (confusions_of(path) for path in paths)
        for confusion in first | second:
            counts = counted.setdefault(confusion, [0, 0, 0])  # only the first, only the second, both
            counts[2 if confusion in first and confusion in second else int(confusion in second)] += 1
    adjusted = holm([mcnemar(first, second) for first, second, _ in counted.values()])
    rows = [
        (truth, read, first + both, second + both, second - first, p < ALPHA)
        for ((truth, read), (first, second, both)), p in zip(counted.items(), adjusted, strict=True)
    ]
    frame = pd.DataFrame(rows, columns=pd.Index(["truth", "read", "first", "second", "change", "significant"]))
    order = frame["change"].abs().sort_values(ascending=False, kind="stable").index
    return frame.loc[order].reset_index(drop=True)


def mcnemar(first_only: int, second_only: int) -> float:
    """Return the exact two-sided p value of McNemar's test (1947): a fair coin for each image that only one reads."""
    count, fewer = first_only + second_only, min(first_only, second_only)
    if first_only == second_only:
        return 1.0
    term = math.exp(
        math.lgamma(count + 1) - math.lgamma(fewer + 1) - math.lgamma(count - fewer + 1) - count * math.log(2)
    )
    tail = 0.0
    for successes in range(fewer, -1, -1):
        tail += term
        term *= successes / (count - successes + 1)
        if term < tail * 1e-17:
            break
    return min(1.0, 2 * tail)


def holm(p_values: Sequence[float]) -> list[float]:
    """Return p values adjusted for multiple comparisons (Holm 1979), in the given order."""
    order = sorted(range(len(p_values)), key=lambda index: p_values[index])
    adjusted = (min(1.0, (len(order) - rank) * p_values[index]) for rank, index in enumerate(order))
    by_index = dict(zip(order, itertools.accumulate(adjusted, max), strict=True))
    return [by_index[index] for index in range(len(p_values))]


def _newcombe(both: int, first_only: int, second_only: int, neither: int) -> tuple[float, float]:
    total = both + first_only + second_only + neither
    if not total:
        return -1.0, 1.0
    first, second = both + first_only, both + second_only
    difference = (first_only - second_only) / total
    (low_1, high_1), (low_2, high_2) = wilson(first, total), wilson(second, total)
    share_1, share_2 = first / total, second / total
    phi = _phi(both, first_only, second_only, neither)
    below = _half_width(share_1 - low_1, high_2 - share_2, phi)
    above = _half_width(high_1 - share_1, share_2 - low_2, phi)
    return max(-1.0, difference - below), min(1.0, difference + above)


def _phi(both: int, first_only: int, second_only: int, neither: int) -> float:
    """Return the correlation of two readers' successes, with Newcombe's correction where it is above zero."""
    total = both + first_only + second_only + neither
    margins = (both + first_only) * (second_only + neither) * (both + second_only) * (first_only + neither)
    if not margins:
        return 0.0
    product = both * neither - first_only * second_only
    return (max(product - total / 2, 0.0) if product > 0 else product) / math.sqrt(margins)


def _half_width(one: float, other: float, phi: float) -> float:
    return math.sqrt(max(0.0, one * one - 2 * phi * one * other + other * other))
