"""Shadow: the light on one side of a line is taken down, with a soft edge between light and shadow.

With d the distance of a pixel from the line (px, positive in the shadow) and s the width of the edge, a pixel keeps
1 - darkness * t² (3 - 2t) of its light, where t = 0.5 + d / s within 0 and 1 (the usual smooth step).
"""

import math
from typing import NamedTuple

import numpy as np
from PIL import Image


class Shade(NamedTuple):
    """A shadow: a point of its line (0 to 1 of width and height), its direction in degrees, how dark, and how soft.

    `darkness` is the share of light that is taken; `softness` is the width of the edge, of the image's height.
    """

    x: float
    y: float
    angle: float
    darkness: float
    softness: float


def shadow(image: Image.Image, shade: Shade) -> Image.Image:
    """Return the image with the shadow on it."""
    pixels = np.asarray(image)
    height, width = pixels.shape[:2]
    angle = math.radians(shade.angle)
    rows, columns = np.ogrid[:height, :width]
    distance = (columns - shade.x * width) * math.cos(angle) + (rows - shade.y * height) * math.sin(angle)  # (H, W)
    step = np.clip(0.5 + distance / max(1.0, shade.softness * height), 0, 1)
    light = 1 - shade.darkness * step**2 * (3 - 2 * step)
    light = light if pixels.ndim == 2 else light[..., None]
    return Image.fromarray((pixels * light + 0.5).astype(np.uint8))
