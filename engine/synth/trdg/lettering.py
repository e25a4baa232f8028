"""Texts apart from their grounds, by trdg: for images that `engine.synth.composing` puts together."""

import math
import random
from pathlib import Path
from typing import NamedTuple

from PIL import Image

from engine.synth.trdg import pixel_patches
from engine.synth.trdg.adapter import Drawing, draw_on_white, own_pictures, set_line


class Lettering(NamedTuple):
    """A text without its ground.

    Attributes:
        layer: it, RGBA, as it is pasted.
        corner: position of the layer's upper left corner (x, y in px).
        size: width and height of the image, px.
        line: width and height of the line before it was turned, with its waves, in px of the layer.
        height: of the letters' line before it was bent (its width, where letters stand below each other), likewise.
        font_size: likewise.
    """

    layer: Image.Image
    corner: tuple[int, int]
    size: tuple[int, int]
    line: tuple[float, float]
    height: float
    font_size: float


def draw_lettering(drawing: Drawing) -> Lettering:
    """Return the text of a drawing without its ground and blur.

    Raises:
        RejectedText: the text is wider than the image, or has no visible part.
    """
    (image, layer, corner), line = draw_on_white(drawing)
    turn, upright = math.radians(drawing.skew), drawing.orientation == "vertical"
    across = line.width * math.cos(turn) + line.height * abs(math.sin(turn))
    down = line.width * abs(math.sin(turn)) + line.height * math.cos(turn)
    waves = 0 if drawing.distortion in ("none", "arc") else 2 * int(down**0.5)  # px that trdg adds for them
    scale = layer.width / (across + waves) if upright else layer.height / (down + waves)
    size = ((line.width + waves) * scale, (line.height + waves) * scale)
    letters = line.width if upright else line.letters
    return Lettering(layer, corner, image.size, size, letters * scale, drawing.height * scale)


def draw_beside(drawing: Drawing, font_size: float) -> tuple[Image.Image, tuple[float, float]]:
    """Return another horizontal text for an image, RGBA and turned, and the size of its line before it was, px.

    Args:
        drawing: of the text; its margins, distortion and ground do not count.
        font_size: px, as a `Lettering` has it.

    Raises:
        RejectedText: the text has no visible part.
    """
    line = set_line(drawing)
    scale = font_size / drawing.height
    turned = line.rotate(drawing.skew, expand=True)
    size = (max(1, round(turned.width * scale)), max(1, round(turned.height * scale)))
    return turned.resize(size, Image.Resampling.BILINEAR), (line.width * scale, line.height * scale)


def draw_picture(pictures: tuple[Path, ...], width: int, height: int, seed: int) -> Image.Image:
    """Return a piece of one of the pictures, RGB of this size (px); of trdg's, where none is given."""
    paths = pictures or own_pictures()
    return pixel_patches.picture_background(random.Random(seed), paths, width, height).convert("RGB")


def finished(image: Image.Image, drawing: Drawing) -> Image.Image:
    """Return an image (RGB) in the drawing's mode and under its blur, trdg's last steps."""
    image = image.convert("L") if drawing.mode == "grey" else image
    return pixel_patches.blurred(image, drawing.blur) if drawing.blur else image
