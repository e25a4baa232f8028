"""New colours: black becomes one colour, white another, and every grey between them what lies between.

Drawn grounds are white, grey or pictures; a sign's is as often red, and its letters are as often the brighter part.
Brightness is Rec. 601's, as Pillow has it: 0.299 R + 0.587 G + 0.114 B.
"""

import colorsys
from typing import NamedTuple

from PIL import Image

Colour = tuple[float, float, float]

_BRIGHTNESS = (0.299, 0.587, 0.114)
_WHITE = 255.0


class Ends(NamedTuple):
    """What black and what white become, each red, green and blue in 0…255."""

    black: Colour
    white: Colour


def brightness(colour: Colour) -> float:
    """Return a colour's level of grey, 0…255."""
    return sum(share * part for share, part in zip(_BRIGHTNESS, colour, strict=True))


def tinted(level: float, hue: float, tint: float) -> Colour:
    """Return a colour of a given brightness.

    Args:
        level: its brightness, 0…255.
        hue: 0…1, once around the circle of colours.
        tint: 0…1, from grey to as colourful as this hue can be at this brightness.
    """
    red, green, blue = colorsys.hsv_to_rgb(hue, 1.0, _WHITE)
    away = [part - brightness((red, green, blue)) for part in (red, green, blue)]
    room = min((_WHITE - level if part > 0 else level) / abs(part) for part in away)
    red, green, blue = (level + tint * room * part for part in away)
    return red, green, blue


def recolour(image: Image.Image, ends: Ends) -> Image.Image:
    """Return an RGB or L image in its new colours, in the same mode; its own colours count by their brightness."""
    grey = image.convert("L")
    if image.mode == "L":
        return grey.point(_table(brightness(ends.black), brightness(ends.white)))
    parts = zip(ends.black, ends.white, strict=True)
    return Image.merge("RGB", [grey.point(_table(black, white)) for black, white in parts])


def _table(black: float, white: float) -> list[int]:
    return [round(black + (white - black) * level / _WHITE) for level in range(256)]
