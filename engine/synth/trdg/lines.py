"""One line of text, its letters where trdg puts them, on a canvas that holds all their ink.

trdg's own canvas ends at the font's ascender, at the origin of the first letter and at the advance of the last, and
cuts what reaches beyond: marks on capitals, letters that lean, outlines. Where nothing does, the pixels are trdg's; a
test compares them. This module does not import trdg.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from PIL import Image, ImageColor

from engine.synth.trdg.text_patches import AnyMask, CachingFont, Mask, NoMask, font, pen

_VERTICAL = 1  # trdg's number of that orientation
_MASK_COLOURS = 255

PieceWidth = Callable[[CachingFont, str], int]


class _Layout(NamedTuple):
    """Pieces of a text with the places (px) at which they are set, and the size of trdg's canvas."""

    pieces: list[tuple[int, int, str]]
    width: int
    height: int


def draw_line(
    text: str,
    path: str,
    colour: str,
    size: int,
    orientation: int,
    space_width: float,
    spacing: int,
    fit: bool,
    word_split: bool,
    stroke_width: int,
    stroke_colour: str,
    *,
    measure: PieceWidth,
    masked: bool,
    tracing: int | None,
) -> tuple[Image.Image, AnyMask]:
    """Replace trdg's `computer_text_generator.generate`: return a text (RGBA) and its mask.

    Args:
        text: what to draw.
        path: the font's file.
        colour: of the letters, #rrggbb.
        size: of the font, px.
        orientation: trdg's number of it.
        space_width: of a space, as a multiple of the font's own.
        spacing: more room between characters, px.
        fit: cut to the ink.
        word_split: draw words in one piece.
        stroke_width: of the letters' outline, px.
        stroke_colour: of that outline, #rrggbb.
        measure: trdg's width of a piece in px.
        masked: whether a real mask is wanted.
        tracing: the first of three pieces to paint in pure colours; None paints all as asked.

    Raises:
        ValueError: the line has no area.
    """
    face = font(path, size)
    if orientation == _VERTICAL:
        layout = _stacked(text, face, space_width, spacing)
    else:
        layout = _in_a_row(text, face, space_width, 0 if word_split else spacing, word_split, measure)
    left, top, right, bottom = _overhang(layout, face, stroke_width)
    canvas = (left + layout.width + right, top + layout.height + bottom)
    if min(canvas) <= 0:
        raise ValueError(f"The text {text[:40]!r} has no area in {path}. Choose another font.")
    image, mask = Image.new("RGBA", canvas, (0, 0, 0, 0)), Mask(Image.new("L", canvas)) if masked else NoMask()
    writer, mask_writer = pen(image, tracing=tracing, origin=(left, top)), pen(mask, origin=(left, top))
    mask_writer.fontmode = "1"
    fill, stroke_fill = ImageColor.getrgb(colour), ImageColor.getrgb(stroke_colour)
    for number, (x, y, piece) in enumerate(layout.pieces, 1):
        writer.text((x, y), piece, fill, face, stroke_width, stroke_fill)
        shade = (0, 0, number % _MASK_COLOURS)
        mask_writer.text((x, y), piece, shade, face, stroke_width, stroke_fill)
    box = image.getbbox()
    return (image.crop(box), mask.crop(box)) if fit else (image, mask)


def _in_a_row(
    text: str, face: CachingFont, space_width: float, spacing: int, word_split: bool, measure: PieceWidth
) -> _Layout:
    space = int(face.width(" ", _rounded) * space_width)
    pieces, places, x = list(_parts(text) if word_split else text), [], 0
    for piece in pieces:
        places.append((x, 0, piece))
        x += spacing + (space if piece == " " else face.width(piece, measure))
    return _Layout(places, x - spacing, max(map(face.height, pieces)))


def _stacked(text: str, face: CachingFont, space_width: float, spacing: int) -> _Layout:
    space = int(face.height(" ") * space_width)
    places, y = [], 0
    for character in text:
        places.append((0, y, character))
        y += spacing + (space if character == " " else face.height(character))
    return _Layout(places, max(face.width(character, _rounded) for character in text), y)


def _parts(text: str) -> Iterator[str]:
    """Yield the words of a text and the spaces between them."""
    for number, word in enumerate(text.split(" ")):
        if number:
            yield " "
        yield word


def _rounded(face: CachingFont, text: str) -> int:
    return round(face.getlength(text))


def _overhang(layout: _Layout, face: CachingFont, stroke_width: int) -> tuple[int, int, int, int]:
    """Return how far ink reaches beyond trdg's canvas: to the left, top, right and bottom, px."""
    left = top = right = bottom = 0
    for x, y, piece in layout.pieces:
        ink = face.ink(piece, stroke_width)
        if ink is not None:
            left, top = max(left, -x - ink[0]), max(top, -y - ink[1])
            right, bottom = max(right, x + ink[2] - layout.width), max(bottom, y + ink[3] - layout.height)
    return left, top, right, bottom
