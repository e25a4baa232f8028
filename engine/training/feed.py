"""Batches for a network, made ahead of need by threads, in the order's order.

This module knows what a network takes in and what its loss wants; it learns nothing from it.
"""

import os
from collections import deque
from collections.abc import Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.config.reader import ReaderConfig
from engine.models.losses import PAD, encode_targets, teacher_tokens
from engine.reading.preprocess import valid_frames
from engine.training.material import Rows
from engine.training.order import Order

_AHEAD = 4  # batches
_THREADS = min(4, os.cpu_count() or 1)


@dataclass(frozen=True)
class Batch:
    """N images and what they say.

    Attributes:
        image: uint8 (N, H, W, 1).
        targets: what `engine.models.losses` takes, int32 (N, 1 + L).
        frames: the time steps that lie over each image, int32 (N,).
        indices: the samples, int64 (N,).
        tokens: what the attention decoder is handed in, int32 (N, L + 1); None for CTC.
    """

    image: npt.NDArray[np.uint8]
    targets: npt.NDArray[np.int32]
    frames: npt.NDArray[np.int32]
    indices: npt.NDArray[np.int64]
    tokens: npt.NDArray[np.int32] | None

    @property
    def inputs(self) -> dict[str, npt.NDArray[Any]]:
        """What `Network.training` takes."""
        return {"image": self.image} if self.tokens is None else {"image": self.image, "tokens": self.tokens}

    @property
    def count(self) -> int:
        """What the batch's summed loss is divided by: its characters, and for attention the end tokens, too."""
        characters = int((self.targets[:, 1:] != PAD).sum())
        return characters if self.tokens is None else characters + len(self.indices)


def make_batch(rows: Rows, indices: Sequence[int] | npt.NDArray[np.int64], reader: ReaderConfig, end: int) -> Batch:
    """Put samples into one batch, as wide as the widest needs.

    Args:
        rows: the samples.
        indices: which of them.
        reader: the network's config.
        end: the class that starts and ends a text.
    """
    numbers = np.asarray(indices, dtype=np.int64)
    image, widths = rows.preprocessing.pad_batch([rows.row(i) for i in numbers], int(rows.widths[numbers].max()))
    width = image.shape[2]
    frames = valid_frames(widths, width, reader.time_steps_at(width))
    enough = np.maximum(frames, rows.least[numbers] // reader.stride).astype(np.int32)
    # A CTC loss costs little for a longer L; each step of attention costs its share.
    least = rows.longest if reader.decoder == "ctc" else 1
    targets = encode_targets([rows.ids(i) for i in numbers], enough, least)
    tokens = teacher_tokens(targets, end) if reader.decoder == "attention" else None
    return Batch(image, targets, frames, numbers, tokens)


def stream(rows: Rows, order: Order, reader: ReaderConfig, end: int, start: int) -> Generator[Batch]:
    """Yield the batches of step `start` and all later ones, without end. Raises DatasetError as `Rows.row` does."""
    with ThreadPoolExecutor(_THREADS, "feed") as pool:
        ahead = deque(
            pool.submit(make_batch, rows, order.indices(step), reader, end) for step in range(start, start + _AHEAD)
        )
        step = start + _AHEAD
        try:
            while True:
                batch = ahead.popleft().result()
                ahead.append(pool.submit(make_batch, rows, order.indices(step), reader, end))
                step += 1
                yield batch
        finally:
            for future in ahead:
                future.cancel()
