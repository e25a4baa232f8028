"""Validation of a network on images that it does not learn from: teacher-forced loss and free-running decoding.

Decoding is the very code that bundles are read with, over Keras' networks instead of ONNX Runtime's. This module
writes nothing.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.evaluation.metrics import Score, score
from engine.training.prefetch import Batch, make_batch
from engine.training.samples import StoredSamples
from engine.training.trainer import Trainer
from glyphlab_read.charset import Charset
from glyphlab_read.reading.decoding.ngram import NgramModel
from glyphlab_read.reading.decoding.types import Decoded

_BATCH = 64  # images, at most
_LARGEST_EXPONENT = 50.0  # a perplexity over e^50 says nothing more


def perplexity(loss: float) -> float:
    """Return exp(loss), the number of characters that the reader is torn between, for a loss in nats per character."""
    return math.exp(min(loss, _LARGEST_EXPONENT))


@dataclass(frozen=True)
class Validation:
    """Loss in nats per character under teacher forcing, and the score of free-running decoding.

    The score is over all images, the loss over those whose text can be written; NaN where there are none.
    """

    loss: float
    score: Score


def validate(
    trainer: Trainer,
    samples: StoredSamples,
    charset: Charset,
    ngram: NgramModel | None,
    after: Callable[[npt.NDArray[np.int64], Sequence[Decoded]], None],
) -> Validation:
    """Read every sample once, ranked as the bundle will rank readings.

    `after` gets the numbers of the samples in each batch and their readings, and may raise to stop.
    """
    lost = weight = 0.0
    total = Score()
    for chunk in batches_of_like_width(samples):
        batch = _batch(samples, chunk, trainer, charset)
        fitting = chunk[samples.fits[chunk]]
        if len(fitting):
            judged = batch if len(fitting) == len(chunk) else _batch(samples, fitting, trainer, charset)
            lost += trainer.eval_step(judged) * judged.count
            weight += judged.count
        decoded = trainer.read(batch, ngram)[: len(chunk)]
        texts = [charset.decode(text.ids) for text in decoded]
        after(chunk, decoded)
        total += score([samples.texts[i] for i in chunk], texts)
    return Validation(lost / weight if weight else math.nan, total)


def batches_of_like_width(samples: StoredSamples) -> Iterator[npt.NDArray[np.int64]]:
    """Yield all samples' indices in batches of one padded width each, so that no reading depends on its neighbours."""
    for width in np.unique(samples.widths):
        same = np.flatnonzero(samples.widths == width)
        yield from (same[start : start + _BATCH] for start in range(0, len(same), _BATCH))


def _batch(samples: StoredSamples, numbers: npt.NDArray[np.int64], trainer: Trainer, charset: Charset) -> Batch:
    padded = np.resize(numbers, _power_of_two(len(numbers)))  # repeats, so that few batch sizes occur
    return make_batch(samples, padded, trainer.network.config, charset.end)


def _power_of_two(count: int) -> int:
    return 1 << (count - 1).bit_length()
