"""Decoding with an attention decoder: greedy, and beam search for the best readings.

Beam search follows the likeliest continuations of several texts at once and compares them by their mean log
probability per character, otherwise short texts would win. The greedy reading always takes part, so that the best is
never worse. Legend as in `types`; R rows of a batch.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from glyphlab_read.reading.decoding.types import Decoded, Floats, Hypothesis, log_softmax, softmax

Step = Callable[[npt.NDArray[np.int32], Any], tuple[Floats, Any, Floats]]
"""One step of an attention decoder over N images: (tokens int32 (N,), states) -> (logits (N, K), next states,
alignment (N, T) whose rows sum to 1). States are opaque here and handed back as they came."""

_EDGE_MASS = 0.1


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
    steps: list[tuple[npt.NDArray[np.int32], Floats, Floats]] = []
    while running.any() and len(steps) < max_length:
        logits, states, alignment = step(tokens, states)
        tokens = np.asarray(logits).argmax(axis=1).astype(np.int32)
        steps.append((tokens, softmax(np.asarray(logits)).max(axis=1), np.asarray(alignment)))
        running &= tokens != end
        lengths += running
    return [
        _decoded(
            ids=tuple(int(tokens[image]) for tokens, _, _ in steps[:length]),
            confidences=tuple(float(best[image]) for _, best, _ in steps[:length]),
            alignments=[alignment[image] for _, _, alignment in steps[:length]],
        )
        for image, length in enumerate(lengths)
    ]


def attention_beam(
    step: Step, states: dict[str, Floats], count: int, end: int, max_length: int, width: int
) -> list[list[Hypothesis]]:
    """Decode N images by beam search, until each has B texts that ended or hold `max_length` characters.

    Args:
        step: the decoder over R = N · B rows, image after image, the encoder's memory bound to it.
        states: its states before the first step, each (R, …).
        count: N.
        end: class of the token that starts and ends a text.
        max_length: most characters of a text.
        width: B, at least 1; 1 is greedy decoding.

    Returns:
        For each image at most B hypotheses, the best first.
    """
    searches = [_Search(end, width) for _ in range(count)]
    for _ in range(max_length):
        tokens = np.full(count * width, end, dtype=np.int32)
        for image, search in enumerate(searches):
            for place, live in enumerate(search.live):
                tokens[image * width + place] = live.ids[-1] if live.ids else end
        logits, states, alignment = step(tokens, states)
        log_probs, alignment = log_softmax(np.asarray(logits)), np.asarray(alignment)
        rows = np.arange(count * width)
        for image, search in enumerate(searches):
            own = slice(image * width, (image + 1) * width)
            origins = search.advance(log_probs[own], alignment[own])
            rows[own][: len(origins)] = np.array(origins, dtype=rows.dtype) + image * width
        if not any(search.live for search in searches):
            break
        states = {name: np.asarray(state)[rows] for name, state in states.items()}
    return [search.best() for search in searches]


@dataclass(frozen=True)
class _Text:
    """A text of an attention decoder, ended or not."""

    ids: tuple[int, ...] = ()
    log_probs: tuple[float, ...] = ()
    alignments: tuple[Floats, ...] = ()
    greedy: bool = True

    @property
    def log_prob(self) -> float:
        return sum(self.log_probs)


class _Search:
    """The search in one image: texts that go on, and texts that have ended."""

    def __init__(self, end: int, width: int) -> None:
        self._end, self._width = end, width
        self.live = [_Text()]
        self._ended: list[_Text] = []

    def advance(self, log_probs: Floats, alignments: Floats) -> list[int]:
        """Continue each text by its likeliest characters; return the row that each live one came from.

        Args:
            log_probs: of the classes, (B, K), of which as many rows count as texts are live.
            alignments: (B, T).
        """
        if not self.live:
            return []
        following: list[tuple[int, _Text]] = []
        for rank, (row, id, greedy) in enumerate(self._continuations(log_probs[: len(self.live)])):
            text, longer = self.live[row], (*self.live[row].log_probs, float(log_probs[row, id]))
            if id != self._end:
                following.append((row, _Text((*text.ids, id), longer, (*text.alignments, alignments[row]), greedy)))
            elif greedy or rank < self._width:
                self._ended.append(_Text(text.ids, longer, text.alignments, greedy))
        # The greedy text keeps its place even where others have a higher probability for the moment.
        following.sort(key=lambda item: not item[1].greedy)
        following = following[: self._width]
        if len(self._ended) >= self._width and not any(text.greedy for _, text in following):
            following = []
        self.live = [text for _, text in following]
        return [row for row, _ in following]

    def best(self) -> list[Hypothesis]:
        """Return the best hypotheses; a text of the greatest length counts as it is."""
        found = [_hypothesis(text) for text in (*self._ended, *self.live)]
        return sorted(found, key=lambda one: one.score, reverse=True)[: self._width]

    def _continuations(self, log_probs: Floats) -> list[tuple[int, int, bool]]:
        """Return (row, class, greedy) of the 2 · B likeliest continuations and of the greedy one, likeliest first."""
        totals = log_probs + np.array([[text.log_prob] for text in self.live])
        places = np.argsort(-totals, axis=None, kind="stable")[: 2 * self._width]
        pairs = [divmod(int(place), log_probs.shape[1]) for place in places]
        greedy = next(((row, int(log_probs[row].argmax())) for row, text in enumerate(self.live) if text.greedy), None)
        if greedy is not None and greedy not in pairs:
            pairs.append(greedy)
        return [(row, id, (row, id) == greedy) for row, id in pairs]


def _hypothesis(text: _Text) -> Hypothesis:
    confidences = tuple(float(np.exp(log_prob)) for log_prob in text.log_probs[: len(text.ids)])
    decoded = _decoded(text.ids, confidences, text.alignments)
    return Hypothesis(decoded, text.log_prob / max(len(text.log_probs), 1), text.log_prob)


def _decoded(ids: tuple[int, ...], confidences: tuple[float, ...], alignments: Sequence[Floats]) -> Decoded:
    """Return a text whose characters lie where the decoder attended; `alignments` holds (T,) for each of them."""
    spans = tuple(_span(alignment) for alignment in alignments)
    return Decoded(ids, confidences, spans, np.stack(alignments) if ids else None)


def _span(alignment: Floats) -> tuple[int, int]:
    """Return the frames that hold the middle 80 % of one character's attention, (T,) -> (start, end)."""
    mass = alignment.cumsum()
    start = int(np.searchsorted(mass, _EDGE_MASS * mass[-1], side="right"))
    end = int(np.searchsorted(mass, (1 - _EDGE_MASS) * mass[-1], side="left")) + 1
    last = len(alignment) - 1
    return min(start, last), max(min(end, last + 1), min(start, last) + 1)
