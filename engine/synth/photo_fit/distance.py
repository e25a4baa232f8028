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
from scipy.special import stdtrit

from engine.config.fitting import FEWEST_JUDGES

Floats = npt.NDArray[np.float32]
Features = Sequence[Floats]
"""Groups of features, each float32 (N, F)."""

_AXES = 12  # of a group
_FLAT = 1e-4  # spread of what does not vary
_FARTHEST = 4.0  # standard deviations: beyond, an image is as odd as it can be
_SURE = 0.975  # quantile, on either side


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
            parts.append(_coefficient(cdist(real, other).mean(), own, _inside(other)))
        return float(np.mean(parts))


@dataclass(frozen=True)
class Judgement:
    """The distances of two drawn sets from real images, and of their difference.

    Attributes:
        before, after: the distances.
        gain: before less after.
        interval: the 95 % interval of the gain; None where too few real images judge for one.
    """

    before: float
    after: float
    gain: float
    interval: tuple[float, float] | None

    @property
    def gained(self) -> bool:
        """True where the gain is beyond chance."""
        return self.interval is not None and self.interval[0] > 0


def judge(real: Features, before: Features, after: Features, photos: Sequence[int]) -> Judgement:
    """Compare two drawn sets with the same real images.

    The interval is Student's t of the jackknife (Efron and Stein 1981, Ann. Statist. 9: 586), which leaves out one
    photo after another: a bootstrap of a handful of images is far too narrow. What is added for the drawn images leaves
    out one number after another in both sets, for the same numbers share their text and their random streams.

    Args:
        real: real images.
        before: drawn ones.
        after: as many others.
        photos: the photo that each real image is from; words of one photo are not independent.
    """
    _, numbers = np.unique(photos, return_inverse=True)
    units = np.eye(numbers.max() + 1)[numbers].T
    first, second = (
        [_LeftOut(group, other, units) for group, other in zip(real, drawn, strict=True)] for drawn in (before, after)
    )
    far, near = (float(np.mean([one.whole for one in sets])) for sets in (first, second))
    if len(units) < FEWEST_JUDGES:
        return Judgement(far, near, far - near, None)
    variance = 0.0
    for name in ("without_photo", "without_drawn"):
        gains = np.mean(
            [getattr(one, name) - getattr(two, name) for one, two in zip(first, second, strict=True)], axis=0
        )
        variance += (len(gains) - 1) * float(np.var(gains))
    half = float(stdtrit(len(units) - 1, _SURE)) * variance**0.5
    return Judgement(far, near, far - near, (far - near - half, far - near + half))


class _LeftOut:
    """The coefficient of two sets in one group of features, and what it is without parts of them.

    Args:
        real: float32 (N, F).
        drawn: float32 (M, F).
        units: 1 where a real image belongs to a photo, float64 (P, N).

    Attributes:
        whole: of all.
        without_photo: without one photo each, float64 (P,).
        without_drawn: without one drawn image each, float64 (M,).
    """

    def __init__(self, real: Floats, drawn: Floats, units: npt.NDArray[np.float64]) -> None:
        across, own, other = cdist(real, drawn), cdist(real, real), cdist(drawn, drawn)
        count, many = across.shape
        left = count - units.sum(axis=1)
        of_real, of_drawn = own.sum() / max(count * (count - 1), 1), other.sum() / (many * (many - 1))
        self.whole = _coefficient(across.mean(), of_real, of_drawn)
        pairs = own.sum() - 2 * units @ own.sum(axis=1) + np.einsum("pn,nm,pm->p", units, own, units)
        self.without_photo = _coefficient(
            (across.sum() - units @ across.sum(axis=1)) / np.maximum(left * many, 1),
            pairs / np.maximum(left * (left - 1), 1),
            of_drawn,
        )
        self.without_drawn = _coefficient(
            (across.sum() - across.sum(axis=0)) / (count * (many - 1)),
            of_real,
            (other.sum() - 2 * other.sum(axis=0)) / ((many - 1) * (many - 2)),
        )


def _inside(group: Floats) -> float:
    number = len(group)
    return float(cdist(group, group).sum() / max(number * (number - 1), 1))


def _coefficient(across: Any, first: Any, second: Any) -> npt.NDArray[np.float64]:
    """Return the coefficient of mean distances, float64 of any shape; 0 where both sets are one point."""
    twice = 2 * np.asarray(across, np.float64)
    return (twice - first - second) / np.where(twice > 0, twice, 1.0)
