"""Words whose lengths fit a text: drawn among all that do, however few they are, or told why there are none.

Drawing at random and trying again gives up where one text in a thousand fits. Here words are measured once, texts are
counted by the lengths of their words, and one is drawn; each text that fits is as likely as by trying again for ever.
"""

import functools
from collections.abc import Callable
from random import Random
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.config.text_sources import Alphabet
from engine.formatting import count
from engine.synth.dictionaries import Dictionary
from engine.synth.frequencies import GroupedWords
from engine.synth.scripts import is_plain

Counts = npt.NDArray[np.float64]
WordSource = Dictionary | GroupedWords
"""Words that are counted by their places, and drawn by a rule."""


class TextForm(NamedTuple):
    """The words that make a text, the characters that stand between two, and the most characters that it may have.

    Attributes:
        least, most: words.
        gap: characters between two words.
        room: characters.
        running: whether the words follow one another in the list.
    """

    least: int
    most: int
    gap: int
    room: int
    running: bool


class FittingWords:
    """The words of a list that a rule allows, by their lengths.

    Args:
        words: the list.
        fits: the rule, without that of the length.
        length: characters of a word as it is written in a text.
        step: take every so manieth word alone.
    """

    def __init__(
        self, words: WordSource, fits: Callable[[str], bool], length: Callable[[str], int], step: int = 1
    ) -> None:
        self._words, self._step = words, step
        places = range(0, len(words), step)
        self._lengths = np.zeros(len(places), np.int64)  # 0: not allowed
        for number, place in enumerate(places):
            word = words[place]
            if word and is_plain(word) and fits(word):
                self._lengths[number] = length(word)
        self._sorted = np.argsort(self._lengths, kind="stable")
        counts = np.bincount(self._lengths, minlength=2)
        self._starts = np.cumsum(counts) - counts  # of each length, in the sorted words
        self._counts = counts
        self._counts[0] = 0
        self._runs = functools.cache(self._find_runs)

    @property
    def count(self) -> int:
        """The number of words that the rule allows."""
        return int(self._counts.sum())

    @property
    def longest(self) -> int:
        """Characters of the longest allowed word."""
        return int(self._lengths.max(initial=0))

    def shortest(self, form: TextForm) -> int:
        """Return the fewest characters that a text of the fewest words can have; 0 where there is no such text."""
        if form.running:
            return int(min(self._runs(form.least, form.gap)[1], default=0))
        return int(np.flatnonzero(self._counts)[0]) * form.least + form.gap * (form.least - 1) if self.count else 0

    def draw(self, stream: Random, form: TextForm) -> list[str] | None:
        """Draw the words of a text that fits; None where none does."""
        return self._draw_run(stream, form) if form.running else self._draw_apart(stream, form)

    def _draw_apart(self, stream: Random, form: TextForm) -> list[str] | None:
        ways = self._ways(form)
        numbers = range(form.least, form.most + 1)
        rooms = {number: max(0, form.room - form.gap * (number - 1)) for number in numbers}
        shares = [
            float(ways[number][: rooms[number] + 1].sum()) / max(self.count, 1) ** number for number in numbers
        ]  # of all texts of so many words
        if not any(shares):
            return None
        (number,) = stream.choices(numbers, shares)
        (left,) = stream.choices(range(rooms[number] + 1), ways[number][: rooms[number] + 1].tolist())
        drawn = []
        for rest in reversed(range(number)):
            lengths = range(1, min(left, self.longest) + 1)
            weights = [float(self._counts[length] * ways[rest][left - length]) for length in lengths]
            (length,) = stream.choices(lengths, weights)
            place = self._starts[length] + stream.randrange(int(self._counts[length]))
            drawn.append(self._words[int(self._sorted[place]) * self._step])
            left -= length
        return drawn

    def _draw_run(self, stream: Random, form: TextForm) -> list[str] | None:
        numbers = range(form.least, form.most + 1)
        fitting = {}
        for number in numbers:
            starts, lengths = self._runs(number, form.gap)
            fitting[number] = starts[lengths <= form.room]
        shares = [len(fitting[number]) for number in numbers]
        if not any(shares):
            return None
        (number,) = stream.choices(numbers, shares)
        start = int(fitting[number][stream.randrange(len(fitting[number]))])
        return [self._words[place] for place in range(start, start + number)]

    def _find_runs(self, number: int, gap: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Return the starts of all runs of so many allowed words, and the characters of their texts."""
        if number > len(self._lengths):
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        windows = np.lib.stride_tricks.sliding_window_view(self._lengths, number)
        starts = np.flatnonzero(windows.all(axis=1))
        return starts, windows[starts].sum(axis=1) + gap * (number - 1)

    def _ways(self, form: TextForm) -> list[Counts]:
        """Return how many texts of 0, 1, … words have each number of characters up to the room, gaps left out."""
        counts = np.zeros(form.room + 1)
        known = self._counts[: form.room + 1]
        counts[: len(known)] = known
        ways = [np.eye(1, form.room + 1)[0]]
        for _ in range(form.most):
            ways.append(np.convolve(ways[-1], counts)[: form.room + 1])
        return ways


def why_none(words: FittingWords, listed: int, form: TextForm, name: str, alphabet: Alphabet) -> str:
    """Return the true reason why no text of a list of so many words fits, as a sentence without its end."""
    if not words.count:
        return f"of the {count(listed, 'words')} of {name} none keeps to the alphabet {alphabet!r} and can be drawn"
    several, shortest = count(form.least, "words"), words.shortest(form)
    if not shortest:
        return f"{name} has no {several} in a row that keep to the alphabet {alphabet!r} and can be drawn"
    if shortest > form.room:
        return f"the shortest {several} of {name} have {shortest} characters, and {form.room} are allowed"
    return f"no text of {name} keeps to {form.room} characters in the case that it is written in"
