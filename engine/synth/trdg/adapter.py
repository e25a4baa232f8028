"""The only module that imports trdg: its folders, the repairs it needs, and `draw`, which draws one text.

What an image shows is decided before (`Drawing`), so that it can be recorded; trdg's own random generators decide only
the grain of a background, the place in a picture and the shifts of a random distortion, and they are seeded. trdg's
Wikipedia and handwriting parts are never loaded: one fetches any address, the other unpickles a download and imports
TensorFlow.
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

from engine.synth.trdg import arcs, lines, pixel_patches, text_patches

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

Background = Literal["noise", "white", "quasicrystal", "picture", "gradient", "clouds", "leaves", "bricks", "stripes"]
"""Names of grounds: trdg's four, and those of `engine.synth.composing`."""

Distortion = Literal["none", "sine", "cosine", "random", "arc"]
"""Shape of the line: trdg's four, and the arc of `arcs`."""

Direction = Literal["vertical", "horizontal", "both"]
Orientation = Literal["horizontal", "vertical"]
Alignment = Literal["left", "centre", "right"]
Mode = Literal["colour", "grey"]

_MODES: dict[Mode, str] = {"colour": "RGB", "grey": "L"}
# Arguments of trdg's `generate` that never change here: files it would write, and random values drawn before.
_UNUSED = {
    "index": 0,
    "out_dir": None,
    "extension": "",
    "name_format": 2,
    "random_skew": False,
    "random_blur": False,
    "is_handwritten": False,
    "output_mask": False,
}
_BACKGROUNDS, _DISTORTIONS, _DIRECTIONS, _ALIGNMENTS, _ORIENTATIONS = (
    {name: number for number, name in enumerate(get_args(names))}
    for names in (Background, Distortion, Direction, Alignment, Orientation)
)


_DISTORTIONS["arc"] = _DISTORTIONS["none"]  # the line is bent before trdg gets it


# trdg rejects an image when a third of the sum of two bands of its text and a third of that of all bands of its
# background, alpha included, differ by less than 15. A text has 170 at most; white has 340, noise around 235 at least
# 300. So these two pass always, and neither the text's mask, which serves this alone, nor any mean is needed.
_BRIGHT = ("white", "noise")
_TEXT_MEANS, _BRIGHT_MEANS = types.SimpleNamespace(mean=[0.0, 0.0]), types.SimpleNamespace(mean=[255.0] * 4)


class RejectedText(Exception):
    """trdg gave no image; the message is the reason, which is counted and shown."""


@dataclass(frozen=True)
class Drawing:
    """All values that decide one image: lengths in px, angles in degrees, colours as #rrggbb, `font` a file.

    Attributes:
        arc: angle that a text with this distortion covers; above 0 its middle is raised, below it is lowered.
        margins: at top, left, bottom and right.
        width: None takes the text's.
        height: of a vertical text, the image's width.
        pictures: files; empty takes those of trdg.
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
    arc: float = 0.0


class LineSize(NamedTuple):
    """Width and height of a line in px of its font's size, before it was turned; `letters`: height before its arc."""

    width: int
    height: int
    letters: int


class Drawn(NamedTuple):
    """An image (RGB or L), the text alone as it was pasted (RGBA), and the position of its corner (x, y in px)."""

    image: Image.Image
    layer: Image.Image
    corner: tuple[int, int]


def draw(drawing: Drawing) -> Drawn:
    """Return the image of a drawing; equal drawings give equal pixels, from any thread.

    Raises:
        RejectedText: the text is too close to its background, is wider than the image, or has no visible part.
    """
    with _LOCK:
        return _draw(drawing)


def _draw(drawing: Drawing) -> Drawn:
    image = _generate(drawing)
    if image is None:
        raise RejectedText("text too close to its background" if _current.printed else "nothing visible")
    corner = _corner(drawing, image.width, _current.layer.width)
    if drawing.width is not None and not _has_room(drawing, _current.layer.width):
        raise RejectedText("text wider than the image")
    return Drawn(image, _current.layer, corner)


