"""The training samples of each step: a function of seed and step alone, so that a resumed run goes on exactly.

A round permutes all stored samples, or a handful of batches of new ones. Each round draws its own permutation; samples
of like width share a batch, so that little padding is computed. Every batch is full: the few samples that would not
fill one sit a round out, others each time. This module opens no image and makes no batch.
"""

import functools
from collections.abc import Callable, Iterator, Sequence
from typing import Generic, NamedTuple, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from engine.errors import DatasetError


class MixShares(NamedTuple):
    """Number of samples and weight of each part: the first part is seen once per round, others by their weight."""

    sizes: Sequence[int]
    weights: Sequence[float]

    @property
    def counts(self) -> list[int]:
        """Samples of each part in a round, at least one."""
        return [max(1, round(self.sizes[0] * weight / self.weights[0])) for weight in self.weights]


def draw_round(
    widths: npt.NDArray[np.integer], shares: MixShares, batch: int, seed: int, round: int
) -> npt.NDArray[np.int64]:
    """Return a round's batches, int64 (steps, batch), as numbers of samples.

    Args:
        widths: the padded width of each of the S samples, int (S,), part after part.
        shares: of the parts.
        batch: images a batch, at most as many as a round has.
        seed: of the run.
        round: from 0.
    """
    random = np.random.default_rng([seed, round])
    drawn = random.permutation(np.concatenate(list(_parts(shares, random))))
    steps = len(drawn) // batch
    drawn = drawn[: steps * batch]
    rising = drawn[np.argsort(widths[drawn], kind="stable")]
    return rising.reshape(steps, batch)[random.permutation(steps)]


def _parts(shares: MixShares, random: np.random.Generator) -> Iterator[npt.NDArray[np.int64]]:
    """Yield what a round takes of each part: a part that must give more than it has gives each sample as often."""
    first = 0
    for size, count in zip(shares.sizes, shares.counts, strict=True):
        whole, rest = divmod(count, size)
        yield first + np.concatenate([np.tile(np.arange(size), whole), random.permutation(size)[:rest]])
        first += size


def fixed_places(count: int, most: int, seed: int) -> npt.NDArray[np.int64]:
    """Return at most so many places of `count`, rising; the same ones each time, for validations of a run."""
    return np.sort(np.random.default_rng(seed).permutation(count)[:most])


class Sized(Protocol):
    """Samples, of which a sampler knows how wide they are, and so how many: int (S,)."""

    @property
    def widths(self) -> npt.NDArray[np.int64]:
        """The padded width of each in px; samples of like width share a batch."""
        ...


AnySamples = TypeVar("AnySamples", bound=Sized)


class Sampler(Generic[AnySamples]):
    """The samples of each step of a run; a function of the step, so that a resumed run goes on exactly.

    Args:
        samples_of: returns a round's samples; those of each round have the same shares.
        shares: the parts of the samples.
        batch: images a batch; fewer where a round has fewer.
        seed: of the run.
        epoch: samples that count as an epoch; those of a round by default.
        multiple: what the images of a batch must be a multiple of.

    Attributes:
        batch: images a batch.
        steps_per_epoch: at least 1.

    Raises:
        DatasetError: there are too few samples for one batch.
    """

    def __init__(
        self,
        samples_of: Callable[[int], AnySamples],
        shares: MixShares,
        batch: int,
        seed: int,
        epoch: int | None = None,
        multiple: int = 1,
    ) -> None:
        samples = sum(shares.counts)
        self.batch = min(batch, samples) // multiple * multiple
        if not self.batch:
            raise DatasetError(f"{samples} training images cannot be shared among {multiple} GPUs. Choose one GPU.")
        self._steps = samples // self.batch
        self.steps_per_epoch = max(1, (epoch or samples) // self.batch)
        self._samples_of, self._shares, self._seed = samples_of, shares, seed
        # Bound to the object, so that two rounds are held and no more.
        self._round = functools.lru_cache(maxsize=2)(self._draw)

    def at(self, step: int) -> tuple[AnySamples, npt.NDArray[np.int64]]:
        """Return the samples of step `step` (0 is the first of the run): where they are, and which, int64 (batch,)."""
        round, place = divmod(step, self._steps)
        samples, batches = self._round(round)
        return samples, batches[place]

    def _draw(self, round: int) -> tuple[AnySamples, npt.NDArray[np.int64]]:
        samples = self._samples_of(round)
        return samples, draw_round(samples.widths, self._shares, self.batch, self._seed, round)
