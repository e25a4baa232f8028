"""Statistics of a dataset: lengths, characters and sizes of all samples, measures of a fixed random sample.

Counts come from the samples table; measures open images, so they are taken once of a sample and stored beside the
dataset. Which of these numbers are good or bad is not judged here, but for characters that are seen too rarely.
"""

import os
import unicodedata
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.config.generate import Split
from engine.datasets.cache import cached_table
from engine.datasets.dataset import Dataset
from engine.datasets.splits import SPLITS
from engine.measures import measure_images
from engine.measures.measures import REVISION

RARE_COUNT = 20
"""A character with fewer occurrences in the training labels is hardly learned."""

SAMPLE = 2000
"""Images measured, unless asked otherwise."""

_BATCH = 50  # images between two calls of `watch`
_QUANTILES = {"least": 0.0, "10 %": 0.1, "median": 0.5, "90 %": 0.9, "most": 1.0}


@dataclass(frozen=True)
class Description:
    """Counts and sizes from the samples table.

    Attributes:
        lengths: samples of each label length (index, in characters) by split (columns).
        characters: a row a character: character, name (Unicode's), samples (labels that hold it), a count for each
            split, and rare: the training split shows it fewer than RARE_COUNT times. Rarest first.
        sizes: width, height (px), aspect and stored bytes (rows) by least, 10 %, median, 90 %, most (columns).
    """

    lengths: pd.DataFrame
    characters: pd.DataFrame
    sizes: pd.DataFrame


@dataclass(frozen=True)
class Measured:
    """Measures of a dataset's images.

    Attributes:
        frame: a row an image (index: its number in the dataset), a column a measure, and length, that of its label.
        images: how many images they stand for.
    """

    frame: pd.DataFrame
    images: int

    @property
    def words(self) -> str:
        """A phrase that names the measured images, for people."""
        if len(self.frame) == self.images:
            return f"all {self.images:,} images"
        return f"{len(self.frame):,} of {self.images:,} images, a fixed random sample"


def describe(dataset: Dataset) -> Description:
    """Count a dataset's lengths, characters and sizes, from its table."""
    frame = dataset.frame()
    lengths = frame.groupby(["length", "split"]).size().unstack(fill_value=0)
    sizes = frame[["width", "height", "bytes"]].assign(aspect=frame["width"] / frame["height"])
    quantiles = sizes.quantile(list(_QUANTILES.values())).set_axis(list(_QUANTILES)).T
    return Description(
        lengths=lengths.reindex(columns=list(SPLITS), fill_value=0),
        characters=_characters(frame),
        sizes=quantiles.loc[["width", "height", "aspect", "bytes"]],
    )


def measure_dataset(
    dataset: Dataset,
    split: Split | None = None,
    sample: int = SAMPLE,
    watch: Callable[[int, int], None] = lambda done, total: None,
) -> Measured:
    """Measure a fixed random sample of a dataset's images; the second time it is read from a file.

    Args:
        dataset: where the images are.
        split: the one to measure; None: all.
        sample: how many images at most. The same are taken each time.
        watch: called now and then, in the caller's own thread, with the images measured so far and in all; never
            where the measures were stored.

    Raises:
        DatasetError: a shard is damaged.
    """
    table = dataset.frame(split)
    chosen = np.sort(np.random.default_rng(0).permutation(len(table))[:sample])
    numbers = table.index.to_numpy()[chosen]

    def measured() -> pd.DataFrame:
        frame = _measured(dataset, numbers, watch).set_index(pd.Index(numbers, name="sample"))
        return frame.assign(length=table["length"].to_numpy(dtype=float)[chosen])

    name = f"measures-{REVISION}-{split or 'all'}-{sample}"
    return Measured(cached_table(dataset, name, measured), len(table))


def _measured(dataset: Dataset, numbers: npt.NDArray[np.int64], watch: Callable[[int, int], None]) -> pd.DataFrame:
    """Measure images on all cores: decoding and OpenCV, which take most of the time, do not hold each other up."""

    def measured(batch: npt.NDArray[np.int64]) -> pd.DataFrame:
        return measure_images(dataset.image(int(i)) for i in batch)

    batches = [numbers[start : start + _BATCH] for start in range(0, len(numbers), _BATCH)]
    frames, done = [measure_images([])], 0
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        try:
            for frame in pool.map(measured, batches):
                frames.append(frame)
                done += len(frame)
                watch(done, len(numbers))
        finally:
            pool.shutdown(cancel_futures=True)
    return pd.concat([frame for frame in frames if len(frame)] or frames, ignore_index=True)


def _characters(frame: pd.DataFrame) -> pd.DataFrame:
    labels = frame["label"].tolist()
    counts = {split: Counter("".join(frame.loc[frame["split"] == split, "label"].tolist())) for split in SPLITS}
    samples = Counter("".join("".join(set(label)) for label in labels))
    rows = [
        {
            "character": character,
            "name": unicodedata.name(character, f"U+{ord(character):04X}"),
            "samples": samples[character],
            **{split: counts[split][character] for split in SPLITS},
            "rare": counts["train"][character] < RARE_COUNT,
        }
        for character in samples
    ]
    return pd.DataFrame(rows).sort_values(["train", "character"], ignore_index=True)
