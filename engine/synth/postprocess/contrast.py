"""Contrast: each pixel's distance from the image's mean is scaled, then brightness is added: m + f (p - m) + b."""

from typing import NamedTuple

import numpy as np
from PIL import Image


class Tone(NamedTuple):
    """The factor of the contrast, and the brightness that is added in levels of 255."""

    factor: float
    brightness: float


def contrast(image: Image.Image, tone: Tone) -> Image.Image:
    """Return the image with another contrast and brightness; what goes beyond black or white is cut off."""
    pixels = np.asarray(image).astype(np.float32)
    mean = float(pixels.mean())
    return Image.fromarray(
        np.clip(mean + tone.factor * (pixels - mean) + tone.brightness + 0.5, 0, 255).astype(np.uint8)
    )
