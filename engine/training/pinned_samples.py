"""Pinned samples: the readings of a few fixed validation images, and of those most confidently misread.

The validation reads these images anyway, so that keeping what it read costs nothing but the writing. This module reads
no image with a network and decides nothing about the run.
"""

import heapq
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from engine.config.reader import ReaderConfig
from engine.evaluation.pinned_samples import PinnedReading, image_path
from engine.files import write_bytes
from engine.images.encode import png_bytes
from engine.training.samples import StoredSamples
from glyphlab_read.charset import Charset
from glyphlab_read.reading.decoding.types import Decoded, Floats

FIXED = 12
WORST = 6
_DIGITS = 3  # of shares: a thousandth is less than a pixel


def choose_pinned(texts: Sequence[str], count: int = FIXED) -> list[int]:
    """Return the numbers of the texts to pin: short and long ones alike, the same for the same texts."""
    by_length = sorted(range(len(texts)), key=lambda number: (len(texts[number]), number))
    places = np.linspace(0, len(texts) - 1, min(count, len(texts))).round().astype(int)
    return sorted(by_length[place] for place in places)


class PinnedSamples:
    """Collects the readings of one validation.

    Args:
        samples: of the validation.
        charset, reader: the network's.
    """

    def __init__(self, samples: StoredSamples, charset: Charset, reader: ReaderConfig) -> None:
        self._samples, self._charset, self._reader = samples, charset, reader
        self._numbers = frozenset(choose_pinned(samples.texts))
        self._fixed: list[PinnedReading] = []
        self._worst: list[PinnedReading] = []

    def add(self, numbers: npt.NDArray[np.int64], decoded: Sequence[Decoded]) -> None:
        """Take in the readings of some of the samples."""
        for number, one in zip(numbers.tolist(), decoded, strict=True):
            if number in self._numbers:
                self._fixed.append(self._reading(number, one, fixed=True))
            elif one.ids and self._surer(one) and self._charset.decode(one.ids) != self._samples.texts[number]:
                self._worst.append(self._reading(number, one, fixed=False))
                self._worst = heapq.nlargest(WORST, self._worst, key=lambda wrong: wrong.weakest)

    def readings(self) -> list[PinnedReading]:
        """Return the fixed images' readings in their order, then the most confidently wrong, the surest first."""
        return [*sorted(self._fixed, key=lambda reading: reading.image), *self._worst]

    def save_images(self, run: Path) -> None:
        """Write the pictures of all that was kept and is not there yet. Raises SpaceError."""
        for reading in self.readings():
            path = image_path(run, reading.image)
            if not path.exists():
                path.parent.mkdir(exist_ok=True)
                write_bytes(path, png_bytes(Image.fromarray(self._samples.image(reading.image))), durable=False)

    def _surer(self, one: Decoded) -> bool:
        return len(self._worst) < WORST or min(one.confidences) > self._worst[-1].weakest

    def _reading(self, number: int, one: Decoded, fixed: bool) -> PinnedReading:
        padded = int(self._samples.widths[number])
        share = (
            padded / self._reader.time_steps_at(padded) / self._samples.image(number).shape[1]
        )  # frames cover padding, too
        return PinnedReading(
            image=number,
            truth=self._samples.texts[number],
            text=self._charset.decode(one.ids),
            confidences=tuple(round(min(confidence, 1.0), _DIGITS) for confidence in one.confidences),
            places=tuple((_share(start * share), _share(end * share)) for start, end in one.spans),
            attention=() if one.weights is None else _percent(one.weights[:, : math.ceil(1 / share)]),
            fixed=fixed,
        )


def _percent(weights: Floats) -> tuple[tuple[int, ...], ...]:
    return tuple(tuple(row) for row in (100 * weights.clip(0, 1)).round().astype(int).tolist())


def _share(value: float) -> float:
    return round(min(value, 1.0), _DIGITS)