def draw_trdg_ground(drawing: Drawing, width: int, height: int) -> Image.Image:
    """Return one of trdg's backgrounds, RGB of this size (px), the same for equal drawings."""
    with _LOCK:
        _seed(drawing)
        match drawing.background:
            case "noise":
                ground = background_generator.gaussian_noise(height, width)
            case "quasicrystal":
                ground = background_generator.quasicrystal(height, width)
            case "picture":
                ground = _background(height, width, drawing.pictures or str(PICTURES))
            case _:
                ground = background_generator.plain_white(height, width)
    return ground.convert("RGB")


def draw_on_white(drawing: Drawing) -> tuple[Drawn, LineSize]:
    """Return a drawing on white and without its blur, and the size of its line. Raises RejectedText as `draw` does."""
    with _LOCK:
        return _draw(replace(drawing, background="white", blur=0.0)), _current.line


def set_line(drawing: Drawing) -> Image.Image:
    """Return the text of a horizontal drawing as it is set in its font's size: RGBA, neither turned nor bent.

    Raises:
        RejectedText: the text has no visible part.
    """
    values = arguments(drawing)
    names = (
        "text",
        "font",
        "text_color",
        "size",
        "orientation",
        "space_width",
        "character_spacing",
        "fit",
        "word_split",
    )
    with _LOCK:
        try:
            measure = computer_text_generator._compute_character_width
            line, _ = lines.draw_line(
                *(values[name] for name in (*names, "stroke_width", "stroke_fill")),
                measure=measure,
                masked=False,
                tracing=None,
            )
        except ValueError:
            raise RejectedText("nothing visible") from None
    return line


def trace(drawing: Drawing, pieces: int) -> list[Image.Image]:
    """Return the coverage of each pixel by each of the first pieces of a text: L images of the drawing's size.

    Every piece is rotated, distorted and scaled as the text itself is; blur and background are left out.

    Raises:
        RejectedText: the text has no visible part.
    """
    plain = replace(drawing, background="white", blur=0.0)
    found: list[Image.Image] = []
    with _LOCK:
        try:
            for first in range(0, pieces, 3):
                _current.tracing = first
                _generate(plain)
                if _current.layer is None:
                    raise RejectedText("nothing visible")
                *bands, alpha = _current.layer.split()
                found += [_pasted(drawing, ImageChops.multiply(band, alpha)) for band in bands]
        finally:
            _current.tracing = None
    return found[:pieces]


def _pasted(drawing: Drawing, piece: Image.Image) -> Image.Image:
    """Paste a part of the text on an empty image where trdg pastes the text."""
    canvas = Image.new("L", _size(drawing, piece))
    canvas.paste(piece, _corner(drawing, canvas.width, piece.width))
    return canvas


def _generate(drawing: Drawing) -> Image.Image | None:
    _seed(drawing)
    _current.printed.clear()
    _current.layer = None
    _current.masked = drawing.background not in _BRIGHT
    _current.arc = drawing.arc if drawing.distortion == "arc" and drawing.orientation == "horizontal" else 0.0
    try:
        sharp = data_generator.FakeTextDataGenerator.generate(**{**arguments(drawing), "blur": 0})
    except ValueError:  # a glyph without width, resized to nothing
        return None
    if sharp is None or not drawing.blur:
        return sharp
    return pixel_patches.blurred(sharp, drawing.blur)  # trdg's own last step


def _size(drawing: Drawing, text: Image.Image) -> tuple[int, int]:
    top, left, bottom, right = drawing.margins
    if drawing.orientation == "vertical":
        return drawing.height, text.height + top + bottom
    return drawing.width or text.width + left + right, drawing.height


def _has_room(drawing: Drawing, text_width: int) -> bool:
    _, left, _, right = drawing.margins
    return drawing.width is None or left + text_width + right <= drawing.width


def _corner(drawing: Drawing, width: int, text_width: int) -> tuple[int, int]:
    """Return the position of a text's upper left corner in an image of this width (px)."""
    top, left, _, right = drawing.margins
    if drawing.width is None or drawing.alignment == "left":
        return left, top
    return (int(width / 2 - text_width / 2) if drawing.alignment == "centre" else width - text_width - right), top


