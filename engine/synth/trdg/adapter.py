"""The one module that touches trdg: its folders, the repairs it needs, and one call that draws one text.

What an image shows is settled before it gets here (`Drawing`), so that it can be recorded; trdg's own dice decide only
the grain of a background, the place in a picture and the shifts of a random distortion, and those are seeded. Fonts,
glyphs and background pictures are kept between images, which changes no pixel. trdg's Wikipedia and handwriting parts
are never loaded: one fetches any address, the other unpickles a download and imports TensorFlow.
"""

import functools
import math
import random
import sys
import threading
import types
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args

from PIL import Image, ImageChops

from engine.synth.trdg import text_patches
from engine.synth.trdg.pixel_patches import blurred

# data_generator imports it whether it is used or not.
sys.modules.setdefault("trdg.handwritten_text_generator", types.ModuleType("trdg.handwritten_text_generator"))

import cv2  # noqa: E402
from trdg import (  # noqa: E402
    background_generator,
    computer_text_generator,
    data_generator,
    distorsion_generator,
)

_TRDG = Path(data_generator.__file__).parent
FONTS = _TRDG / "fonts"
DICTIONARIES = _TRDG / "dicts"
PICTURES = _TRDG / "images"

Background = Literal["noise", "white", "quasicrystal", "picture"]
Distortion = Literal["none", "sine", "cosine", "random"]
Direction = Literal["vertical", "horizontal", "both"]
Orientation = Literal["horizontal", "vertical"]
Alignment = Literal["left", "centre", "right"]
Mode = Literal["colour", "grey"]

_MODES: dict[Mode, str] = {"colour": "RGB", "grey": "L"}
_BACKGROUNDS, _DISTORTIONS, _DIRECTIONS, _ALIGNMENTS, _ORIENTATIONS = (
    {name: number for number, name in enumerate(get_args(names))}
    for names in (Background, Distortion, Direction, Alignment, Orientation)
)


# trdg drops an image when a third of two bands of its text and a third of all bands of its background, alpha
# included, lie less than 15 apart. A text has 170 at most; white has 340, noise around 235 no less than 300. So the
# answer is known, and neither the text's mask, which serves this alone, nor any mean is needed for these two.
_BRIGHT = ("white", "noise")
_TEXT_MEANS, _BRIGHT_MEANS = types.SimpleNamespace(mean=[0.0, 0.0]), types.SimpleNamespace(mean=[255.0] * 4)


class RejectedText(Exception):
    """trdg gave no image; the text says why, in words that are counted and shown."""


@dataclass(frozen=True)
class Drawing:
    """Everything that decides one image: lengths in px, skew in degrees, colours as #rrggbb, `font` a file.

    `margins` are those at top, left, bottom and right; `width` is None where the text decides; of a vertical text,
    `height` is the image's width. `pictures` are files, those of trdg where there are none.
    """

    text: str
    font: str
    height: int
    margins: tuple[int, int, int, int]
    skew: int
    blur: float
    background: Background
    distortion: Distortion
    direction: Direction
    colour: str
    character_spacing: int
    space_width: float
    stroke_width: int
    stroke_colour: str
    seed: int
    orientation: Orientation = "horizontal"
    width: int | None = None
    alignment: Alignment = "centre"
    fit: bool = False
    word_split: bool = False
    pictures: tuple[Path, ...] = ()
    mode: Mode = "colour"


class Drawn(NamedTuple):
    """An image (RGB or L), the text alone as it was laid on (RGBA), and where its corner came to lie (x, y in px)."""

    image: Image.Image
    layer: Image.Image
    corner: tuple[int, int]


def draw(drawing: Drawing) -> Drawn:
    """Return the image of a drawing; equal drawings give equal pixels, from any thread.

    Raises:
        Dropped: the text would hardly stand out from its background, is wider than the image, or has no visible part.
    """
    with _LOCK:
        image = _generate(drawing)
        if image is None:
            raise RejectedText("text too close to its background" if _now.said else "nothing visible")
        corner = _corner(drawing, image.width, _now.layer.width)
        if drawing.width is not None and not _has_room(drawing, _now.layer.width):
            raise RejectedText("text wider than the image")
        return Drawn(image, _now.layer, corner)


def trace(drawing: Drawing, pieces: int) -> list[Image.Image]:
    """Return how much of each pixel each of the first pieces of a text covers: L images of the drawing's size.

    Every piece goes the way of the text itself, turns, bends and scaling included; blur and background are left out.

    Raises:
        Dropped: the text has no visible part.
    """
    plain = replace(drawing, background="white", blur=0.0)
    found: list[Image.Image] = []
    with _LOCK:
        pens = computer_text_generator.__dict__["ImageDraw"]
        try:
            for first in range(0, pieces, 3):
                pens.Draw = functools.partial(text_patches.pen, tracing=first)
                _generate(plain)
                if _now.layer is None:
                    raise RejectedText("nothing visible")
                *bands, alpha = _now.layer.split()
                found += [_laid(drawing, ImageChops.multiply(band, alpha)) for band in bands]
        finally:
            pens.Draw = text_patches.pen
    return found[:pieces]


def _laid(drawing: Drawing, piece: Image.Image) -> Image.Image:
    """Lay a part of the text on an empty image where trdg lays the text."""
    canvas = Image.new("L", _size(drawing, piece))
    canvas.paste(piece, _corner(drawing, canvas.width, piece.width))
    return canvas


