"""The charset: the ordered characters a reader can write, and the class numbers that stand for them.

A character is one Unicode code point after NFC normalisation, so that é typed in one piece and é typed in two are the
same text. This module knows one class beyond the characters, the last: CTC reads it as the blank, attention as the
token that starts and ends a text. It does not split text into graphemes and does not reorder right-to-left text.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from glyphlab_read.errors import CharsetError

_BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def normalise(text: str) -> str:
    """Return `text` in NFC, the form in which all texts are compared and encoded."""
    return unicodedata.normalize("NFC", text)


@dataclass(frozen=True)
class Charset:
    """Ordered, unique characters; character i has class i. Two charsets are equal if their order is, too.

    Raises:
        CharsetError: it is empty, a character comes twice, or one is a control character or not in NFC.
    """

    characters: str

    def __post_init__(self) -> None:
        if not self.characters:
            raise CharsetError("The charset is empty, but a reader needs at least one character. Add characters.")
        repeated = {character for character in self.characters if self.characters.count(character) > 1}
        if repeated:
            raise CharsetError(f"The charset lists {_quoted(repeated)} twice; each may come once. Remove the second.")
        forbidden = {character for character in self.characters if not _is_allowed(character)}
        if forbidden:
            raise CharsetError(
                f"The charset holds {_quoted(forbidden)}; control characters and characters that NFC takes apart "
                "cannot be read from an image. Remove them."
            )

    @classmethod
    def of(cls, texts: Iterable[str]) -> "Charset":
        """Return the sorted charset of all characters in `texts`. Raises CharsetError as the constructor does."""
        return cls("".join(sorted(set().union(*(normalise(text) for text in texts)))))

    def __len__(self) -> int:
        return len(self.characters)

    @property
    def classes(self) -> int:
        """K, the number of a network's classes: the characters and the one beyond."""
        return len(self.characters) + 1

    @property
    def blank(self) -> int:
        """The class of CTC's blank: the last."""
        return len(self.characters)

    @property
    def end(self) -> int:
        """The class of the attention decoder's start and end token: the last."""
        return len(self.characters)

    def missing(self, text: str) -> str:
        """Return the characters of `text` that the charset lacks, sorted, each once; empty if it covers the text."""
        return "".join(sorted(set(normalise(text)) - self._ids.keys()))

    def encode(self, text: str) -> npt.NDArray[np.int32]:
        """Return the classes of a text's characters, shape (L,) int32 in [0, len).

        Raises:
            CharsetError: the text holds characters that the charset lacks; they are named.
        """
        missing = self.missing(text)
        if missing:
            raise CharsetError(
                f"The charset lacks {len(missing)} of this text's characters: {' '.join(missing[:20])}. "
                "Train with a charset that holds them, or leave such texts out."
            )
        return np.array([self._ids[character] for character in normalise(text)], dtype=np.int32)

    def decode(self, ids: Iterable[int]) -> str:
        """Return the text of classes in [0, len); the inverse of `encode`. Raises CharsetError for any other class."""
        classes = [int(id) for id in ids]
        invalid = [id for id in classes if not 0 <= id < len(self.characters)]
        if invalid:
            raise CharsetError(
                f"Class {invalid[0]} stands for no character: the charset's go from 0 to {len(self) - 1}. "
                "Decode (collapse CTC, cut at the end token) before turning classes into text."
            )
        return "".join(self.characters[id] for id in classes)

    @cached_property
    def _ids(self) -> dict[str, int]:
        return {character: id for id, character in enumerate(self.characters)}


def _is_allowed(character: str) -> bool:
    control = unicodedata.category(character) in {"Cc", "Cs"} or character in _BIDI_CONTROLS
    return not control and normalise(character) == character


def _quoted(characters: set[str]) -> str:
    return " ".join(repr(character) for character in sorted(characters)[:20])
