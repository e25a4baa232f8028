"""Lettering: one line of text as coverage, with the outlines of its words and characters by construction.

Fonts are opened at sizes on a ladder, so that few stay open; a line is scaled to its exact height when its surface is
put into the scene.
"""

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt
from cv2.typing import MatLike
from PIL import Image, ImageDraw, ImageFont

from engine.labels import runs_left
from engine.regions.region import Level, Region, move_all
from engine.synth.fonts import Font
from engine.synth.glyph_size import OversizedGlyph, check_size
from engine.synth.scripts import is_shaped
from glyphlab_read.regions.quads import Points

Coverage = MatLike
"""uint8 (h, w): 255 where there is ink, 0 where there is none."""


_STEP = 1.4  # between two sizes of the ladder
_LEAST_SIZE = 6
_CACHED_GLYPHS = 60_000  # some 2 kB each
_CACHED_FONTS = 200
_MEASURED = 256  # px, the size at which heights are measured
_MARGIN = 0.1  # of a line's height, around words and lines: people who outline text leave some, too
_ARC_POINTS = 5  # corners along each long side of an outline that was bent


class Typeface(NamedTuple):
    """A font and how letters are set in it.

    Attributes:
        font: the font.
        spacing: more room between characters, as a share of the height.
        stroke: width of the outline that makes letters bolder, as a share of the height.
    """

    font: Font
    spacing: float = 0.0
    stroke: float = 0.0

    @property
    def path(self) -> str:
        """The font's file."""
        return str(self.font.path)


@dataclass(frozen=True)
class Line:
    """A line of text.

    Attributes:
        coverage: uint8 (h, w), 255 where there is ink.
        regions: its characters, words, and itself, in px of the coverage.
    """

    coverage: Coverage
    regions: tuple[Region, ...]

    def resized(self, scale: float) -> "Line":
        """Return the line at another size."""
        height, width = self.coverage.shape
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        factors = np.array([size[0] / width, size[1] / height], np.float32)
        return Line(
            cv2.resize(self.coverage, size, interpolation=cv2.INTER_AREA),
            tuple(move_all(self.regions, lambda points: points * factors)),
        )


def set_line(text: str, face: Typeface, height: float, upright: bool = False, bend: float = 0.0) -> Line | None:
    """Set a line of text.

    Args:
        text: words with blanks between them.
        face: the font.
        height: of a capital letter, px.
        upright: letters stand below each other.
        bend: how far its middle rises over its ends, as a share of its height; negative: falls.

    Returns:
        The line, in the case that the font draws, cut to its ink; None where nothing is visible.

    Raises:
        ConfigError: the font draws something larger than any page, or not at all.
    """
    try:
        return _set(face.font.as_drawn(text), face, height, upright, bend)
    except (OversizedGlyph, OSError, MemoryError) as error:  # FreeType's own limits come as OSError
        raise face.font.unusable(error) from None


def _set(text: str, face: Typeface, height: float, upright: bool, bend: float) -> Line | None:
    share = _capital_share(face.path, _sample(text))
    size = _rung(height / share)
    drawn = _draw((_upright if upright else _level)(text, face, size, round(face.stroke * size)), upright)
    if drawn is None:
        return None
    line = drawn.resized(height / (share * size))
    return _bent(line, bend) if bend and not upright else line


class _Glyph(NamedTuple):
    """A piece of text drawn in one go: its ink, the ink's corner relative to where it is set, and its advance (px)."""

    ink: Coverage
    left: int
    top: int
    advance: float


class _Piece(NamedTuple):
    """A glyph at its place (px), the text it shows, and the number of its word."""

    glyph: _Glyph
    x: float
    y: float
    text: str
    word: int


@functools.lru_cache(_CACHED_FONTS)
def _font(path: str, size: int, shaped: bool) -> ImageFont.FreeTypeFont:
    engine = None if shaped else ImageFont.Layout.BASIC  # single letters need no shaping, which takes longer
    return ImageFont.truetype(path, size, layout_engine=engine)


@functools.lru_cache(_CACHED_GLYPHS)
def _glyph(path: str, size: int, stroke: int, text: str) -> _Glyph:
    opened = _font(path, size, is_shaped(text))
    check_size(opened, text)
    left, top, right, bottom = (round(value) for value in opened.getbbox(text, stroke_width=stroke))
    canvas = Image.new("L", (max(right - left, 1), max(bottom - top, 1)))
    ImageDraw.Draw(canvas).text((-left, -top), text, 255, opened, stroke_width=stroke)
    return _Glyph(np.asarray(canvas), left, top, float(opened.getlength(text)))


def line_width(text: str, face: Typeface, height: float) -> float:
    """Return about how wide a line will be, px."""
    size = height / _capital_share(face.path, _sample(text))
    return size * (sum(_advance(face.path, character) for character in text) + len(text) * face.spacing)


@functools.lru_cache(_CACHED_GLYPHS)
def _advance(path: str, character: str) -> float:
    """Return how far a character reaches as a share of the font's size."""
    return float(_font(path, 64, False).getlength(character)) / 64


