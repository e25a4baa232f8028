"""The steps of light and camera: glare, motion blur and down-sampling, each a pure function of an image and its values.

They take RGB or L images and keep the mode. Lengths are shares of the image's height.
"""

import math
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

LEAST_LETTERS = 6.0
"""Height that down-sampling leaves letters, px."""

_MIN_SIDE = 8  # px that down-sampling leaves along each side
_STREAK_RATIO = 12.0  # length of a streak, times its width
_WHITE = 255.0


class Reflection(NamedTuple):
    """A bright spot.

    Attributes:
        x, y: its middle, 0 to 1 of the image's width and height.
        angle: direction of a streak, in degrees.
        strength: share of the way to white in its middle, 0 to 1.
        size: radius of the blob or half the width of the streak, in image heights.
        streak: True for a streak, False for a round blob.
    """

    x: float
    y: float
    angle: float
    strength: float
    size: float
    streak: bool


class Movement(NamedTuple):
    """Length of a movement in image heights, and its direction in degrees (0: along the text)."""

    length: float
    angle: float


class Reduction(NamedTuple):
    """A smaller image.

    Attributes:
        factor: of both sides.
        enlarged: whether the former size is restored.
        cubic: True where it is by cubic interpolation, False by linear.
    """

    factor: float
    enlarged: bool
    cubic: bool


def glare(image: Image.Image, spot: Reflection) -> Image.Image:
    """Return the image with a Gaussian spot in which every pixel goes a share of the way to white."""
    pixels = np.asarray(image)
    height, width = pixels.shape[:2]
    angle, size = math.radians(spot.angle), max(1.0, spot.size * height)
    columns, rows = np.arange(width, dtype=np.float32) - spot.x * width, np.arange(height) - spot.y * height
    across = (columns[None, :] * math.sin(angle) - rows[:, None] * math.cos(angle)) / size
    along = (columns[None, :] * math.cos(angle) + rows[:, None] * math.sin(angle)) / size
    squares = across**2 + (along / (_STREAK_RATIO if spot.streak else 1)) ** 2
    share = np.float32(spot.strength) * np.exp(-squares / 2).astype(np.float32)  # (H, W)
    share = share if pixels.ndim == 2 else share[..., None]
    return Image.fromarray((pixels + (np.float32(_WHITE) - pixels) * share + np.float32(0.5)).astype(np.uint8))


def motion_blur(image: Image.Image, movement: Movement) -> Image.Image:
    """Return the image under a line of equal weights; beyond the edge the outermost pixels are repeated."""
    kernel = _line_kernel(movement.length * image.height, movement.angle)
    return Image.fromarray(cv2.filter2D(np.asarray(image), -1, kernel, borderType=cv2.BORDER_REPLICATE))


def _line_kernel(length: float, angle: float) -> NDArray[np.float32]:
    """Return the weights (k, k), k odd, of a line through the middle, `length` px long; they add up to 1."""
    half = length / 2
    reach = math.ceil(half)
    steps = np.linspace(-half, half, 4 * reach + 1)
    x = reach + steps * math.cos(math.radians(angle))
    y = reach - steps * math.sin(math.radians(angle))
    left, top = np.floor(x).astype(int), np.floor(y).astype(int)
    kernel = np.zeros((2 * reach + 2, 2 * reach + 2), np.float32)
    for down, across in ((0, 0), (0, 1), (1, 0), (1, 1)):  # each point is shared by the four pixels around it
        weights = np.abs(1 - down - (y - top)) * np.abs(1 - across - (x - left))
        np.add.at(kernel, (top + down, left + across), weights.astype(np.float32))
    return kernel[:-1, :-1] / kernel.sum()


def downsample(image: Image.Image, reduction: Reduction) -> Image.Image:
    """Return the image in fewer pixels, each the mean of the area that it covers, at its former size if so wanted."""
    pixels = np.asarray(image)
    size = small_size(image.size, reduction.factor)
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    if not reduction.enlarged:
        return Image.fromarray(small)
    method = cv2.INTER_CUBIC if reduction.cubic else cv2.INTER_LINEAR
    return Image.fromarray(cv2.resize(small, image.size, interpolation=method))


def small_size(size: tuple[int, int], factor: float) -> tuple[int, int]:
    """Return width and height of the smaller image in px."""
    factor = min(1.0, max(factor, _MIN_SIDE / min(size)))
    width, height = (max(1, round(side * factor)) for side in size)
    return width, height
