"""Validation of a network on images that it does not learn from: teacher-forced loss and free-running decoding.

Decoding is the very code that bundles are read with, over Keras' networks instead of ONNX Runtime's. This module
writes nothing.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.evaluation.metrics import Score, score
from engine.training.prefetch import make_batch
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
    """Loss in nats per character under teacher forcing, and readings by free-running decoding.

    Readings, scores and `right` are by the weight of likely texts; 0 is the image alone.

    Attributes:
        loss: over the images whose text can be written; NaN where there are none.
        readings: of all N images, in their order.
        scores: over all images.
        right: which readings are equal to their truth, bool (N,).
        shares: how near each reading is to its truth, 1 less the normalised edit distance, float64 (N,).
    """

    loss: float
    readings: Mapping[float, Sequence[Decoded]]
    scores: Mapping[float, Score]
    right: Mapping[float, npt.NDArray[np.bool_]]
    shares: Mapping[float, npt.NDArray[np.float64]]


def validate(
    trainer: Trainer,
    samples: StoredSamples,
    charset: Charset,
    check_stop: Callable[[], None],
    ngram: NgramModel | None = None,
    weights: Sequence[float] = (0.0,),
) -> Validation:
    """Read every sample once, with each weight of likely texts (see `Trainer.read`).

    `check_stop` is called after each batch, and may raise.
    """
    lost = weight = 0.0
    found: list[list[Decoded]] = [[]] * len(samples)
    for chunk in batches_of_like_width(samples):
        for part in _in_powers_of_two(chunk[samples.fits[chunk]]):
            judged = make_batch(samples, part, trainer.network.config, charset.end)
            lost += trainer.eval_step(judged) * judged.count
            weight += judged.count
        padded = np.resize(chunk, 1 << (len(chunk) - 1).bit_length())  # repeats, so that few batch sizes occur
        batch = make_batch(samples, padded, trainer.network.config, charset.end)
        for number, read in zip(chunk.tolist(), trainer.read(batch, ngram, weights), strict=False):
            found[number] = read
        check_stop()
    readings = {of: [read[place] for read in found] for place, of in enumerate(weights)}
    pairs = {of: _scored(samples.texts, read, charset) for of, read in readings.items()}
    return Validation(
        lost / weight if weight else math.nan,
        readings,
        {of: sum(scores, Score()) for of, scores in pairs.items()},
        {of: np.array([one.exact for one in scores], dtype=bool) for of, scores in pairs.items()},
        {of: np.array([1 - one.normalised_edits for one in scores]) for of, scores in pairs.items()},
    )


def _scored(truths: Sequence[str], readings: Sequence[Decoded], charset: Charset) -> list[Score]:
    return [score([truth], [charset.decode(read.ids)]) for truth, read in zip(truths, readings, strict=True)]


def batches_of_like_width(samples: StoredSamples) -> Iterator[npt.NDArray[np.int64]]:
    """Yield all samples' indices in batches of one padded width each, so that no reading depends on its neighbours."""
    for width in np.unique(samples.widths):
        same = np.flatnonzero(samples.widths == width)
        yield from (same[start : start + _BATCH] for start in range(0, len(same), _BATCH))


def _in_powers_of_two(numbers: npt.NDArray[np.int64]) -> Iterator[npt.NDArray[np.int64]]:
    """Yield all numbers in parts of 64, 32, 16 …, so that few batch sizes occur and each sample counts once."""
    while len(numbers):
        size = 1 << (len(numbers).bit_length() - 1)
        yield numbers[:size]
        numbers = numbers[size:]
