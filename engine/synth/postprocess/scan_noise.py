"""Scan noise: Gaussian grain, the same in all channels, and single black or white pixels as dust leaves them."""

from typing import NamedTuple

import numpy as np
from PIL import Image


class Grain(NamedTuple):
    """The standard deviation of the grain in levels of 255, the share of pixels that are specks, and the seed."""

    grain: float
    specks: float
    seed: int


def scan_noise(image: Image.Image, noise: Grain) -> Image.Image:
    """Return the image with noise on it; equal seeds give equal noise."""
    pixels = np.asarray(image).astype(np.float32)
    dice = np.random.default_rng(noise.seed)
    grain = dice.standard_normal(pixels.shape[:2], np.float32) * noise.grain  # (H, W)
    noisy = np.clip(pixels + (grain if pixels.ndim == 2 else grain[..., None]) + 0.5, 0, 255).astype(np.uint8)
    throw = dice.random(pixels.shape[:2], np.float32)
    noisy[throw < noise.specks / 2] = 0
    noisy[throw >= 1 - noise.specks / 2] = 255
    return Image.fromarray(noisy)
