"""Beam search over an attention decoder: its best readings instead of the greedy one alone.

The likeliest continuations of several texts are followed at once and compared by their mean over the characters, lest
short texts win. The greedy reading always takes part, so that the best is never worse. Legend as in `decode`; B beam
width, R rows of a batch. This module knows no language and no charset; see `paths` for CTC.
"""

from dataclasses import dataclass

import numpy as np

from engine.reading.decoding.types import Decoded, Floats, Step, attended


@dataclass(frozen=True)
class Hypothesis:
    """One reading of an image.

    Attributes:
        decoded: its characters.
        score: what readings are ranked by, the more the better. CTC: `logarithm`, or with a language that of the
            share among the texts found. Attention: the mean of `logarithm` over the characters and the end token.
        logarithm: natural logarithm of its probability. CTC: of all its paths together.
    """

    decoded: Decoded
    score: float
    logarithm: float


def log_softmax(logits: Floats) -> Floats:
    """Return logarithms of probabilities over the last axis, float64."""
    shifted = logits.astype(np.float64) - logits.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def attention_beam(
    step: Step, states: dict[str, Floats], count: int, end: int, max_length: int, width: int
) -> list[list[Hypothesis]]:
    """Decode N images by beam search, until each has B readings that ended or hold `max_length` characters.

    Args:
        step: the decoder over R = N · B rows, image after image, the encoder's memory bound to it.
        states: its states before the first step, each (R, …).
        count: N.
        end: class of the token that starts and ends a text.
        max_length: most characters of a text.
        width: B, at least 1; 1 is greedy decoding.

    Returns:
        For each image at most B readings, the best first.
    """
    searches = [_Search(end, width) for _ in range(count)]
    for _ in range(max_length):
        tokens = np.full(count * width, end, dtype=np.int32)
        for image, search in enumerate(searches):
            for place, live in enumerate(search.live):
                tokens[image * width + place] = live.ids[-1] if live.ids else end
        logits, states, alignment = step(tokens, states)
        logs, alignment = log_softmax(np.asarray(logits)), np.asarray(alignment)
        rows = np.arange(count * width)
        for image, search in enumerate(searches):
            own = slice(image * width, (image + 1) * width)
            origins = search.advance(logs[own], alignment[own])
            rows[own][: len(origins)] = np.array(origins, dtype=rows.dtype) + image * width
        if not any(search.live for search in searches):
            break
        states = {name: np.asarray(state)[rows] for name, state in states.items()}
    return [search.best() for search in searches]


@dataclass(frozen=True)
class _Text:
    """A text of an attention decoder, ended or not."""

    ids: tuple[int, ...] = ()
    logarithms: tuple[float, ...] = ()
    alignments: tuple[Floats, ...] = ()
    greedy: bool = True

    @property
    def logarithm(self) -> float:
        return sum(self.logarithms)


class _Search:
    """The search in one image: texts that go on, and texts that have ended."""

    def __init__(self, end: int, width: int) -> None:
        self._end, self._width = end, width
        self.live = [_Text()]
        self._ended: list[_Text] = []

    def advance(self, logs: Floats, alignments: Floats) -> list[int]:
        """Continue each text by its likeliest characters; return the row that each live one came from.

        Args:
            logs: logarithms of the classes' probabilities, (B, K), of which as many rows count as texts live.
            alignments: (B, T).
        """
        if not self.live:
            return []
        chosen = self._chosen(logs[: len(self.live)])
        following: list[tuple[int, _Text]] = []
        for rank, (row, id, greedy) in enumerate(chosen):
            text, logarithm = self.live[row], float(logs[row, id])
            if id != self._end:
                grown = (*text.alignments, alignments[row])
                following.append((row, _Text((*text.ids, id), (*text.logarithms, logarithm), grown, greedy)))
            elif greedy or rank < self._width:
                ended = _Text(text.ids, (*text.logarithms, logarithm), text.alignments, greedy)
                self._ended.append(ended)
        # The greedy text keeps its place even where others have outrun it for the moment.
        following.sort(key=lambda one: not one[1].greedy)
        following = following[: self._width]
        if len(self._ended) >= self._width and not any(text.greedy for _, text in following):
            following = []
        self.live = [text for _, text in following]
        return [row for row, _ in following]

    def best(self) -> list[Hypothesis]:
        """Return the best readings; what has reached the greatest length counts as it is."""
        found = [_finished(text) for text in (*self._ended, *self.live)]
        return sorted(found, key=lambda one: one.score, reverse=True)[: self._width]

    def _chosen(self, logs: Floats) -> list[tuple[int, int, bool]]:
        """Return (row, class, greedy) of the 2 · B likeliest continuations and of the greedy one, likeliest first."""
        totals = logs + np.array([[text.logarithm] for text in self.live])
        places = np.argsort(-totals, axis=None, kind="stable")[: 2 * self._width]
        pairs = [divmod(int(place), logs.shape[1]) for place in places]
        greedy = next(((row, int(logs[row].argmax())) for row, text in enumerate(self.live) if text.greedy), None)
        if greedy is not None and greedy not in pairs:
            pairs.append(greedy)
        return [(row, id, (row, id) == greedy) for row, id in pairs]


def _finished(text: _Text) -> Hypothesis:
    confidences = tuple(float(np.exp(logarithm)) for logarithm in text.logarithms[: len(text.ids)])
    decoded = attended(text.ids, confidences, text.alignments)
    return Hypothesis(decoded, text.logarithm / max(len(text.logarithms), 1), text.logarithm)
