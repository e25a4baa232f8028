"""In which order a run sees its samples: a function of seed and step alone, so that a resumed run goes on exactly.

Each epoch draws its own permutation. Samples of like width share a batch, so that little padding is computed. Every
batch is full: the few samples that would not fill one sit an epoch out, others each time. This module opens no image.
"""

import functools

import numpy as np
import numpy.typing as npt


class Order:
    """The batches of a run.

    Args:
        widths: the padded width of each of the S samples, int (S,).
        batch: images a batch; fewer where there are fewer samples.
        seed: of the run.
    """

    def __init__(self, widths: npt.NDArray[np.integer], batch: int, seed: int) -> None:
        self._widths = np.asarray(widths)
        self._seed = seed
        self.batch = min(batch, len(self._widths))
        self.steps_an_epoch = len(self._widths) // self.batch
        # Bound to the object, so that two epochs' permutations are held and no more.
        self._epoch = functools.lru_cache(maxsize=2)(self._draw)

    def indices(self, step: int) -> npt.NDArray[np.int64]:
        """Return the samples of step `step` (0 is the first of the run), int64 (batch,)."""
        epoch, place = divmod(step, self.steps_an_epoch)
        return self._epoch(epoch)[place]

    def _draw(self, epoch: int) -> npt.NDArray[np.int64]:
        """Return an epoch's batches, int64 (steps_an_epoch, batch)."""
        random = np.random.default_rng([self._seed, epoch])
        drawn = random.permutation(len(self._widths))[: self.steps_an_epoch * self.batch]
        rising = drawn[np.argsort(self._widths[drawn], kind="stable")]
        batches = rising.reshape(self.steps_an_epoch, self.batch)
        return batches[random.permutation(self.steps_an_epoch)]
