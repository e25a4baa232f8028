"""A line of text bent along an arc of a circle, its letters turned with it. This module does not import trdg."""

import math

import cv2
import numpy as np
from PIL import Image

_MOST_RISE = 0.9  # of the line's height: its letters stay at least half as high as what it then takes
_LEAST_INNER = 0.3  # of the line's height: radius below which letters would meet at their feet


def bent(line: Image.Image, angle: float) -> Image.Image:
    """Return a line of text (RGBA) along an arc, on a canvas that holds it.

    The middle of the line's height keeps its length, so that letters are neither stretched nor squeezed there.

    Args:
        line: the text from left to right.
        angle: that the arc covers, degrees; above 0 the middle is raised, below it is lowered. It is reduced for long
            lines, which would rise too high, and for short ones, which would close to a ring.
    """
    width, height = line.size
    limit = min(8 * _MOST_RISE * height / width, width / ((0.5 + _LEAST_INNER) * height))
    turn = min(math.radians(abs(angle)), limit)
    if turn * width < 4:  # less than half a pixel
        return line
    radius = width / turn
    outer, inner = radius + height / 2, radius - height / 2
    half = min(turn / 2, math.pi / 2)
    wide = math.ceil(2 * outer * math.sin(half))
    tall = math.ceil(outer - inner * math.cos(turn / 2))
    x = np.arange(wide, dtype=np.float32)[None, :] + np.float32(0.5 - wide / 2)
    y = np.float32(outer - 0.5) - np.arange(tall, dtype=np.float32)[:, None]  # up from the circle's centre
    along = np.arctan2(x, y) * np.float32(radius) + np.float32(width / 2 - 0.5)  # (tall, wide), px in the line
    down = np.float32(outer - 0.5) - np.hypot(x, y)
    if angle < 0:
        along, down = along[::-1], np.float32(height - 1) - down[::-1]
    pixels = np.asarray(line)
    solid = cv2.multiply(pixels, cv2.merge([pixels[..., 3]] * 3 + [np.full_like(pixels[..., 3], 255)]), scale=1 / 255)
    moved = cv2.remap(solid, np.ascontiguousarray(along), np.ascontiguousarray(down), cv2.INTER_LINEAR)
    alpha = np.maximum(moved[..., 3:].astype(np.float32), 1)
    moved[..., :3] = np.minimum(moved[..., :3] * (255 / alpha) + 0.5, 255)
    return Image.fromarray(moved)
