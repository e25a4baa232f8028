"""Types and functions that all decoders share: the decoded text, a beam-search hypothesis, softmax.

Legend of this package: N images, T time steps (frames), K classes, L characters, B beam width. Decoders work on plain
arrays and callables, so that training validates with the very code that reads. They know neither charset nor pixels
and run no network.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Decoded:
    """The text decoded from one image.

    Attributes:
        ids: classes of the L characters, without blank or end token.
        confidences: probability of each, 0…1.
        spans: first frame and the frame after the last that each was read from, 0 <= start < end <= T.
        weights: how much of each character was read from each frame, (L, T), 0…1: attention's weights, or
            `ctc.ctc_posteriors`. None where they were not computed.
    """

    ids: tuple[int, ...]
    confidences: tuple[float, ...]
    spans: tuple[tuple[int, int], ...]
    weights: Floats | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Hypothesis:
    """One result of a beam search.

    Attributes:
        decoded: its characters.
        score: the key that results are ranked by, higher is better. CTC: `log_prob`, or with an n-gram model the
            logarithm of the share among the texts found. Attention: the mean of `log_prob` over the characters and the
            end token.
        log_prob: natural logarithm of its probability. CTC: summed over all its paths.
    """

    decoded: Decoded
    score: float
    log_prob: float


def softmax(logits: Floats) -> Floats:
    """Return probabilities over the last axis, float32 or float64 as given."""
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def log_softmax(logits: Floats) -> Floats:
    """Return logarithms of probabilities over the last axis, float64."""
    shifted = logits.astype(np.float64) - logits.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
