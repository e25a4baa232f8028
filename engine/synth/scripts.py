"""Texts of any script in the form for trdg, which places one character after another from left to right.

Scripts whose letters join, change places or carry marks (Arabic, the Indian ones, Thai, …) are drawn in whole words by
the shaping library behind Pillow, right-to-left ones in a single piece. The label stays in the order of reading. This
module draws nothing and knows no fonts.
"""

import unicodedata

from PIL import features

from engine.errors import ConfigError

_SHAPED = range(0x0590, 0x1100)  # Hebrew, Arabic and the scripts of South and South-East Asia
NO_BREAK = "\u00a0"
"""A space at which trdg does not take a text apart."""


def is_plain(text: str) -> bool:
    """Say whether a text shows what it holds: no control or joining characters, no marks but where letters carry them.

    In scripts that are not shaped, trdg would set a mark beside its letter.
    """
    if text.isascii():
        return text.isprintable() and bool(text)
    return all(_is_plain(character) for character in text)


def _is_plain(character: str) -> bool:
    kind = unicodedata.category(character)[0]
    return kind != "C" and (kind != "M" or ord(character) in _SHAPED)


def is_shaped(text: str) -> bool:
    """Say whether a text must be drawn in whole words."""
    return not text.isascii() and any(ord(character) in _SHAPED for character in text)


def runs_left(text: str) -> bool:
    """Say whether a text is read from right to left."""
    return is_shaped(text) and any(unicodedata.bidirectional(character) in ("R", "AL") for character in text)


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
