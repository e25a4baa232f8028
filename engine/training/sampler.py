"""Where a run's batches come from: stored samples again and again, or some of them drawn anew for each round.

A round is what the order permutes: all stored samples, or a handful of batches of new ones. This module makes no batch
and knows no network.
"""

import functools
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from engine.errors import DatasetError
from engine.training.samples import Samples
from engine.training.shuffle import MixShares, draw_round


class Sampler:
    """The samples of each step of a run; a function of the step, so that a resumed run goes on exactly.

    Args:
        rows_of: returns a round's samples; those of each round have the same shares.
        shares: the parts of the samples.
        batch: images a batch; fewer where a round has fewer.
        seed: of the run.
        epoch: samples that count as an epoch; those of a round if not told.
        multiple: what the images of a batch must be a multiple of.

    Attributes:
        batch: images a batch.
        steps_per_epoch: at least 1.

    Raises:
        DatasetError: there are too few samples for one batch.
    """

    def __init__(
        self,
        rows_of: Callable[[int], Samples],
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
        self._rows_of, self._shares, self._seed = rows_of, shares, seed
        # Bound to the object, so that two rounds are held and no more.
        self._round = functools.lru_cache(maxsize=2)(self._draw)

    def at(self, step: int) -> tuple[Samples, npt.NDArray[np.int64]]:
        """Return the samples of step `step` (0 is the first of the run): where they are, and which, int64 (batch,)."""
        round, place = divmod(step, self._steps)
        rows, batches = self._round(round)
        return rows, batches[place]

    def _draw(self, round: int) -> tuple[Samples, npt.NDArray[np.int64]]:
        rows = self._rows_of(round)
        return rows, draw_round(rows.widths, self._shares, self.batch, self._seed, round)
