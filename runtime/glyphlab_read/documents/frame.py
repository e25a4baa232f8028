"""The frame in which a page is read: turned so that text runs along u and lines follow each other along v.

Left to right, u points right and v down; right to left, u points left; top to bottom, u points down and v left. So one
order of reading serves every direction of writing. The page's own slant is taken out first.
"""

import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from glyphlab_read.documents.document import Direction
from glyphlab_read.regions.quads import Quads, sides_of

_LONG = 1.5  # times its height: a word whose direction can be told
_TALL = 1.3  # times its width: a piece of a column of vertical writing
_VERTICAL_SCRIPTS = ("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO")

Floats = npt.NDArray[np.float64]


class Extents(NamedTuple):
    """Places of N words in the frame, px, each float64 (N,): along u from `left` to `right`, along v likewise."""

    left: Floats
    right: Floats
    top: Floats
    bottom: Floats

    def of(self, numbers: npt.NDArray[np.int64]) -> "Extents":
        """Return those of some words."""
        return Extents(*(values[numbers] for values in self))

    @property
    def height(self) -> Floats:
        """Across the direction of reading, px."""
        return self.bottom - self.top


@dataclass(frozen=True)
class Frame:
    """A page's slant in degrees, clockwise from level, and the direction of its writing."""

    angle: float
    direction: Direction

    def extents(self, quads: Quads) -> Extents:
        """Return where quadrangles (N, 4, 2), px of the page, stand in the frame."""
        slant = math.radians(self.angle)
        turn = np.array([[math.cos(slant), -math.sin(slant)], [math.sin(slant), math.cos(slant)]])
        x, y = np.moveaxis(quads.astype(np.float64) @ turn, -1, 0)
        u, v = {"ltr": (x, y), "rtl": (-x, y), "ttb": (y, -x)}[self.direction]
        return Extents(u.min(axis=1), u.max(axis=1), v.min(axis=1), v.max(axis=1))


def frame_of(quads: Quads, texts: Sequence[str] = (), direction: Direction | None = None) -> Frame:
    """Return the frame of a page.

    Args:
        quads: of its words (N, 4, 2), each beginning where reading starts.
        texts: what they say; none where nobody read them.
        direction: of writing; None: by the texts' scripts, and for writing that knows both ways by the boxes' shapes.
    """
    direction = direction or _direction(quads, texts)
    return Frame(_slant(quads, direction), direction)


def _slant(quads: Quads, direction: Direction) -> float:
    """Return the weighted median slant of words that are long enough to have one, degrees, -45 to 45."""
    if not len(quads):
        return 0.0
    widths, heights = sides_of(quads).T
    along = (quads[:, 1] - quads[:, 0] + quads[:, 2] - quads[:, 3]).astype(np.float64)
    down = (quads[:, 3] - quads[:, 0] + quads[:, 2] - quads[:, 1]).astype(np.float64)
    if direction == "ttb":
        long = heights > _LONG * widths
        angles, weights = np.degrees(np.arctan2(-down[:, 0], down[:, 1])), heights
    else:
        long = widths > _LONG * heights
        angles, weights = np.degrees(np.arctan2(along[:, 1], along[:, 0])), widths
    angles = (angles + 45) % 90 - 45
    if not long.any():
        return 0.0
    order = np.argsort(angles[long])
    reached = np.cumsum(weights[long][order])
    return float(angles[long][order][np.searchsorted(reached, reached[-1] / 2)])


def _direction(quads: Quads, texts: Sequence[str]) -> Direction:
    classes = [direction_of(text) for text in texts]
    if "rtl" in classes and classes.count("rtl") >= classes.count("ltr"):
        return "rtl"
    widths, heights = sides_of(quads).T if len(quads) else (np.zeros(0), np.zeros(0))
    several = np.array([len(text) > 1 for text in texts], bool)
    vertical = [text for text in texts if _is_vertical_script(text)]
    if len(vertical) * 2 > len(texts) and several.any():
        return "ttb" if np.median(heights[several] / np.maximum(widths[several], 1e-6)) > _TALL else "ltr"
    return "ltr"


def direction_of(text: str) -> Direction | None:
    """Return "rtl" or "ltr" by the first letter that has a direction (Unicode Annex 9, P2); None where none has."""
    for char in text:
        kind = unicodedata.bidirectional(char)
        if kind in ("R", "AL"):
            return "rtl"
        if kind == "L":
            return "ltr"
    return None


def _is_vertical_script(text: str) -> bool:
    return any(unicodedata.name(char, "").startswith(_VERTICAL_SCRIPTS) for char in text)
