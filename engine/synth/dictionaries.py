"""trdg's bundled dictionaries, and uploaded lists: words drawn by their position without holding them in memory.

The largest list has two million words and a page must stay small, so a file is mapped and only the starts of its words
are held. Most dictionaries can be drawn with the bundled fonts; the others say which font to upload, and a test
compares both lists with the fonts. This module draws no image.
"""

import functools
import mmap
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np
from numpy.typing import NDArray

from engine.errors import ConfigError
from engine.synth.scripts import is_plain
from engine.synth.trdg.adapter import DICTIONARIES

_TRIES = 2000  # words drawn before a rule counts as one that no word meets
_DRAWABLE = {
    "ab": "Abkhaz",
    "af": "Afrikaans",
    "az": "Azerbaijani",
    "be": "Belarusian",
    "bg": "Bulgarian",
    "bs": "Bosnian",
    "cn": "Chinese",
    "cs": "Czech",
    "cy": "Welsh",
    "da": "Danish",
    "de": "German",
    "en": "English",
    "es": "Spanish",
    "et": "Estonian",
    "fr": "French",
    "ga": "Irish",
    "hr": "Croatian",
    "hu": "Hungarian",
    "id": "Indonesian",
    "is": "Icelandic",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "ku": "Kurdish",
    "la": "Latin",
    "lt": "Lithuanian",
    "lv": "Latvian",
    "mi": "Māori",
    "mn": "Mongolian",
    "ms": "Malay",
    "mt": "Maltese",
    "nl": "Dutch",
    "no": "Norwegian",
    "oc": "Occitan",
    "pl": "Polish",
    "pt": "Portuguese",
    "ro": "Romanian",
    "rs_cyrillic": "Serbian, Cyrillic",
    "rs_latin": "Serbian, Latin",
    "ru": "Russian",
    "sk": "Slovak",
    "sl": "Slovenian",
    "sq": "Albanian",
    "sv": "Swedish",
    "sw": "Swahili",
    "tl": "Tagalog",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "uz": "Uzbek",
    "vi": "Vietnamese",
}
# Those that no bundled font can draw, each with a free font that can.
_FONTLESS = {
    "ar": ("Arabic", "Noto Naskh Arabic"),
    "bn": ("Bengali", "Noto Sans Bengali"),
    "ckb": ("Kurdish, Sorani", "Noto Naskh Arabic"),
    "fa": ("Persian", "Noto Naskh Arabic"),
    "he": ("Hebrew", "Noto Sans Hebrew"),
    "hi": ("Hindi", "Noto Sans Devanagari"),
    "kn": ("Kannada", "Noto Sans Kannada"),
    "ml": ("Malayalam", "Noto Sans Malayalam"),
    "mr": ("Marathi", "Noto Sans Devanagari"),
    "ne": ("Nepali", "Noto Sans Devanagari"),
    "pb": ("Punjabi", "Noto Sans Gurmukhi"),
    "ta": ("Tamil", "Noto Sans Tamil"),
    "te": ("Telugu", "Noto Sans Telugu"),
    "th": ("Thai", "Noto Sans Thai"),
    "ug": ("Uyghur", "Noto Naskh Arabic"),
    "ur": ("Urdu", "Noto Naskh Arabic"),
}

INCOMPLETE = {
    "cs": "čďěňřťů",
    "es": "áéíñóú",
    "hu": "őű",
    "lt": "čėū",
    "lv": "āčēģīķļņū",
    "pl": "ćńśźż",
    "ro": "ășț",
    "sk": "čďľňť",
    "sl": "č",
    "tr": "ğş",
    "vi": "ăđơư",
}
"""Letters of a language that not one word of its dictionary has; words by frequency do."""


@dataclass(frozen=True)
class DictionaryLanguage:
    """A dictionary: its id in recipes, its name in English, and a font to upload where no bundled one can draw it."""

    id: str
    label: str
    needs: str = ""


class Dictionary:
    """The words of one file, mapped; where one ends, one of the `separators` stands."""

    def __init__(self, path: Path, separators: bytes = b"\n") -> None:
        self.path, self.separators = path, separators
        with open(path, "rb") as file:
            self._bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        # A byte below 128 is never part of another character in UTF-8.
        ends = np.flatnonzero(np.isin(np.frombuffer(self._bytes, np.uint8), np.frombuffer(separators, np.uint8)))
        # int64 offsets of word starts; what follows the last separator is a word too, empty or not
        self._starts: NDArray[np.int64] = np.concatenate([[0], ends + 1, [len(self._bytes) + 1]])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Dictionary) and (self.path, self.separators) == (other.path, other.separators)

    def __hash__(self) -> int:
        return hash((self.path, self.separators))

    def __len__(self) -> int:
        return len(self._starts) - 1

    def __getitem__(self, line: int) -> str:
        """Return one word, composed (NFC), without spaces around it; empty where the file has an empty line."""
        start, end = self._starts[line], self._starts[line + 1] - 1
        return unicodedata.normalize("NFC", self._bytes[start:end].decode("utf-8", "ignore").strip())

    def draw(self, stream: Random, fits: Callable[[str], bool]) -> str | None:
        """Draw one word among those that fit, all equally often; None when none was found in many tries."""
        for _ in range(_TRIES):
            word = self[stream.randrange(len(self))]
            if is_plain(word) and fits(word):
                return word
        return None

    def draw_run(self, stream: Random, count: int, fits: Callable[[str], bool]) -> list[str | None]:
        """Draw words that follow one another, or their first alone as None when no run that fits was found."""
        for _ in range(_TRIES if count <= len(self) else 0):
            start = stream.randrange(len(self) - count + 1)
            words = [self[place] for place in range(start, start + count)]
            if all(is_plain(word) and fits(word) for word in words):
                return [*words]
        return [None]


@functools.lru_cache(maxsize=8)
def dictionary(language: str) -> Dictionary:
    """Open the dictionary of a language.

    Raises:
        ConfigError: there is none.
    """
    if language not in _DRAWABLE and language not in _FONTLESS:
        raise ConfigError(
            f"language: {language[:40]!r} has no dictionary here. "
            f"Choose one of {', '.join(sorted([*_DRAWABLE, *_FONTLESS]))}."
        )
    return Dictionary(DICTIONARIES / f"{language}.txt")


def languages() -> list[DictionaryLanguage]:
    """Return the dictionaries whose words the bundled fonts can draw, sorted by name."""
    return [DictionaryLanguage(id, label) for id, label in sorted(_DRAWABLE.items(), key=lambda item: item[1])]


def fontless_languages() -> list[DictionaryLanguage]:
    """Return the other dictionaries, sorted by name; each says in `needs` which font to upload and choose."""
    return [DictionaryLanguage(id, *facts) for id, facts in sorted(_FONTLESS.items(), key=lambda item: item[1])]


def needed_font(language: str) -> str:
    """Return the name of a font that must be uploaded before a language can be drawn; empty where none is needed."""
    return _FONTLESS.get(language, ("", ""))[1]
