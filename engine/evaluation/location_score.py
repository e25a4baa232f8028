"""The score of a locator over photos: precision, recall and H-mean with intervals, false boxes, and pixels.

Photos are the units of chance: words of one photo are found or missed together, so that intervals are drawn by the
bootstrap over photos (Efron 1979), with a fixed seed. A score says its protocol: figures of another set, size or rule
do not compare. This module opens no files and runs no network.
"""

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.regions.matching import IOU, Counts
from glyphlab_read.location.manifest import TunedThresholds
from glyphlab_read.location.maps import TextLevel

DRAWS = 2000
"""Sets of photos drawn for an interval."""

BLOCK = 100
"""Sets drawn at a time, which keeps memory small."""

PIXELS = ("true_positive", "false_positive", "false_negative", "true_negative")
"""Columns of a scene's pixels."""

_SEED = 13


class PixelCounts(NamedTuple):
    """Pixels by what they are and what they were taken for; see `engine.evaluation.locate.PIXEL_SIDE`."""

    true_positive: int
    false_positive: int
    false_negative: int
    true_negative: int

    @property
    def accuracy(self) -> float:
        """Share of the pixels that were told right; of photos that hold little text nearly 1 for a map of nothing."""
        return _share(self.true_positive + self.true_negative, sum(self))

    @property
    def precision(self) -> float:
        """Share of the pixels taken for text that are text."""
        return _share(self.true_positive, self.true_positive + self.false_positive)

    @property
    def recall(self) -> float:
        """Share of the pixels of text that were taken for it."""
        return _share(self.true_positive, self.true_positive + self.false_negative)

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return _share(2 * self.true_positive, 2 * self.true_positive + self.false_positive + self.false_negative)

    @property
    def iou(self) -> float:
        """Pixels of text found, over those that are text or were taken for it."""
        return _share(self.true_positive, self.true_positive + self.false_positive + self.false_negative)

    def plain(self) -> dict[str, float | None]:
        """Return the figures as JSON types; those over nothing are None."""
        return {name: _plain(getattr(self, name)) for name in ("accuracy", "precision", "recall", "f1", "iou")}


@dataclass(frozen=True)
class LocationScore:
    """The score over a test set.

    Attributes:
        scenes: photos searched.
        counts: hits, boxes and regions that count.
        intervals: of precision, recall and h_mean, 95 %, by their names.
        pixels: of the region map; None where the locator has none.
        seconds: per photo, mean.
    """

    scenes: int
    counts: Counts
    intervals: dict[str, tuple[float, float]]
    pixels: PixelCounts | None
    seconds: float

    @classmethod
    def of(cls, scenes: pd.DataFrame) -> "LocationScore":
        """Return the score of a table of scenes, see `engine.evaluation.locate`."""
        table = scenes[["hits", "boxes", "regions"]].to_numpy(np.int64).reshape(-1, 3)
        known = scenes[list(PIXELS)].dropna()
        pixels = PixelCounts(*(int(total) for total in known.sum())) if len(known) else None
        seconds = float(scenes["seconds"].mean()) if len(scenes) else math.nan
        total = Counts(*(int(each) for each in table.sum(axis=0)))
        return cls(len(scenes), total, _intervals(table), pixels, seconds)

    @property
    def false_per_scene(self) -> float:
        """False boxes per photo; NaN over no photos."""
        return _share(self.counts.boxes - self.counts.hits, self.scenes)

    def plain(self) -> dict[str, Any]:
        """Return the figures as JSON types for a summary; those over nothing are None."""
        counts = self.counts
        return {
            "scenes": self.scenes,
            **counts._asdict(),
            "precision": counts.precision,
            "recall": counts.recall,
            "h_mean": counts.h_mean,
            "intervals": {name: list(ends) for name, ends in self.intervals.items()},
            "false_per_scene": _plain(self.false_per_scene),
            "pixels": self.pixels.plain() if self.pixels else None,
            "milliseconds_per_scene": _plain(round(1000 * self.seconds, 2)),
        }


def protocol(
    name: str, scenes: int, level: TextLevel, side: int | None, tuned: TunedThresholds, *, own_size: bool = False
) -> str:
    """Return the sentence that stands beside every score of a locator.

    Args:
        name: of the test set.
        scenes: its photos.
        level: what boxes enclose.
        side: longer side at which photos were seen, px; None where the network has a size of its own.
        tuned: the thresholds, and where they come from.
        own_size: whether smaller photos were seen as they are, as drawn ones are.
    """
    smaller = ", smaller photos at their own size" if own_size else ""
    seen = f"longer side {side:,} px{smaller}" if side else "the network's own size"
    source = f"thresholds from {tuned.tuned_on}" if tuned.tuned_on else "thresholds that nobody tuned"
    photos = "1 photo" if scenes == 1 else f"{scenes:,} photos"
    return (
        f"{photos}, {name}; {level}s, IoU > {IOU:g} one-to-one, ignored regions count neither for nor against; "
        f"{seen}; {source}"
    )


def h_means(counts: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the H-mean of hits, boxes and regions (…, 3); 0 where there are none."""
    both = counts[..., 1] + counts[..., 2]
    return np.divide(2 * counts[..., 0], both, out=np.zeros_like(both), where=both > 0)


def h_mean_interval(counts: npt.NDArray[np.float64]) -> tuple[float, float]:
    """Return the `share_interval` of the H-mean by hits, boxes and regions over drawn sets (D, 3)."""
    return share_interval(2 * counts[:, 0], counts[:, 1] + counts[:, 2])


def resampled(table: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Return the sums of N rows (N, C) over DRAWS sets of N of them, drawn with replacement by a seed: (DRAWS, C)."""
    count = len(table)
    rng, chances = np.random.default_rng(_SEED), np.full(count, 1 / count)
    blocks = [rng.multinomial(count, chances, size=BLOCK) @ table for _ in range(DRAWS // BLOCK)]
    return np.concatenate(blocks).astype(np.float64)


def share_interval(parts: npt.NDArray[np.float64], wholes: npt.NDArray[np.float64]) -> tuple[float, float]:
    """Return the 95 % interval of a share by its parts and wholes over drawn sets (D,); (0, 1) where all are empty.

    Sets whose whole is nothing tell nothing about the share, and are left out.
    """
    known = wholes > 0
    return middle_95(parts[known] / wholes[known]) if known.any() else (0.0, 1.0)


def middle_95(values: npt.NDArray[np.float64]) -> tuple[float, float]:
    """Return the ends of the middle 95 % of values."""
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)


def _intervals(table: npt.NDArray[np.int64]) -> dict[str, tuple[float, float]]:
    if not len(table):
        return dict.fromkeys(("precision", "recall", "h_mean"), (0.0, 1.0))
    sums = resampled(table)
    hits, boxes, regions = sums.T
    return {
        "precision": share_interval(hits, boxes),
        "recall": share_interval(hits, regions),
        "h_mean": h_mean_interval(sums),
    }


def _share(part: float, whole: float) -> float:
    return part / whole if whole else math.nan


def _plain(value: float) -> float | None:
    return None if math.isnan(value) else value
