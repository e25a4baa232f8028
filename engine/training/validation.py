"""Trying a network on images it does not learn from: its loss, and what it reads running freely.

Decoding is the very code that bundles are read with, over Keras' networks instead of ONNX Runtime's. This module
writes nothing.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.charset import Charset
from engine.evaluation.metrics import Score, score
from engine.reading.decoding.ngram import NgramModel
from engine.reading.decoding.types import Decoded
from engine.training.prefetch import Batch, make_batch
from engine.training.samples import StoredSamples
from engine.training.trainer import Trainer

_LARGEST = 64  # images a batch


@dataclass(frozen=True)
class Validation:
    """Loss in nats a character under teacher forcing, and the score of free-running decoding.

    The score is over all images, the loss over those whose text can be written; NaN where there are none.
    """

    loss: float
    score: Score


def validate(
    learner: Trainer,
    rows: StoredSamples,
    charset: Charset,
    language: NgramModel | None,
    after: Callable[[npt.NDArray[np.int64], Sequence[Decoded]], None],
) -> Validation:
    """Read every row once, with what the bundle will know of texts.

    `after` is told what was read in which rows of each batch, and may raise to stop.
    """
    lost = weight = 0.0
    total = Score()
    for chunk in batches_of_like_width(rows):
        batch = _batch(rows, chunk, learner, charset)
        fitting = chunk[rows.fits[chunk]]
        if len(fitting):
            judged = batch if len(fitting) == len(chunk) else _batch(rows, fitting, learner, charset)
            lost += learner.eval_step(judged) * judged.count
            weight += judged.count
        decoded = learner.read(batch, language)[: len(chunk)]
        texts = [charset.decode(text.ids) for text in decoded]
        after(chunk, decoded)
        total += score([rows.texts[i] for i in chunk], texts)
    return Validation(lost / weight if weight else math.nan, total)


def batches_of_like_width(rows: StoredSamples) -> Iterator[npt.NDArray[np.int64]]:
    """Yield all rows' indices in batches of one padded width each, so that no reading depends on its neighbours."""
    for width in np.unique(rows.widths):
        same = np.flatnonzero(rows.widths == width)
        yield from (same[start : start + _LARGEST] for start in range(0, len(same), _LARGEST))


def _batch(rows: StoredSamples, numbers: npt.NDArray[np.int64], learner: Trainer, charset: Charset) -> Batch:
    padded = np.resize(numbers, _power_of_two(len(numbers)))  # repeats, so that few batch sizes occur
    return make_batch(rows, padded, learner.network.config, charset.end)


def _power_of_two(count: int) -> int:
    return 1 << (count - 1).bit_length()
