"""Batches for a network, made ahead of need by threads, in the sampler's order.

This module knows what a network takes in and what its loss wants; it trains nothing.
"""

import os
from collections import deque
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from engine.config.reader import ReaderConfig
from engine.config.train import TrainConfig
from engine.models.losses import PAD, encode_targets, teacher_tokens
from engine.training.augment import augment
from engine.training.sampler import Sampler
from engine.training.samples import Samples
from glyphlab_read.reading.preprocess import valid_frames

_AHEAD = 4  # batches
_THREADS = min(4, len(os.sched_getaffinity(0)))

Planned = TypeVar("Planned")
Made = TypeVar("Made")


@dataclass(frozen=True)
class Batch:
    """N images and what they say.

    Attributes:
        image: uint8 (N, H, W, C).
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
        """The inputs of `Network.training`."""
        return {"image": self.image} if self.tokens is None else {"image": self.image, "tokens": self.tokens}

    @property
    def count(self) -> int:
        """The divisor of the batch's summed loss: its characters, and for attention the end tokens, too."""
        characters = int((self.targets[:, 1:] != PAD).sum())
        return characters if self.tokens is None else characters + len(self.indices)


def make_batch(
    samples: Samples,
    indices: Sequence[int] | npt.NDArray[np.int64],
    reader: ReaderConfig,
    end: int,
    change: Callable[[int, npt.NDArray[np.uint8]], npt.NDArray[np.uint8]] = lambda place, row: row,
) -> Batch:
    """Put samples into one batch, as wide as the widest needs.

    Args:
        samples: those to choose from.
        indices: which of them.
        reader: the network's config.
        end: the class that starts and ends a text.
        change: what is done to each image, by its place in the batch.
    """
    numbers = np.asarray(indices, dtype=np.int64)
    images = [change(place, samples.image(int(number))) for place, number in enumerate(numbers)]
    image, widths = samples.preprocessing.pad_batch(images, int(samples.widths[numbers].max()))
    width = image.shape[2]
    frames = valid_frames(widths, width, reader.time_steps_at(width))
    enough = np.maximum(frames, samples.min_widths[numbers] // reader.stride).astype(np.int32)
    # A CTC loss costs little for a longer L; each step of attention costs its share.
    least = samples.max_characters if reader.decoder == "ctc" else 1
    targets = encode_targets([samples.ids(int(number)) for number in numbers], enough, least)
    tokens = teacher_tokens(targets, end) if reader.decoder == "attention" else None
    return Batch(image, targets, frames, numbers, tokens)


def prefetch(plan: Callable[[int], Planned], make: Callable[[Planned], Made], start: int) -> Generator[Made]:
    """Yield what is made for step `start` and all later ones, without end.

    Args:
        plan: decides about a step; called in the order of steps, by one thread.
        make: does the work; called by several threads.
        start: the first step.
    """
    with ThreadPoolExecutor(_THREADS, "feed") as pool:
        ahead = deque(pool.submit(make, plan(step)) for step in range(start, start + _AHEAD))
        step = start + _AHEAD
        try:
            while True:
                batch = ahead.popleft().result()
                ahead.append(pool.submit(make, plan(step)))
                step += 1
                yield batch
        finally:
            for future in ahead:
                future.cancel()


def reading_batches(sampler: Sampler[Samples], config: TrainConfig, end: int, start: int) -> Generator[Batch]:
    """Yield the batches of step `start` and all later ones. Raises DatasetError when a record is damaged."""

    def make(planned: tuple[int, Samples, npt.NDArray[np.int64]]) -> Batch:
        step, samples, indices = planned
        return make_batch(samples, indices, config.reader, end, _Change(config, step))

    return prefetch(lambda step: (step, *sampler.at(step)), make, start)


class _Change(NamedTuple):
    """Augments the images of one step, each by a random stream of its own: the order of threads decides nothing."""

    config: TrainConfig
    step: int

    def __call__(self, place: int, image: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
        if not self.config.augment:
            return image
        return augment(image, self.config.augment, np.random.default_rng([self.config.seed, self.step, place]))
