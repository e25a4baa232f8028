"""Replacements for what trdg does to whole images (distortion, picture backgrounds, blur): the same pixels sooner.

Columns are shifted by index instead of one by one, pictures are cached between images, and a small blur takes all
pixels at once. Tests compare each with stock trdg or Pillow, pixel by pixel. This module does not import trdg.
"""

import functools
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from engine.synth.trdg.text_patches import AnyMask, Mask, NoMask
from glyphlab_read.images.open import open_image

_FRACTION_BITS = 24
_HALF = np.uint32(1 << (_FRACTION_BITS - 1))
_BOX_PASSES = 3


@functools.lru_cache(maxsize=64)
def _picture(path: Path) -> Image.Image:
    return open_image(path)


def picture_background(rng: Random, paths: Sequence[Path], width: int, height: int) -> Image.Image:
    """Return a random part of one of the pictures, `width` by `height` px; a smaller picture is enlarged first."""
    picture = _picture(paths[rng.randint(0, len(paths) - 1)])
    # Enlarged ones are not kept: nearly every text has a size of its own, and a narrow picture takes a hundred MB.
    if picture.width < width:
        picture = picture.resize((width, int(picture.height * (width / picture.width))), Image.Resampling.LANCZOS)
    if picture.height < height:
        picture = picture.resize((int(picture.width * (height / picture.height)), height), Image.Resampling.LANCZOS)
    x = rng.randint(0, picture.width - width) if picture.width != width else 0
    y = rng.randint(0, picture.height - height) if picture.height != height else 0
    return picture.crop((x, y, x + width, y + height))


def bend(
    wave: Callable[[float], float], image: Image.Image, mask: AnyMask | Image.Image, vertical: bool, horizontal: bool
) -> tuple[Image.Image, AnyMask | Image.Image]:
    """Replace `sin` and `cos`: shift along a wave, one degree per px; its amplitude is the root of the height in px."""
    most = int(image.height**0.5)
    reach = max(image.size) + 2 * most + 1
    shifts = _waves(wave, most, 1 << reach.bit_length())
    return _shifted(image, mask, vertical, horizontal, most, lambda count: shifts[:count])


@functools.lru_cache(maxsize=256)
def _waves(wave: Callable[[float], float], most: int, count: int) -> NDArray[np.int64]:
    return np.array([int(wave(math.radians(place)) * most) for place in range(count)])


def distort(
    image: Image.Image,
    mask: AnyMask | Image.Image,
    vertical: bool,
    horizontal: bool,
    most: int,
    shift: Callable[[int], int],
) -> tuple[Image.Image, AnyMask | Image.Image]:
    """Replace `_apply_func_distorsion`: shift columns up and down, then rows left and right.

    Args:
        image: RGBA.
        mask: of the text, of the same size.
        vertical: whether columns move.
        horizontal: whether rows move.
        most: the largest shift in px, which is added as room on both sides along each moved axis.
        shift: gives the shift of column or row i in px; called for every column, then for every row.
    """
    return _shifted(
        image, mask, vertical, horizontal, most, lambda count: np.array([shift(i) for i in range(count)], np.int64)
    )


def _shifted(
    image: Image.Image,
    mask: AnyMask | Image.Image,
    vertical: bool,
    horizontal: bool,
    most: int,
    shifts: Callable[[int], NDArray[np.int64]],
) -> tuple[Image.Image, AnyMask | Image.Image]:
    if not vertical and not horizontal:
        return image, mask
    columns = shifts(image.width)
    # trdg calls for more rows when columns moved too, and leaves out those beyond.
    extra = int(columns.max() - min(columns.min(), 0)) if vertical else 0
    rows = shifts(image.height + extra)

    def moved(pixels: NDArray[Any]) -> NDArray[Any]:
        if vertical:
            pixels = _moved(pixels.T, columns, most).T
        if not horizontal:
            return np.ascontiguousarray(pixels)
        beyond = len(pixels) - len(rows)
        done = _moved(pixels[: len(rows)], rows, most)
        return np.pad(done, ((0, beyond), (0, 0))) if beyond > 0 else done

    # The four bytes of a pixel move as one number.
    bent = Image.fromarray(moved(np.asarray(image).view(np.uint32)[..., 0])[..., None].view(np.uint8))
    if isinstance(mask, NoMask):
        return bent, mask
    if isinstance(mask, Mask):
        return bent, Mask(Image.fromarray(moved(np.asarray(mask.blue))))
    bands = np.stack([moved(band) for band in np.moveaxis(np.asarray(mask.convert("RGB")), 2, 0)], axis=2)
    return bent, Image.fromarray(bands)


