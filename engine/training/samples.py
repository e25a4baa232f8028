"""Samples as the network takes them: prepared images and classes.

Images of stored datasets are prepared once and kept in memory as far as a limit allows. Legend: S samples, H rows, W
columns. This module decides no order and pads no batch.
"""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.config.reader import ReaderConfig
from engine.datasets import Dataset
from engine.training.image_cache import ImageCache
from glyphlab_read.charset import Charset
from glyphlab_read.reading.preprocess import Preprocessing


class Samples(Protocol):
    """S samples, prepared.

    Attributes:
        preprocessing: how their images were prepared.
        texts: the labels.
        widths: the padded width of each, int64 (S,): of its image, or more where its text needs more time steps.
        min_widths: the width in px each sample's text needs, int64 (S,).
        max_characters: of the longest text that can be learned.
    """

    preprocessing: Preprocessing
    texts: list[str]
    widths: npt.NDArray[np.int64]
    min_widths: npt.NDArray[np.int64]
    max_characters: int

    def image(self, index: int) -> npt.NDArray[np.uint8]:
        """Return a prepared image, uint8 (H, W) or (H, W, 3). Raises DatasetError when its record is damaged."""
        ...

    def ids(self, index: int) -> npt.NDArray[np.int32]:
        """Return the classes of a sample's characters, int32 (L,)."""
        ...


class DatasetPart(NamedTuple):
    """Samples of one dataset: rows of its table, and the weight by which they are seen beside the first part's."""

    dataset: Dataset
    frame: pd.DataFrame
    weight: float = 1.0


class StoredSamples:
    """Samples of stored datasets; may be read from several threads. See `Samples`.

    Attributes:
        parts: the samples of each dataset.
        sizes, weights: how many samples each part has, and its weight.
        fits: whether each sample's text can be written, bool (S,); the others are read, but have no classes.

    Args:
        as_bundles: take each image as bundles read it, whatever its text: it is not widened for a long one, and a text
            that the reader cannot write is no fault.

    Raises:
        CharsetError: a text holds characters that the charset lacks, and not `as_bundles`.
    """

    def __init__(
        self, parts: Sequence[DatasetPart], charset: Charset, reader: ReaderConfig, *, as_bundles: bool = False
    ) -> None:
        self.preprocessing = reader.preprocessing
        self.texts: list[str] = [text for part in parts for text in part.frame["label"]]
        self.parts = list(parts)
        self.sizes, self.weights = [len(part.frame) for part in parts], [part.weight for part in parts]
        self._places = [(part.dataset, int(number)) for part in parts for number in part.frame["index"]]
        self._cache = ImageCache[npt.NDArray[np.uint8]]()
        prepared = np.concatenate(
            [self.preprocessing.prepared_widths(*part.frame[["width", "height"]].to_numpy().T) for part in parts]
        )
        self.min_widths = np.array([reader.width_for(text) for text in self.texts], dtype=np.int64)
        self.fits = np.ones(len(self.texts), dtype=bool)
        if as_bundles:
            self.fits = np.array([_fits(*one, charset, reader) for one in zip(self.texts, prepared, strict=True)])
            self.min_widths[:] = 0
        self._ids = [
            charset.encode(text) if fits else np.zeros(0, np.int32)
            for text, fits in zip(self.texts, self.fits, strict=True)
        ]
        self.max_characters = max(map(len, self._ids))
        self.widths = padded_widths(self.preprocessing, prepared, self.min_widths)

    def __len__(self) -> int:
        return len(self.texts)

    def image(self, index: int) -> npt.NDArray[np.uint8]:
        """See `Samples.image`."""
        return self._cache.get(index, self._prepared)

    def _prepared(self, index: int) -> npt.NDArray[np.uint8]:
        dataset, number = self._places[index]
        return self.preprocessing.prepare(dataset.image(number))

    def ids(self, index: int) -> npt.NDArray[np.int32]:
        """See `Samples.ids`."""
        return self._ids[index]


def _fits(text: str, width: int, charset: Charset, reader: ReaderConfig) -> bool:
    """Say whether a reader can write a text over an image of `width` prepared columns."""
    room = reader.time_steps_at(width) * reader.stride
    return not charset.missing(text) and len(text) <= reader.max_length and reader.width_for(text) <= room


def padded_widths(
    preprocessing: Preprocessing, prepared: npt.ArrayLike, least: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """Return the width of the batch that each sample fits, int64 (S,), from its own and the least its text needs."""
    wider = np.maximum(np.asarray(prepared, dtype=np.int64), least)
    return np.array([preprocessing.padded_width(int(width)) for width in wider], dtype=np.int64)
