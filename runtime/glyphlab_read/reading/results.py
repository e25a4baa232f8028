"""Readings: the text of an image with the confidence and place of each character, the next best texts, and a trace."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class Character:
    """One character that was read; `start` and `end` are shares of the image's width, 0 <= start < end <= 1."""

    char: str
    confidence: float
    start: float
    end: float


@dataclass(frozen=True)
class Candidate:
    """One of several readings of an image, as beam search found it.

    Attributes:
        text: what it says.
        probability: of the whole text, 0…1.
        score: the key that candidates are ranked by, 0…1. CTC: the probability, or with an n-gram model the share
            among the texts found. Attention: the geometric mean of the probability over the characters and the end,
            otherwise short texts would win.
    """

    text: str
    probability: float
    score: float


@dataclass(frozen=True, eq=False)
class Trace:
    """The network's input for an image, and where in it each character was read.

    Attributes:
        seen: the image as it entered the network, uint8 (H, W) or in colour (H, W, 3), without padding.
        weights: how much of each of L characters was read from each of the F frames over the image, float32 (L, F),
            0…1. Attention: its weights. CTC: the probability that the frame emits the character.
        frame: width of a frame in columns of `seen`; the last one may reach beyond them.
    """

    seen: npt.NDArray[np.uint8]
    weights: npt.NDArray[np.float32]
    frame: float


@dataclass(frozen=True)
class Reading:
    """The reading of one image.

    Attributes:
        text: the characters joined; may be empty.
        confidence: geometric mean of the characters' probabilities, 0…1; 0 for an empty text.
        characters: each with its own confidence and place.
        seconds: time taken, its share of the batch.
        candidates: the best readings, this one first; none unless beam search was asked for.
        greedy_text: the text by the image alone, where an n-gram model took part; else None.
        greedy_confidence: its confidence; else None.
        trace: the network's input and where each character was read; None unless asked for.
        blank: whether nothing is to be seen in the image, so that no network was asked.
        skew: the angle at which the text runs in the image, degrees clockwise, where a level view of it was read (90:
            downwards, -90: upwards); 0 where the image was read as it lies. Characters have their places in the view.
    """

    text: str
    confidence: float
    characters: tuple[Character, ...]
    seconds: float
    candidates: tuple[Candidate, ...] = ()
    greedy_text: str | None = None
    greedy_confidence: float | None = None
    trace: Trace | None = field(default=None, compare=False)
    blank: bool = False
    skew: int = 0

    @property
    def expected_right(self) -> float:
        """The number of characters that are likely right: all of them times the confidence."""
        return self.confidence * len(self.text)

    @property
    def weakest(self) -> float:
        """The lowest confidence among the characters; 0 for an empty text."""
        return min((character.confidence for character in self.characters), default=0.0)

    def plain(self) -> dict[str, Any]:
        """Return the reading as JSON types, without its trace."""
        return {
            "text": self.text,
            "confidence": round(self.confidence, 4),
            "characters": [
                {
                    "char": one.char,
                    "confidence": round(one.confidence, 4),
                    "start": round(one.start, 4),
                    "end": round(one.end, 4),
                }
                for one in self.characters
            ],
            "candidates": [{"text": one.text, "probability": round(one.probability, 4)} for one in self.candidates],
            "blank": self.blank,
            "skew": self.skew,
        }


@dataclass(frozen=True)
class FileReading:
    """The reading of an image file; None where it could not be opened, and why."""

    path: Path
    reading: Reading | None
    problem: str = ""