def _level(text: str, face: Typeface, size: int, stroke: int) -> list[_Piece]:
    spacing = face.spacing * size
    pieces, x, space = [], 0.0, _glyph(face.path, size, 0, " ").advance + spacing
    words = list(enumerate(text.split()))
    for number, word in reversed(words) if runs_left(text) else words:
        for part in [word] if is_shaped(word) else word:
            glyph = _glyph(face.path, size, stroke, part)
            pieces.append(_Piece(glyph, x, 0.0, part, number))
            x += glyph.advance + spacing
        x += space
    return pieces


def _upright(text: str, face: Typeface, size: int, stroke: int) -> list[_Piece]:
    pieces, y = [], 0.0
    for number, word in enumerate(text.split()):
        for character in word:
            glyph = _glyph(face.path, size, stroke, character)
            pieces.append(_Piece(glyph, -glyph.ink.shape[1] / 2 - glyph.left, y - glyph.top, character, number))
            y += glyph.ink.shape[0] + 0.15 * size
        y += 0.5 * size
    return pieces


def _draw(pieces: list[_Piece], upright: bool) -> Line | None:
    """Draw pieces on a canvas of their size, and outline characters by their ink, words and the whole with a margin."""
    shown = [piece for piece in pieces if piece.glyph.ink.any()]
    if not shown:
        return None
    corners = np.array([(round(p.x) + p.glyph.left, round(p.y) + p.glyph.top) for p in shown])
    corners -= corners.min(axis=0)
    ends = corners + [piece.glyph.ink.shape[::-1] for piece in shown]
    width, height = ends.max(axis=0)
    coverage = np.zeros((height, width), np.uint8)
    for piece, (left, top), (right, bottom) in zip(shown, corners.tolist(), ends.tolist(), strict=True):
        part = coverage[top:bottom, left:right]
        np.maximum(part, piece.glyph.ink, out=part)
    boxes = np.concatenate([corners, ends], axis=1).astype(np.float32)
    characters = [
        _region(box, piece.text, "character") for box, piece in zip(boxes, shown, strict=True) if len(piece.text) == 1
    ]
    numbers = np.array([piece.word for piece in shown])
    margin = np.array([-1, -1, 1, 1], np.float32) * _MARGIN * (width if upright else height)
    words = []
    for number in np.unique(numbers):
        of_word = np.flatnonzero(numbers == number)
        words.append(_region(_hull(boxes[of_word]) + margin, "".join(shown[i].text for i in of_word), "word"))
    line = _region(_hull(boxes) + margin, " ".join(word.text or "" for word in words), "line")
    return Line(coverage, (*characters, *words, line))


def _hull(boxes: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    return np.concatenate([boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)])


def _region(box: npt.NDArray[np.float32], text: str, level: Level) -> Region:
    left, top, right, bottom = box
    corners = np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float32)
    return Region(corners, text, level=level)


def _bent(line: Line, bend: float) -> Line:
    """Shift the columns of a line along a parabola."""
    height, width = line.coverage.shape
    rise = abs(bend) * height

    def shift(x: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        arc = (2 * x / width - 1) ** 2
        return rise * (arc if bend > 0 else 1 - arc)

    tall = height + math.ceil(rise)
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(tall, dtype=np.float32))
    rows = (y - shift(x + 0.5)).astype(np.float32)  # of another type they would be misread
    coverage = cv2.remap(line.coverage, x, rows, cv2.INTER_LINEAR)
    return Line(coverage, tuple(region.moved(_along(region.polygon, shift)) for region in line.regions))


def _along(box: Points, shift: Callable[[Points], Points]) -> Points:
    """Return the outline of an upright rectangle whose columns were shifted."""
    left, top, right, bottom = box[0, 0], box[0, 1], box[2, 0], box[2, 1]
    x = np.linspace(left, right, _ARC_POINTS, dtype=np.float32)
    moved = shift(x)
    upper, lower = np.stack([x, top + moved], axis=-1), np.stack([x, bottom + moved], axis=-1)[::-1]
    return np.concatenate([upper, lower]).astype(np.float32)


def _rung(size: float) -> int:
    """Return the size of the ladder that is at least as large."""
    steps = math.ceil(math.log(max(size, _LEAST_SIZE) / _LEAST_SIZE) / math.log(_STEP) - 1e-9)
    return math.ceil(_LEAST_SIZE * _STEP**steps)


def _sample(text: str) -> str:
    """Return the character whose height stands for a text's: a capital where there are capitals."""
    return "H" if text.isascii() else max(text, key=ord)


@functools.lru_cache(4096)
def _capital_share(path: str, character: str) -> float:
    """Return the height of a character as a share of the font's size."""
    opened = _font(path, _MEASURED, False)
    check_size(opened, character)
    _, top, _, bottom = opened.getbbox(character)
    return max((bottom - top) / _MEASURED, 0.2)
