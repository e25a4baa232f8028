"""A photo with what a locator saw: its text map over it in one colour, and the outlines of boxes and of missed text."""

from collections.abc import Sequence
from typing import Literal

import cv2
import numpy as np
from PIL import Image

from dashboard.common.regions import dashed

State = Literal["found", "hit", "false", "missed"]
"""found: a box where nobody knows the truth."""

Outline = tuple[Sequence[tuple[float, float]], State]
"""Corners as shares of the photo's width and height, and what the outline says."""

_ACCENT, _RIGHT, _WRONG = (45, 212, 191), (34, 197, 94), (239, 68, 68)
_COLOURS: dict[State, tuple[int, int, int]] = {"found": _RIGHT, "hit": _RIGHT, "false": _WRONG, "missed": _WRONG}


def overlaid(photo: Image.Image, text_map: Image.Image | None, strength: float, side: int) -> Image.Image:
    """Return a photo at screen size with a text map over it.

    Args:
        photo: of any size and mode.
        text_map: grey, of any size; 255 is text.
        strength: of the map, 0…1.
        side: longer side of the result, px.
    """
    factor = side / max(photo.size)
    photo = photo.convert("RGB").resize((round(photo.width * factor), round(photo.height * factor)))
    if text_map is None or not strength:
        return photo
    share = np.asarray(text_map.convert("L").resize(photo.size), np.float32)[..., None] / 255 * strength
    pixels = np.asarray(photo, np.float32)
    return Image.fromarray((pixels * (1 - share) + np.array(_ACCENT, np.float32) * share).astype(np.uint8))


def with_outlines(photo: Image.Image, outlines: Sequence[Outline]) -> Image.Image:
    """Return an RGB photo with outlines drawn on it; those of missed text are dashed."""
    pixels, size = np.array(photo), np.array(photo.size, np.float32)
    for corners, state in outlines:
        polygon = np.array(corners, np.float32) * size
        if state == "missed":
            dashed(pixels, polygon, _COLOURS[state], 2)
        else:
            whole = np.rint(polygon).astype(np.int32)
            cv2.polylines(pixels, [whole], True, _COLOURS[state], 2, cv2.LINE_AA)
    return Image.fromarray(pixels)
