"""Groups of runs that differ by chance alone, in their seed, and the statistics over them: mean, deviation, effects.

A single pair of runs says nothing about a setting, because the same setting learns differently with another seed. So a
difference of two groups is judged over their runs and, where the readings are known, over the images that all of them
read (see `effect`). This module opens no file and draws nothing.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from engine.evaluation.paired import ALPHA
from engine.evaluation.starters import known_differences
from engine.jobs import Job

SEED = "seed"
IRRELEVANT = {SEED, "watch_on", "test_on"}
"""Settings that make no group: chance, and what a run is scored on, which teaches it nothing."""


@dataclass(frozen=True)
class RunGroup:
    """Runs with all settings alike but the seed.

    Attributes:
        runs: their ids, one a seed: where several have the same, the newest stands for them.
        settings: by path, the values of those settings in which the groups differ.
        repeated: runs left out because a newer one has their seed.
    """

    runs: tuple[str, ...]
    settings: Mapping[str, Any]
    repeated: int = 0


@dataclass(frozen=True)
class SeedScores:
    """Scores of the runs of a group.

    Attributes:
        mean: of all.
        sd: standard deviation (n - 1); None of one run.
        n: how many runs.
        interval: 95 % interval of the mean over further seeds (Student's t); None of one run.
    """

    mean: float
    sd: float | None
    n: int
    interval: tuple[float, float] | None


@dataclass(frozen=True)
class Effect:
    """Difference between the mean scores of two groups.

    Attributes:
        difference: of the means, the first less the second.
        interval: of it, at `level`.
        level: of the interval, 0.95 or more where several are told at once.
        images: whether other images are reckoned with, beside other seeds.
    """

    difference: float
    interval: tuple[float, float]
    level: float
    images: bool

    @property
    def significant(self) -> bool:
        """True where zero lies outside the interval."""
        return not self.interval[0] <= 0 <= self.interval[1]


def group_runs(runs: Sequence[Job]) -> list[RunGroup]:
    """Return the groups of some runs, in the order of their first ones."""
    found: dict[str, list[Job]] = {}
    for run in runs:
        found.setdefault(f"{run.kind} {json.dumps(_settings(run), sort_keys=True)}", []).append(run)
    told = {
        path: values
        for path, values in known_differences([members[0] for members in found.values()]).items()
        if path.partition(".")[0] not in IRRELEVANT
    }
    groups = []
    for place, members in enumerate(found.values()):
        by_seed = {_seed(run): run for run in sorted(members, key=lambda run: run.id)}
        ids = [run.id for run in members if by_seed[_seed(run)] is run]
        settings = {path: values[place] for path, values in told.items()}
        groups.append(RunGroup(tuple(ids), settings, len(members) - len(ids)))
    return groups


def started_together(runs: Sequence[Job]) -> list[list[Job]]:
    """Return the runs that were started together, two or more each, in the order of their first ones."""
    found: dict[str, list[Job]] = {}
    for run in runs:
        if run.group:
            found.setdefault(run.group, []).append(run)
    return [members for members in found.values() if len(members) > 1]


def seed_scores(scores: Sequence[float]) -> SeedScores:
    """Return what the scores of one group (at least one) come to."""
    values = np.asarray(scores, dtype=float)
    n, mean = len(values), float(values.mean())
    if n < 2:
        return SeedScores(mean, None, n, None)
    sd = float(values.std(ddof=1))
    half = _quantile(0.95, n - 1) * sd / math.sqrt(n)
    return SeedScores(mean, sd, n, (mean - half, mean + half))


def effect(
    first: Sequence[float],
    second: Sequence[float],
    rights: tuple[pd.DataFrame, pd.DataFrame] | None = None,
    told: int = 1,
) -> Effect | None:
    """Return the difference between two groups; None where one has a single run, which tells nothing of its seeds.

    The interval is Welch's over the runs. With `rights` it covers other images of the kind as well: runs and images are
    crossed random effects, whose variances add up; what both hold, the noise of single readings, counts once. Degrees
    of freedom are Satterthwaite's.

    Args:
        first: scores of its runs.
        second: those of the other's.
        rights: for each group a table with a row an image and a column a run, bool: whether it was read. The images
            are the same and in the same order.
        told: differences that are told together; their intervals hold all at once (Bonferroni).
    """
    runs = [np.asarray(scores, dtype=float) for scores in (first, second)]
    if min(len(scores) for scores in runs) < 2:
        return None
    difference, level = float(runs[0].mean() - runs[1].mean()), 1 - ALPHA / told
    parts = [(float(scores.var(ddof=1)) / len(scores), len(scores) - 1) for scores in runs]
    variance = sum(part for part, _ in parts)
    if rights is not None and len(rights[0]) > 1:
        images, noise = _image_variance(*(table.to_numpy(dtype=float) for table in rights))
        parts.append((images, len(rights[0]) - 1))
        variance = max(variance, images, variance + images - noise)
    squares = sum(part**2 / freedom for part, freedom in parts)
    freedom = variance**2 / squares if squares else 1.0
    half = _quantile(level, freedom) * math.sqrt(variance)
    return Effect(difference, (difference - half, difference + half), level, len(parts) > 2)


def mean_curve(curves: Sequence[tuple[Sequence[float], Sequence[float]]]) -> pd.DataFrame:
    """Return the mean of several curves with one standard deviation to either side.

    Args:
        curves: of each run the places, rising, and the values there.

    Returns:
        Columns: x, mean, low, high. Places are those of all curves, as far as every curve reaches; values between two
        places of a curve lie on the line between them. A single curve has low and high at its mean.
    """
    known = [(np.asarray(x, dtype=float), np.asarray(y, dtype=float)) for x, y in curves if len(x)]
    columns = pd.Index(["x", "mean", "low", "high"])
    if not known:
        return pd.DataFrame(columns=columns, dtype=float)
    low, high = max(x[0] for x, _ in known), min(x[-1] for x, _ in known)
    places = np.unique(np.concatenate([x for x, _ in known]))
    places = places[(places >= low) & (places <= high)]
    values = np.array([np.interp(places, x, y) for x, y in known])
    mean = values.mean(axis=0)
    sd = values.std(axis=0, ddof=1) if len(known) > 1 else np.zeros_like(mean)
    return pd.DataFrame(np.column_stack([places, mean, mean - sd, mean + sd]), columns=columns)


def _seed(run: Job) -> str:
    return json.dumps(run.config.get(SEED), sort_keys=True)  # a config that was copied here may hold anything


def _settings(run: Job) -> dict[str, Any]:
    return {name: value for name, value in run.config.items() if name not in IRRELEVANT}


def _image_variance(first: np.ndarray, second: np.ndarray) -> tuple[float, float]:
    """Return two variances of a difference of two groups: of its images, and of the noise that its runs hold, too."""
    images = len(first)
    apart = first.mean(axis=1) - second.mean(axis=1)
    noise = sum(_residual(table) / (images * table.shape[1]) for table in (first, second))
    return float(apart.var(ddof=1)) / images, noise


def _residual(table: np.ndarray) -> float:
    """Return the variance of what neither the image nor the run explains."""
    images, runs = table.shape
    left = table - table.mean(axis=1, keepdims=True) - table.mean(axis=0, keepdims=True) + table.mean()
    return float((left**2).sum()) / ((images - 1) * (runs - 1))


def _quantile(level: float, freedom: float) -> float:
    """Return the half-width of an interval of this level in standard errors."""
    return float(stdtrit(freedom, (1 + level) / 2))
