"""Trying a network on images it never learned from: its loss, and what it reads running freely.

Decoding is the very code that bundles are read with, over Keras' networks instead of ONNX Runtime's. This module
writes nothing.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.charset import Charset
from engine.evaluation.metrics import Score, score
from engine.reading.decode import Decoded
from engine.training.feed import make_batch
from engine.training.learner import Learner
from engine.training.rows import StoredRows

_LARGEST = 64  # images a batch


@dataclass(frozen=True)
class Validation:
    """Loss in nats a character under teacher forcing, and the score of free-running greedy decoding."""

    loss: float
    score: Score


def validate(
    learner: Learner,
    rows: StoredRows,
    charset: Charset,
    after: Callable[[npt.NDArray[np.int64], Sequence[Decoded]], None],
) -> Validation:
    """Read every row once; `after` is told what was read in which rows of each batch, and may raise to stop."""
    reader = learner.network.config
    lost = weight = 0.0
    total = Score()
    for chunk in batches_of_like_width(rows):
        padded = np.resize(chunk, _power_of_two(len(chunk)))  # repeats, so that few batch sizes occur
        batch = make_batch(rows, padded, reader, charset.end)
        lost += learner.judge(batch) * batch.count
        weight += batch.count
        decoded = learner.read(batch)[: len(chunk)]
        texts = [charset.decode(text.ids) for text in decoded]
        after(chunk, decoded)
        total += score([rows.texts[i] for i in chunk], texts)
    return Validation(lost / max(weight, 1.0), total)


def batches_of_like_width(rows: StoredRows) -> Iterator[npt.NDArray[np.int64]]:
    """Yield all rows' indices in batches of one padded width each, so that no reading depends on its neighbours."""
    for width in np.unique(rows.widths):
        same = np.flatnonzero(rows.widths == width)
        yield from (same[start : start + _LARGEST] for start in range(0, len(same), _LARGEST))


def _power_of_two(count: int) -> int:
    return 1 << (count - 1).bit_length()
