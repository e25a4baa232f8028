"""Comparison of two sets of images, measure by measure: distances, and a permutation test of each.

The sets are tables of measures (`statistics.measure_dataset`, `measures.measure_images`): two datasets, or synthetic
images beside real ones. Nothing is opened or drawn here. Which setting of a recipe closes a gap, `advice.py` says.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

FEWEST = 5
"""Images of each set, under which no difference is significant."""

_SHUFFLES = 999
_ALPHA = 0.05  # probability that any difference at all is called significant where there is none

Values = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Spread:
    """The values of a measure in one set: how many images have one, and where they lie."""

    images: int
    low: float
    median: float
    high: float

    @classmethod
    def of(cls, values: Values) -> "Spread":
        """Return the 10 %, 50 % and 90 % quantiles of the values; NaN for none."""
        if not len(values):
            return cls(0, *[float("nan")] * 3)
        return cls(len(values), *(float(value) for value in np.quantile(values, [0.1, 0.5, 0.9])))


@dataclass(frozen=True)
class Gap:
    """Difference of two sets in one measure.

    Attributes:
        measure: its name.
        distance: the Wasserstein distance between the two distributions (how far values must be moved on average to
            make one of the other) over their common standard deviation: 0 for equal sets, 2 at most.
        floor: the distance that sets of these sizes, drawn from one and the same source, stay under in 19 of 20 cases.
        significant: whether they differ beyond chance: by chance alone, 1 of 20 comparisons of two sets has a
            significant measure.
        first, second: the values.
    """

    measure: str
    distance: float
    floor: float
    significant: bool
    first: Spread
    second: Spread


def compare(first: pd.DataFrame, second: pd.DataFrame) -> list[Gap]:
    """Compare two sets in each measure that both have, significant differences first, the farthest apart first.

    Args:
        first: a row an image, a float column a measure; NaN where the image has none.
        second: the other set; exchanging the two changes no distance.

    Returns:
        A gap for each measure; never significant where a set has under FEWEST values.
    """
    shuffles = _Shuffles()
    shared = [name for name in first.columns if name in second.columns]
    gaps = [_gap(name, _values(first[name]), _values(second[name]), len(shared), shuffles) for name in shared]
    return sorted(gaps, key=lambda gap: (-gap.significant, -gap.distance, gap.measure))


def whole_distance(gaps: Sequence[Gap]) -> float | None:
    """Return the mean distance over all measures that both sets have values of: one number for how far apart they are.

    None where there is no such measure.
    """
    compared = [gap.distance for gap in gaps if min(gap.first.images, gap.second.images) >= FEWEST]
    return sum(compared) / len(compared) if compared else None


def distance(first: Values, second: Values) -> float:
    """Return the standardised Wasserstein distance of two samples, each of at least one value.

    Its standard deviation is that of the two distributions mixed in equal parts, so that it is symmetric and does not
    depend on how many values each sample has.
    """
    steps, counts = _steps(first, second)
    return float(np.abs(counts) @ steps) / _scale(first, second)


def _gap(name: str, first: Values, second: Values, measures: int, shuffles: "_Shuffles") -> Gap:
    spreads = Spread.of(first), Spread.of(second)
    if min(len(first), len(second)) < FEWEST:
        return Gap(name, 0.0, float("inf"), False, *spreads)
    far = distance(first, second)
    steps, _ = _steps(first, second)
    by_chance = shuffles.of(len(first), len(second)) @ steps / _scale(first, second)
    probability = (1 + np.count_nonzero(by_chance >= far * (1 - 1e-6))) / (1 + _SHUFFLES)
    return Gap(name, far, float(np.quantile(by_chance, 0.95)), bool(probability * measures <= _ALPHA), *spreads)


def _steps(first: Values, second: Values) -> tuple[Values, Values]:
    """Return the steps between the sorted values of both, and the difference of their distributions on each step."""
    both = np.concatenate([first, second])
    order = np.argsort(both, kind="stable")
    weights = np.concatenate([np.full(len(first), 1 / len(first)), np.full(len(second), -1 / len(second))])
    return np.diff(both[order]), np.cumsum(weights[order])[:-1]


def _scale(first: Values, second: Values) -> float:
    variance = (first.var() + second.var()) / 2 + (first.mean() - second.mean()) ** 2 / 4
    return float(np.sqrt(variance)) or 1.0


def _values(column: pd.Series) -> Values:
    values = column.to_numpy(dtype=float)
    return values[np.isfinite(values)]


class _Shuffles:
    """Differences of the distributions on each step under the null hypothesis: values are in either set by chance.

    A permutation test (Fisher 1935; Good 2005, "Permutation, parametric and bootstrap tests of hypotheses"): under the
    claim that both sets come from one source, every sharing out of the values is as likely as the one we see.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], npt.NDArray[np.float32]] = {}

    def of(self, first: int, second: int) -> npt.NDArray[np.float32]:
        """Return absolute differences, float32 (shuffles, first + second - 1); the same for the same sizes."""
        if (first, second) not in self._known:
            weights = np.concatenate([np.full(first, 1 / first), np.full(second, -1 / second)]).astype(np.float32)
            shuffled = np.random.default_rng(0).permuted(np.tile(weights, (_SHUFFLES, 1)), axis=1)
            self._known[first, second] = np.abs(np.cumsum(shuffled, axis=1)[:, :-1])
        return self._known[first, second]