def arguments(drawing: Drawing) -> dict[str, Any]:
    """Return a drawing as the arguments of trdg's `generate`."""
    return {
        **_UNUSED,
        "text": drawing.text,
        "font": drawing.font,
        "size": drawing.height,
        "skewing_angle": drawing.skew,
        "blur": drawing.blur,
        "background_type": _BACKGROUNDS[drawing.background],
        "distorsion_type": _DISTORTIONS[drawing.distortion],
        "distorsion_orientation": _DIRECTIONS[drawing.direction],
        "width": -1 if drawing.width is None else drawing.width,
        "alignment": _ALIGNMENTS[drawing.alignment],
        "text_color": drawing.colour,
        "orientation": _ORIENTATIONS[drawing.orientation],
        "space_width": drawing.space_width,
        "character_spacing": drawing.character_spacing,
        "margins": drawing.margins,
        "fit": drawing.fit,
        "word_split": drawing.word_split,
        "image_dir": drawing.pictures or str(PICTURES),
        "stroke_width": drawing.stroke_width,
        "stroke_fill": drawing.stroke_colour,
        "image_mode": _MODES[drawing.mode],
    }


def _seed(drawing: Drawing) -> None:
    for rng in (distorsion_generator.rnd, background_generator.rnd):
        rng.seed(drawing.seed)
    cv2.setRNGSeed(drawing.seed % 2**31)  # of the noise; each thread has its own generator


def _line(*arguments: Any) -> tuple[Image.Image, text_patches.AnyMask]:
    """Replace `computer_text_generator.generate`, which draws a text and its mask."""
    measure = computer_text_generator._compute_character_width
    image, mask = lines.draw_line(*arguments, measure=measure, masked=_current.masked, tracing=_current.tracing)
    letters = image.height
    if _current.arc:
        image = arcs.bent(image, _current.arc)
        mask = text_patches.Mask(image.getchannel("A")) if _current.masked else mask
    _current.line = LineSize(*image.size, letters)
    return image, mask


def _statistics(image: Image.Image, mask: Image.Image | None = None) -> Any:
    """Replace `ImageStat.Stat`, the first call that gets the finished text."""
    if mask is not None:
        _current.layer = image
    if _current.masked:
        return text_patches.Stat(image, mask)
    return _TEXT_MEANS if mask is not None else _BRIGHT_MEANS


def _background(height: int, width: int, pictures: str | tuple[Path, ...]) -> Image.Image:
    paths = own_pictures() if isinstance(pictures, str) else pictures
    return pixel_patches.picture_background(_BACKGROUND_RNG, paths, width, height)


@functools.cache
def own_pictures() -> tuple[Path, ...]:
    """Return trdg's picture files."""
    return tuple(sorted(PICTURES.iterdir()))


def _repair() -> None:
    """Replace parts of trdg by faster ones, and repair what fails with current libraries."""
    computer_text_generator.generate = _line
    whole = data_generator.__dict__
    # It prints that contrast is too low, and returns nothing; this records it instead.
    whole["print"] = lambda *words: _current.printed.append(words)
    # It draws a random skew that it does not use, in a way that fails below zero degrees.
    whole["rnd"] = types.SimpleNamespace(randint=lambda low, high: 0)
    whole["ImageStat"] = types.SimpleNamespace(Stat=_statistics)
    whole["Image"] = types.SimpleNamespace(Resampling=Image.Resampling, new=lambda *_: text_patches.NoMask())
    distorsion_generator.rnd, background_generator.rnd = random.Random(), _BACKGROUND_RNG
    distorsion_generator._apply_func_distorsion = pixel_patches.distort
    distorsion_generator.sin = functools.partial(pixel_patches.bend, math.sin)
    distorsion_generator.cos = functools.partial(pixel_patches.bend, math.cos)
    background_generator.image = _background


_BACKGROUND_RNG = random.Random()
_LOCK = threading.Lock()  # trdg's generators are global, so one image at a time in a process
# State of the image being drawn.
_current: Any = types.SimpleNamespace(printed=[], layer=None, masked=True, tracing=None, arc=0.0, line=None)
_repair()
