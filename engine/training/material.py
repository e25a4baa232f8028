"""What a run learns from: the dataset's samples, checked against the reader before the first step, as prepared rows.

Rows are prepared once and kept in memory as far as a limit allows. Legend: S samples, H rows, W columns. This module
decides no order and pads no batch.
"""

from collections import Counter
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import psutil

from engine.charset import Charset
from engine.config.generate import Split
from engine.config.reader import ReaderConfig
from engine.datasets import Dataset
from engine.errors import CharsetError, DatasetError
from engine.reading.preprocess import Preprocessing

_MULTIPLE = 32  # px; a network sees few widths, and each image the same padding in training and in reading
_CACHE_SHARE = 0.25  # of the memory that is free at the start


def preprocessing_of(reader: ReaderConfig) -> Preprocessing:
    """Return how images are prepared for a reader, in training and in its bundles."""
    return Preprocessing(height=reader.height, max_width=reader.max_width, multiple=_MULTIPLE)


class Rows:
    """The samples of one split as prepared rows and classes; may be read from several threads.

    Attributes:
        texts: the labels, S of them.
        widths: the padded width of each sample, int64 (S,): of its image, or more where its text needs more time steps.
        longest: characters of the longest text.
        least: the width in px each sample's text needs, int64 (S,).
    """

    def __init__(self, dataset: Dataset, frame: pd.DataFrame, charset: Charset, reader: ReaderConfig) -> None:
        self.preprocessing = preprocessing_of(reader)
        self.texts: list[str] = frame["label"].tolist()
        self._ids = [charset.encode(text) for text in self.texts]
        self.longest = max(map(len, self.texts))
        self._numbers = [int(number) for number in frame["index"]]
        self._dataset = dataset
        self._cache: dict[int, npt.NDArray[np.uint8]] = {}
        self._room = int(psutil.virtual_memory().available * _CACHE_SHARE)
        self.least = np.array([reader.width_for(text) for text in self.texts], dtype=np.int64)
        own = [self.preprocessing.prepared_width(w, h) for w, h in zip(frame["width"], frame["height"], strict=True)]
        padded = [self.preprocessing.padded_width(int(width)) for width in np.maximum(own, self.least)]
        self.widths = np.array(padded, dtype=np.int64)

    def __len__(self) -> int:
        return len(self.texts)

    def row(self, index: int) -> npt.NDArray[np.uint8]:
        """Return a sample's image as prepared, uint8 (H, W). Raises DatasetError when its record is damaged."""
        row = self._cache.get(index)
        if row is None:
            row = self.preprocessing.prepare(self._dataset.image(self._numbers[index]))
            if self._room > row.nbytes:
                self._room -= row.nbytes
                self._cache[index] = row
        return row

    def ids(self, index: int) -> npt.NDArray[np.int32]:
        """Return the classes of a sample's characters, int32 (L,)."""
        return self._ids[index]


@dataclass(frozen=True)
class Material:
    """A dataset that fits a reader.

    Attributes:
        dataset: the open dataset.
        charset: the dataset's characters, which become the reader's.
        training: every sample of the training split.
        validation: as many of the validation split as the config allows, the same ones each time.
        test_images: how many the test split has.
    """

    dataset: Dataset
    charset: Charset
    training: Rows
    validation: Rows
    test_images: int


def collect(dataset: Dataset, reader: ReaderConfig, validation_images: int, seed: int) -> Material:
    """Check a dataset against a reader and open what a run needs of it.

    Raises:
        DatasetError: the training or validation split is empty, or labels are longer than the reader writes.
        CharsetError: labels hold characters that the dataset's charset lacks; they are named.
    """
    charset = Charset(dataset.manifest.charset)
    training, validation = (_checked(dataset, split, charset, reader) for split in ("train", "validation"))
    random = np.random.default_rng(seed)
    chosen = np.sort(random.permutation(len(validation))[:validation_images])
    return Material(
        dataset,
        charset,
        Rows(dataset, training, charset, reader),
        Rows(dataset, validation.iloc[chosen], charset, reader),
        dataset.manifest.counts.get("test", 0),
    )


def _checked(dataset: Dataset, split: Split, charset: Charset, reader: ReaderConfig) -> pd.DataFrame:
    frame = dataset.frame(split)
    name = f"dataset {dataset.folder.name}"
    if frame.empty:
        raise DatasetError(
            f"The {split} split of {name} is empty, but a run needs images to learn from and others to be tried on. "
            f"Generate it with a larger share for {split}, or with more images."
        )
    missing = Counter(character for text in frame["label"] for character in charset.missing(text))
    if missing:
        shown = " ".join(repr(character) for character in sorted(missing)[:20])
        raise CharsetError(
            f"The charset of {name} lacks {len(missing)} characters of its {split} labels: {shown}. "
            "Generate the dataset again, or import it with these characters in its charset."
        )
    lengths = frame["label"].str.len()
    if lengths.max() > reader.max_length:
        raise DatasetError(
            f"{int((lengths > reader.max_length).sum()):,} {split} labels of {name} are longer than the reader's "
            f"max_length {reader.max_length}; the longest has {lengths.max()} characters. "
            f"Raise max_length to {lengths.max()}, or generate shorter texts."
        )
    return frame
