"""From a network's numbers to classes: greedy CTC and greedy attention, with a confidence and a place for each.

Legend: N images, T time steps (frames), K classes, L characters. Written over plain callables and arrays, so that
training validates with the very code that reads. This module knows neither charset nor pixels and runs no network.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating[Any]]

Step = Callable[[npt.NDArray[np.int32], Any], tuple[Floats, Any, Floats]]
"""One step of an attention decoder over N images: (tokens int32 (N,), states) -> (logits (N, K), next states,
alignment (N, T) whose rows sum to 1). States are the decoder's own affair and are handed back as they came."""

_EDGE_MASS = 0.1


@dataclass(frozen=True)
class Decoded:
    """What was decoded for one image.

    Attributes:
        ids: classes of the L characters, without blank or end token.
        confidences: probability of each, 0…1.
        spans: first frame and the frame after the last that each was read from, 0 <= start < end <= T.
        weights: how much of each character was read from each frame, (L, T), 0…1: attention's weights, or
            `paths.ctc_posteriors`. None where nobody worked them out.
    """

    ids: tuple[int, ...]
    confidences: tuple[float, ...]
    spans: tuple[tuple[int, int], ...]
    weights: Floats | None = field(default=None, compare=False)


def softmax(logits: Floats) -> Floats:
    """Return probabilities over the last axis, float32 or float64 as given."""
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def ctc_collapse(path: Sequence[int], blank: int) -> list[tuple[int, int, int]]:
    """Collapse a frame-by-frame path: repeats melt into one, blanks vanish (Graves 2006, the map B).

    Returns:
        (class, start frame, end frame) of each character, end exclusive.
    """
    runs: list[tuple[int, int, int]] = []
    start = 0
    for frame in range(1, len(path) + 1):
        if frame == len(path) or path[frame] != path[start]:
            if path[start] != blank:
                runs.append((int(path[start]), start, frame))
            start = frame
    return runs


def ctc_greedy(logits: Floats) -> Decoded:
    """Decode one image by the best class of each frame; the last class is the blank.

    Args:
        logits: (T, K), only the frames that lie over the image.

    Returns:
        The characters; the confidence of each is the highest probability among its frames.
    """
    probabilities = softmax(logits)
    runs = ctc_collapse(probabilities.argmax(axis=1).tolist(), blank=logits.shape[1] - 1)
    return Decoded(
        ids=tuple(id for id, _, _ in runs),
        confidences=tuple(float(probabilities[start:end, id].max()) for id, start, end in runs),
        spans=tuple((start, end) for _, start, end in runs),
    )


def attention_greedy(step: Step, states: Any, count: int, end: int, max_length: int) -> list[Decoded]:
    """Decode N images by the best class of each step, until all have ended or hold `max_length` characters.

    Args:
        step: the decoder, the encoder's memory bound to it.
        states: its states before the first step.
        count: N.
        end: class of the token that starts and ends a text.
        max_length: most characters of a text.
    """
    tokens = np.full(count, end, dtype=np.int32)
    lengths = np.zeros(count, dtype=np.int32)
    running = np.ones(count, dtype=bool)
    rows: list[tuple[npt.NDArray[np.int32], Floats, Floats]] = []
    while running.any() and len(rows) < max_length:
        logits, states, alignment = step(tokens, states)
        tokens = np.asarray(logits).argmax(axis=1).astype(np.int32)
        rows.append((tokens, softmax(np.asarray(logits)).max(axis=1), np.asarray(alignment)))
        running &= tokens != end
        lengths += running
    return [_attended(rows[: lengths[image]], image) for image in range(count)]


def _attended(rows: Sequence[tuple[npt.NDArray[np.int32], Floats, Floats]], image: int) -> Decoded:
    return attended(
        ids=tuple(int(tokens[image]) for tokens, _, _ in rows),
        confidences=tuple(float(best[image]) for _, best, _ in rows),
        alignments=[alignment[image] for _, _, alignment in rows],
    )


def attended(ids: tuple[int, ...], confidences: tuple[float, ...], alignments: Sequence[Floats]) -> Decoded:
    """Return a text whose characters lie where the decoder looked; `alignments` holds (T,) for each of them."""
    spans = tuple(attention_span(alignment) for alignment in alignments)
    return Decoded(ids, confidences, spans, np.stack(alignments) if ids else None)


def attention_span(alignment: Floats) -> tuple[int, int]:
    """Return the frames that hold the middle 80 % of one character's attention, (T,) -> (start, end)."""
    mass = alignment.cumsum()
    start = int(np.searchsorted(mass, _EDGE_MASS * mass[-1], side="right"))
    end = int(np.searchsorted(mass, (1 - _EDGE_MASS) * mass[-1], side="left")) + 1
    last = len(alignment) - 1
    return min(start, last), max(min(end, last + 1), min(start, last) + 1)
