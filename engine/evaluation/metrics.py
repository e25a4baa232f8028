"""Scores: word accuracy, CER and NED over pairs of truth and reading, as sums that merge in any order.

Texts are compared in NFC. A score holds the number of its images; its interval is the sampling error of those images
alone. This module reads no images and knows no bundle. Distances are rapidfuzz's (Levenshtein).
"""

import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from rapidfuzz.distance import Levenshtein

from glyphlab_read.charset import normalise

Z_95 = 1.959964
"""Half-width of a 95 % interval in standard deviations."""


@dataclass(frozen=True)
class Score:
    """Sums over a test set; `a + b` is the score of both sets together, `Score()` that of none.

    Attributes:
        images: pairs compared.
        exact: readings equal to their truth.
        any_case: equal after case folding.
        alphanumeric: that say the same as their truth, see `says_the_same`.
        edits: edit distances, summed.
        characters: lengths of the truths, summed.
        normalised_edits: each edit distance divided by the longer length, summed.
    """

    images: int = 0
    exact: int = 0
    any_case: int = 0
    alphanumeric: int = 0
    edits: int = 0
    characters: int = 0
    normalised_edits: float = 0.0

    def __add__(self, other: "Score") -> "Score":
        ours, theirs = asdict(self), asdict(other)
        return Score(**{name: ours[name] + theirs[name] for name in ours})

    @property
    def word_accuracy(self) -> float:
        """Share of readings equal to their truth, 0…1; NaN over no images."""
        return _ratio(self.exact, self.images)

    @property
    def any_case_accuracy(self) -> float:
        """Word accuracy without regard to case; NaN over no images."""
        return _ratio(self.any_case, self.images)

    @property
    def alphanumeric_accuracy(self) -> float:
        """Word accuracy by letters and digits, without regard to case (`says_the_same`); NaN over no images."""
        return _ratio(self.alphanumeric, self.images)

    @property
    def cer(self) -> float:
        """Character error rate: edits / characters of the truths, 0 or more; NaN over no characters."""
        return _ratio(self.edits, self.characters)

    @property
    def ned(self) -> float:
        """Mean normalised edit distance, 0…1, 0 best; NaN over no images."""
        return _ratio(self.normalised_edits, self.images)

    @property
    def interval(self) -> tuple[float, float]:
        """95 % interval of `word_accuracy` (Wilson)."""
        return wilson(self.exact, self.images)

    def plain(self) -> dict[str, Any]:
        """Return the figures as JSON types for a summary; those over nothing are None."""
        figures = {
            "word_accuracy": self.word_accuracy,
            "any_case_accuracy": self.any_case_accuracy,
            "alphanumeric_accuracy": self.alphanumeric_accuracy,
            "cer": self.cer,
            "ned": self.ned,
        }
        known = {name: None if math.isnan(value) else value for name, value in figures.items()}
        return {"images": self.images, **known, "interval": list(self.interval)}


def score(truths: Iterable[str], readings: Iterable[str]) -> Score:
    """Return the score of readings against their truths, pair by pair.

    Raises:
        ValueError: one side is longer.
    """
    return sum((_score_pair(normalise(a), normalise(b)) for a, b in zip(truths, readings, strict=True)), Score())


def alphanumeric(text: str) -> str:
    """Return the letters and digits of `text`, of any script, case-folded: how photos of words are scored."""
    return "".join(character for character in text.casefold() if character.isalnum())


def says_the_same(truth: str, reading: str) -> bool:
    """Say whether two texts have the same letters and digits, in any case.

    A truth without any is compared whole: of its letters and digits every reading without any would be right.
    """
    truth, reading = normalise(truth), normalise(reading)
    kept = alphanumeric(truth)
    return kept == alphanumeric(reading) if kept else truth.casefold() == reading.casefold()


def wilson(successes: int, total: int, z: float = Z_95) -> tuple[float, float]:
    """Return the score interval of a share (Wilson 1927), (0, 1) over nothing.

    It stays within 0…1 and holds its level where the plain normal interval does not: few samples, shares near 0 or 1.
    """
    if total == 0:
        return 0.0, 1.0
    share, spread = successes / total, z * z / total
    centre = (share + spread / 2) / (1 + spread)
    half = z / (1 + spread) * math.sqrt(share * (1 - share) / total + spread / (4 * total))
    low = 0.0 if successes == 0 else centre - half
    return low, 1.0 if successes == total else centre + half


def _score_pair(truth: str, reading: str) -> Score:
    edits = Levenshtein.distance(truth, reading)
    return Score(
        images=1,
        exact=int(truth == reading),
        any_case=int(truth.casefold() == reading.casefold()),
        alphanumeric=int(says_the_same(truth, reading)),
        edits=edits,
        characters=len(truth),
        normalised_edits=edits / max(len(truth), len(reading), 1),
    )


def _ratio(part: float, whole: int) -> float:
    return part / whole if whole else math.nan
