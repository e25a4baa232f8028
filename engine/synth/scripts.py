"""Texts of any script in the form for trdg, which places one character after another from left to right.

Scripts whose letters join, change places or carry marks (Arabic, the Indian ones, Thai, …) are drawn in whole words by
the shaping library behind Pillow, right-to-left ones in a single piece. The label stays in the order of reading. This
module draws nothing and knows no fonts.
"""

import functools
import unicodedata

from PIL import features

from engine.errors import ConfigError
from engine.labels import JOINERS, runs_left

# Scripts whose letters join, change places or carry marks, all that run from right to left among them.
_SHAPED = (
    range(0x0590, 0x1100),  # Hebrew, Arabic and the scripts of South and South-East Asia
    range(0x1700, 0x18B0),  # the Philippines, Khmer, Mongolian
    range(0x1900, 0x1AB0),  # Limbu, Tai
    range(0x1B00, 0x1C80),  # Balinese and its neighbours
    range(0x1CD0, 0x1D00),  # Vedic signs
    range(0xA800, 0xA960),
    range(0xA980, 0xAB00),  # Javanese, Myanmar, Cham, Tai Viet
    range(0xABC0, 0xAC00),
    range(0xFB1D, 0xFE00),  # presentation forms of Hebrew and Arabic
    range(0xFE70, 0xFF00),
    range(0x10800, 0x12000),
    range(0x1E800, 0x1F000),
)
NO_BREAK = "\u00a0"
"""A space at which trdg does not take a text apart."""


def is_plain(text: str) -> bool:
    """Say whether a text shows what it holds: no control characters, joiners and marks only where letters carry them.

    In scripts that are not shaped, trdg would set a mark beside its letter.
    """
    if text.isascii():
        return text.isprintable() and bool(text)
    return all(map(_is_plain, text)) or (is_shaped(text) and all(_is_plain(each) or each in JOINERS for each in text))


@functools.lru_cache(maxsize=100_000)
def _is_plain(character: str) -> bool:
    kind = unicodedata.category(character)[0]
    return kind != "C" and (kind != "M" or _joins(character))


@functools.lru_cache(maxsize=100_000)
def _joins(character: str) -> bool:
    """Say whether a character belongs to a script that is drawn in whole words."""
    return any(ord(character) in block for block in _SHAPED) or runs_left(character)


def is_shaped(text: str) -> bool:
    """Say whether a text must be drawn in whole words."""
    return not text.isascii() and any(map(_joins, text))


def for_drawing(text: str) -> str:
    """Return the text to hand to trdg, with no-break spaces where words must stay together.

    Raises:
        ConfigError: the text must be shaped and Pillow cannot.
    """
    if is_shaped(text) and not features.check("raqm"):
        raise ConfigError(
            f"texts: {text[:40]!r} is of a script that Pillow shapes with the FriBiDi library, which is missing here. "
            "Install it (on Debian: libfribidi0) or choose another language."
        )
    return text.replace(" ", NO_BREAK) if runs_left(text) else text


def pieces(text: str, whole_words: bool) -> list[str]:
    """Return the pieces in which trdg draws a text, spaces included."""
    if not whole_words:
        return list(text)
    words = [piece for word in text.split(" ") for piece in (word, " ")]
    return words[:-1]
