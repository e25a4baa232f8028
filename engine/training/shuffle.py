"""In which order a run sees its samples: a function of seed and round alone, so that a resumed run goes on exactly.

Each round draws its own permutation. Samples of like width share a batch, so that little padding is computed. Every
batch is full: the few samples that would not fill one sit a round out, others each time. This module opens no image.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt


class MixShares(NamedTuple):
    """How many samples each part has, and the parts' weights: the first is seen once a round, others accordingly."""

    sizes: Sequence[int]
    weights: Sequence[float]

    @property
    def counts(self) -> list[int]:
        """How many samples of each part a round has; at least one."""
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