def _moved(lines: NDArray[Any], shifts: NDArray[np.int64], most: int) -> NDArray[Any]:
    """Return lines (N, L) laid into (N, L + 2 * most), line i at `most` + shift i."""
    count, length = lines.shape
    wide = np.zeros((count, length + 4 * most), lines.dtype)
    wide[:, 2 * most : 2 * most + length] = lines
    line, item = wide.strides
    shape = (count, 2 * most + 1, length + 2 * most)
    windows = np.lib.stride_tricks.as_strided(wide, shape, (line, item, item), writeable=False)
    return windows[np.arange(count), most - shifts[:count]]


def blurred(image: Image.Image, radius: float) -> Image.Image:
    """Return an RGB or L image under a Gaussian of `radius` px, as `ImageFilter.GaussianBlur` makes it.

    Pillow blurs by three box blurs along rows, then three along columns (Gwosdek et al. 2011, SSVM, "Theoretical
    foundations of Gaussian convolution by extended box filtering"), in integers with 24 fractional bits. For radii up
    to 1.41 px, where a box has at most three pixels, the same sums are taken here over all pixels at once, in two
    thirds of the time; larger radii are left to Pillow.
    """
    box = _box_weights(radius)
    if box is None:
        return image.filter(ImageFilter.GaussianBlur(radius))
    pixels = np.asarray(image)
    height, width = pixels.shape[:2]
    bands = pixels[0].size // width
    across = np.empty((height, (width + 2) * bands), np.uint32)  # with a pixel beyond each end of a row
    across[:, bands:-bands] = pixels.reshape(height, -1)
    for _ in range(_BOX_PASSES):
        across[:, :bands], across[:, -bands:] = across[:, bands : 2 * bands], across[:, -2 * bands : -bands]
        _box_pass(across, bands, *box)
    down = np.empty((height + 2, width * bands), np.uint32)
    down[1:-1] = across[:, bands:-bands]
    for _ in range(_BOX_PASSES):
        down[0], down[-1] = down[1], down[-2]
        _box_pass(down, width * bands, *box)
    return Image.fromarray(down[1:-1].astype(np.uint8).reshape(pixels.shape))


def _box_pass(levels: NDArray[np.uint32], step: int, centre: np.uint32, side: np.uint32) -> None:
    """Replace levels by their weighted sums with the neighbours `step` before and after, rounded; the ends stay.

    The array is treated as one line, which is three times as fast as row by row; values beyond the ends of rows become
    meaningless. Sums of levels within rows stay below 2³².
    """
    line = levels.reshape(-1)
    middle = line[step:-step]
    total = line[: -2 * step] + line[2 * step :]
    total *= side
    middle *= centre
    total += middle
    total += _HALF
    np.right_shift(total, _FRACTION_BITS, out=middle)


def _box_weights(radius: float) -> tuple[np.uint32, np.uint32] | None:
    """Return the weights of a box's centre and sides, in 2⁻²⁴ and by Pillow's single precision; None beyond 3 px."""
    one, two, six = np.float32(1), np.float32(2), np.float32(6)
    variance = np.float32(radius) * np.float32(radius) / np.float32(_BOX_PASSES)
    length = np.float32(math.sqrt(12.0 * float(variance) + 1.0))
    if length >= 3:
        return None
    half = -np.float32(3) * variance / (six * (variance - one))
    centre = int(np.float32(1 << _FRACTION_BITS) / (half * two + one))
    return np.uint32(centre), np.uint32(((1 << _FRACTION_BITS) - centre) // 2)
