"""Distance of two sets of images in groups of features, and how sure a change of it is.

In each group it is the energy coefficient of inhomogeneity (Székely and Rizzo 2013, J. Stat. Plann. Inference 143:
1249): twice the mean distance across the sets, less the mean distances inside each, over twice that across. It is 0 for
two sets of one source, without a bias towards more for small ones, and 1 for sets that have nothing in common; it has
no parameter. The whole distance is the mean over the groups. Legend: N and M images, F features.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.spatial.distance import cdist

Floats = npt.NDArray[np.float32]
Features = Sequence[Floats]
"""Groups of features, each float32 (N, F)."""

_AXES = 12  # of a group
_FLAT = 1e-4  # spread of what does not vary
_FARTHEST = 4.0  # standard deviations: beyond, an image is as odd as it can be
_RESAMPLED = 500
_SURE = (0.025, 0.975)


class Scale:
    """The directions in which images of one set differ among themselves, by which all sets are measured.

    Features are put into standard deviations, and each group is whitened in its first principal components: features
    that say the same count once, and what varies little among images counts as much as what varies much. What tells
    sets apart takes no part in it, or the farther they are the nearer they would seem.
    """

    def __init__(self, *sets: Features) -> None:
        self._axes = [_Axes(group) for group in zip(*sets, strict=True)]

    def of(self, features: Features) -> list[Floats]:
        """Return each group on its axes, float32 (N, at most 12), each of unit spread over the root of their number."""
        return [axes.of(group) for axes, group in zip(self._axes, features, strict=True)]


class _Axes:
    """The principal axes of one group of features, float32 (N, F) of each set."""

    def __init__(self, sets: Sequence[Floats]) -> None:
        self._middle = np.mean([_mean(each) for each in sets], axis=0)
        group = np.concatenate([each - _mean(each) + self._middle for each in sets])
        spread = np.sqrt(_mean((group - _mean(group)) ** 2))
        self._spread = np.where(spread > _FLAT, spread, 1.0)
        plain = self._plain(group)
        _, lengths, axes = np.linalg.svd(plain, full_matrices=False)
        kept = np.flatnonzero(lengths > _FLAT * np.sqrt(len(group)))[:_AXES]
        self._axes = axes[kept].T / (lengths[kept] / np.sqrt(len(group)))

    def of(self, group: Floats) -> Floats:
        """Return images on these axes; where a feature has no meaning it lies in the middle."""
        placed = np.clip(self._plain(group) @ self._axes, -_FARTHEST, _FARTHEST)
        return (placed / np.sqrt(max(self._axes.shape[1], 1))).astype(np.float32)

    def _plain(self, group: Floats) -> npt.NDArray[np.float64]:
        return np.nan_to_num((group - self._middle) / self._spread)


def _mean(group: Floats) -> npt.NDArray[Any]:
    """Return the mean of each feature over the images where it has a meaning; 0 where it has none in any."""
    there = np.isfinite(group)
    return np.where(there, group, 0).sum(axis=0) / np.maximum(there.sum(axis=0), 1)


class RealImages:
    """The real side of many comparisons, whose own distances are computed once."""

    def __init__(self, features: Features) -> None:
        self.features = features
        self._inside = [_inside(group) for group in features]

    def distance(self, drawn: Features) -> float:
        """Return how far a drawn set is from the real one."""
        parts = []
        for real, own, other in zip(self.features, self._inside, drawn, strict=True):
            parts.append(_coefficient(float(cdist(real, other).mean()), own, _inside(other)))
        return float(np.mean(parts))


@dataclass(frozen=True)
class Judgement:
    """The distances of two drawn sets from real images, and of their difference.

    Attributes:
        before, after: the distances.
        gain: before less after.
        low, high: the 95 % interval of the gain, over which images of all sets are drawn again (bootstrap).
    """

    before: float
    after: float
    gain: float
    low: float
    high: float

    @property
    def gained(self) -> bool:
        """True where the gain is beyond chance."""
        return self.low > 0


def judge(real: Features, before: Features, after: Features) -> Judgement:
    """Compare two drawn sets with the same real images."""
    known = RealImages(real)
    far, near = known.distance(before), known.distance(after)
    crossed = [[_Pairs(group, other) for group, other in zip(real, drawn, strict=True)] for drawn in (before, after)]
    rng = np.random.default_rng(0)
    gains = []
    for _ in range(_RESAMPLED):
        taken = _taken(rng, len(real[0]))
        first, second = (
            np.mean([pairs.coefficient(taken, own) for pairs in groups])
            for groups, own in zip(crossed, (_taken(rng, len(before[0])), _taken(rng, len(after[0]))), strict=True)
        )
        gains.append(first - second)
    low, high = np.quantile(gains, _SURE)
    return Judgement(far, near, far - near, float(low), float(high))


class _Pairs:
    """The distances of all pairs of two sets in one group of features."""

    def __init__(self, real: Floats, drawn: Floats) -> None:
        self._across, self._real, self._drawn = cdist(real, drawn), cdist(real, real), cdist(drawn, drawn)

    def coefficient(self, real: npt.NDArray[np.float64], drawn: npt.NDArray[np.float64]) -> float:
        """Return the coefficient of sets in which images are there so many times, float64 (N,) and (M,)."""
        across = real @ self._across @ drawn / (real.sum() * drawn.sum())
        return _coefficient(float(across), _weighted(self._real, real), _weighted(self._drawn, drawn))


def _taken(rng: np.random.Generator, number: int) -> npt.NDArray[np.float64]:
    return np.bincount(rng.integers(number, size=number), minlength=number).astype(np.float64)


def _weighted(pairs: npt.NDArray[Any], times: npt.NDArray[np.float64]) -> float:
    """Return the mean distance of two different images; one that is there twice is no pair with itself."""
    return float(times @ pairs @ times / max(times.sum() ** 2 - (times**2).sum(), 1.0))


def _inside(group: Floats) -> float:
    number = len(group)
    return float(cdist(group, group).sum() / max(number * (number - 1), 1))


def _coefficient(across: float, first: float, second: float) -> float:
    return (2 * across - first - second) / (2 * across) if across > 0 else 0.0
