"""Words cut out of photos that are higher than wide: texts in columns, and texts that are turned."""

import unicodedata
from typing import Literal

import numpy as np

from engine.images.look import Look
from glyphlab_read.regions.quads import enclosing_quad

Corners = tuple[tuple[float, float], ...]
Way = Literal["down", "up"]

_CLEARLY = 1.5  # times as high as wide
_OF_EXPECTED = 0.5  # of the width that a text of this height has at least
_NARROW = frozenset("iljtfrI1!|.,:;'`\"()[]/\\-")
_WIDTHS = {True: 0.25, False: 0.5}  # of its height that a letter is wide: narrow ones, and others
_WIDE = 1.0
_IN_COLUMNS = ("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO", "MONGOLIAN")


def stands(label: str, look: Look) -> bool:
    """Say whether a text of several letters runs down or up its image, as far as its sides tell."""
    letters = [letter for letter in label if not unicodedata.combining(letter) and not letter.isspace()]
    if len(letters) < 2 or look.height <= _CLEARLY * look.width:
        return False
    return look.width < _OF_EXPECTED * look.height * sum(map(_width, letters))


def _width(letter: str) -> float:
    return _WIDE if unicodedata.east_asian_width(letter) in "WF" else _WIDTHS[letter in _NARROW]


def runs_in_columns(label: str) -> bool:
    """Say whether a text has a letter of a script that is written in columns, too, from top to bottom."""
    return any(unicodedata.name(letter, "").startswith(_IN_COLUMNS) for letter in label)


def turned(outline: Corners, way: Way) -> Corners:
    """Return the corners of a text that runs down or up its photo, that where it begins first.

    What is cut out of them lies on its side, so that it reads from left to right.
    """
    quad = np.array(outline, np.float32)
    quad = quad if len(quad) == 4 else enclosing_quad(quad)
    return tuple((round(float(x), 2), round(float(y), 2)) for x, y in np.roll(quad, -1 if way == "down" else 1, axis=0))