def _generate(drawing: Drawing) -> Image.Image | None:
    _seed(drawing)
    _now.said.clear()
    _now.layer = None
    _now.masked = drawing.background not in _BRIGHT
    try:
        sharp = data_generator.FakeTextDataGenerator.generate(**{**arguments(drawing), "blur": 0})
    except ValueError:  # a glyph without width, resized to nothing
        return None
    return blurred(sharp, drawing.blur) if sharp is not None and drawing.blur else sharp  # trdg's own last step


def _size(drawing: Drawing, text: Image.Image) -> tuple[int, int]:
    top, left, bottom, right = drawing.margins
    if drawing.orientation == "vertical":
        return drawing.height, text.height + top + bottom
    return drawing.width or text.width + left + right, drawing.height


def _has_room(drawing: Drawing, text_width: int) -> bool:
    _, left, _, right = drawing.margins
    return drawing.width is None or left + text_width + right <= drawing.width


def _corner(drawing: Drawing, width: int, text_width: int) -> tuple[int, int]:
    """Return where trdg lays the upper left corner of a text in an image of this width (px)."""
    top, left, _, right = drawing.margins
    if drawing.width is None or drawing.alignment == "left":
        return left, top
    return (int(width / 2 - text_width / 2) if drawing.alignment == "centre" else width - text_width - right), top


def arguments(drawing: Drawing) -> dict[str, Any]:
    """Return a drawing as the arguments of trdg's `generate`."""
    return {
        "index": 0, "text": drawing.text, "font": drawing.font, "out_dir": None, "size": drawing.height,
        "extension": "", "skewing_angle": drawing.skew, "random_skew": False, "blur": drawing.blur,
        "random_blur": False, "background_type": _BACKGROUNDS[drawing.background],
        "distorsion_type": _DISTORTIONS[drawing.distortion],
        "distorsion_orientation": _DIRECTIONS[drawing.direction], "is_handwritten": False,
        "name_format": 2, "width": -1 if drawing.width is None else drawing.width,
        "alignment": _ALIGNMENTS[drawing.alignment], "text_color": drawing.colour,
        "orientation": _ORIENTATIONS[drawing.orientation], "space_width": drawing.space_width,
        "character_spacing": drawing.character_spacing, "margins": drawing.margins, "fit": drawing.fit,
        "output_mask": False, "word_split": drawing.word_split,
        "image_dir": drawing.pictures or str(PICTURES), "stroke_width": drawing.stroke_width,
        "stroke_fill": drawing.stroke_colour, "image_mode": _MODES[drawing.mode],
    }  # fmt: skip


def _seed(drawing: Drawing) -> None:
    for dice in (distorsion_generator.rnd, background_generator.rnd):
        dice.seed(drawing.seed)
    cv2.setRNGSeed(drawing.seed % 2**31)  # the noise; each thread has dice of its own


def _new(mode: str, size: tuple[int, int], colour: Any) -> Any:
    """Stand in for `Image.new` where trdg begins a text and its mask."""
    return text_patches.new(mode, size, colour, _now.masked)


def _statistics(image: Image.Image, mask: Image.Image | None = None) -> Any:
    """Stand in for `ImageStat.Stat`, where trdg holds the finished text for the first time."""
    if mask is not None:
        _now.layer = image
    if _now.masked:
        return text_patches.Stat(image, mask)
    return _TEXT_MEANS if mask is not None else _BRIGHT_MEANS


def _background(height: int, width: int, pictures: str | tuple[Path, ...]) -> Image.Image:
    paths = _own_pictures() if isinstance(pictures, str) else pictures
    return text_patches.picture_background(_BACKGROUND_DICE, paths, width, height)


@functools.cache
def _own_pictures() -> tuple[Path, ...]:
    return tuple(sorted(PICTURES.iterdir()))


def _repair() -> None:
    """Put our parts in the place of trdg's, and repair what fails here."""
    text = computer_text_generator.__dict__
    text["get_text_height"] = lambda font, text: font.height(text)  # Pillow 10 took away the getsize it calls
    measure = computer_text_generator._compute_character_width
    text["_compute_character_width"] = lambda font, piece: font.width(piece, measure)
    text["ImageFont"] = types.SimpleNamespace(truetype=text_patches.font)
    text["ImageDraw"] = types.SimpleNamespace(Draw=text_patches.pen)
    text["Image"] = types.SimpleNamespace(new=_new)
    text["rnd"] = random.Random()
    whole = data_generator.__dict__
    # It prints to say that contrast is too low, and returns nothing; we want to know, and quietly.
    whole["print"] = lambda *words: _now.said.append(words)
    # It throws for a skew that it does not use, in a way that fails below zero degrees.
    whole["rnd"] = types.SimpleNamespace(randint=lambda low, high: 0)
    whole["ImageStat"] = types.SimpleNamespace(Stat=_statistics)
    whole["Image"] = types.SimpleNamespace(Resampling=Image.Resampling, new=lambda *_: text_patches.NoMask())
    distorsion_generator.rnd, background_generator.rnd = random.Random(), _BACKGROUND_DICE
    distorsion_generator._apply_func_distorsion = text_patches.distort
    distorsion_generator.sin = functools.partial(text_patches.bend, math.sin)
    distorsion_generator.cos = functools.partial(text_patches.bend, math.cos)
    background_generator.image = _background


_BACKGROUND_DICE = random.Random()
_LOCK = threading.Lock()  # trdg's dice belong to its modules, so one image at a time in a process
_now: Any = types.SimpleNamespace(said=[], layer=None, masked=True)  # what the image being drawn has come to
_repair()
