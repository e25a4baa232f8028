"""Parts that stand in for trdg's own: the same pixels from the same dice, without doing anything twice.

Fonts, glyphs and pictures are kept between images, columns are moved by index instead of one by one, and the blurred
mask that trdg makes beside each image is left out, because nobody looks at it. A test compares every part with stock
trdg, pixel by pixel. This module does not import trdg and holds no dice.
"""

import functools
import math
from collections.abc import Callable, Sequence
from operator import mul
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from engine.images.open import open_image

Glyph = tuple[Any, tuple[int, int]]
_LEVELS = range(256)
_FONTS = 320  # fonts at one size kept open, some 1.4 MB each; a recipe of one height needs about a hundred
_KEPT = 4096  # glyphs kept for each font and size; an alphabet needs about a hundred, twice


class KeepingFont(ImageFont.FreeTypeFont):
    """A font that remembers its glyphs: trdg draws character by character, and letters come back.

    All of it lies in the font itself, in plain dictionaries: caches elsewhere, or of its methods, would hold on to
    fonts that are closed, and a recipe of many heights opens thousands.
    """

    def __init__(self, path: str, size: int) -> None:
        super().__init__(path, size)
        self._advances: dict[str, float] = {}
        self._widths: dict[str, int] = {}
        self._glyphs: dict[tuple[str, str], Glyph] = {}

    def height(self, text: str) -> int:
        """Return how far down a text reaches (px), which `getbbox` would shape it again for."""
        bitmap, (_, top) = self.glyph(text, "L")
        return top + bitmap.size[1]

    def getlength(self, text: str | bytes, *args: Any, **kwargs: Any) -> float:
        """Return how far a text reaches (px)."""
        if args or kwargs:
            return super().getlength(text, *args, **kwargs)
        return _kept(self._advances, text, super().getlength, text)

    def width(self, text: str, measure: Callable[["KeepingFont", str], int]) -> int:
        """Return what trdg's function measures (px)."""
        return _kept(self._widths, text, measure, self, text)

    def glyph(self, text: str, mode: str) -> Glyph:
        """Return the bitmap of a character and its place (px); nobody writes to it, so it may be handed out again."""
        return _kept(self._glyphs, (text, mode), self._drawn, text, mode)

    def _drawn(self, text: str, mode: str) -> Glyph:
        return self.getmask2(text, mode, anchor="la", start=(0, 0), stroke_filled=True)


def _kept(found: dict[Any, Any], key: Any, make: Callable[..., Any], *arguments: Any) -> Any:
    """Return what is kept under a key, made when it is first asked for."""
    if key not in found:
        if len(found) >= _KEPT:
            found.clear()
        found[key] = make(*arguments)
    return found[key]


@functools.lru_cache(_FONTS)
def font(font: str, size: int) -> KeepingFont:
    """Stand in for `ImageFont.truetype`."""
    return KeepingFont(font, size)


class Pen(ImageDraw.ImageDraw):
    """Stand in for `ImageDraw.Draw`, for one piece of text at whole pixels."""

    def text(
        self, xy: tuple[int, int], text: str, fill: Any, font: KeepingFont, stroke_width: int, stroke_fill: Any
    ) -> None:
        """Draw a piece at `xy` (px), outlined where a stroke has a width."""
        if stroke_width:
            super().text(xy, text, fill, font, stroke_width=stroke_width, stroke_fill=stroke_fill)
            return
        mask, (left, top) = font.glyph(text, self.fontmode)
        self.draw.draw_bitmap((xy[0] + left, xy[1] + top), mask, self.draw.draw_ink(fill))


class TracingPen(Pen):
    """Paints up to three pieces of a text in pure red, green and blue and the rest in black, outlines included."""

    def __init__(self, image: Image.Image, first: int) -> None:
        super().__init__(image)
        self._next = -first  # 0, 1, 2 for the pieces to paint

    def text(
        self, xy: tuple[int, int], text: str, fill: Any, font: KeepingFont, stroke_width: int, stroke_fill: Any
    ) -> None:
        """Draw the next piece."""
        paint = tuple(255 * (band == self._next) for band in range(3))
        self._next += 1
        super().text(xy, text, paint, font, stroke_width, paint)


class Mask:
    """Stand in for the RGB mask of a text: its blue band alone, which is all that trdg looks at."""

    def __init__(self, blue: Image.Image) -> None:
        self.blue = blue

    def rotate(self, angle: float, expand: int) -> "Mask":
        """Return it turned, as `Image.rotate` does."""
        return Mask(self.blue.rotate(angle, expand=bool(expand)))

    def resize(self, size: tuple[int, int], resample: Image.Resampling) -> "Mask":
        """Return it scaled, as `Image.resize` does."""
        return Mask(self.blue.resize(size, resample))

    def crop(self, box: tuple[int, int, int, int] | None) -> "Mask":
        """Return a part of it, as `Image.crop` does."""
        return Mask(self.blue.crop(box))

    def split(self) -> tuple[None, None, Image.Image]:
        """Return its bands."""
        return None, None, self.blue


class MaskPen(Pen):
    """A pen that draws the blue of its colours into a mask."""

    def text(
        self, xy: tuple[int, int], text: str, fill: Any, font: KeepingFont, stroke_width: int, stroke_fill: Any
    ) -> None:
        """Draw a piece as `Pen` does."""
        super().text(xy, text, fill[2], font, stroke_width, stroke_fill[2])


class NoMask:
    """Stand in for a mask that nobody will look at: takes every step that its image takes, and does nothing."""

    def paste(self, *_: Any) -> None:
        """Do nothing."""

    def convert(self, *_: Any, **__: Any) -> "NoMask":
        """Return itself."""
        return self

    filter = rotate = resize = crop = convert

    def split(self) -> tuple[None, None, "NoMask"]:
        """Return its bands."""
        return None, None, self


class NoPen:
    """Stand in for the pen that draws into such a mask."""

    fontmode = "1"

    def text(self, *_: Any, **__: Any) -> None:
        """Do nothing."""


AnyMask = Mask | NoMask


def new(mode: str, size: tuple[int, int], colour: Any, masked: bool = True) -> Image.Image | AnyMask:
    """Stand in for `Image.new`, by which trdg begins a text (RGBA) and its mask (RGB); that only if it is `masked`."""
    if mode == "RGB":
        return Mask(Image.new("L", size)) if masked else NoMask()
    return Image.new(mode, size, colour)


def pen(image: Image.Image | AnyMask, mode: str | None = None, tracing: int | None = None) -> Pen | NoPen:
    """Stand in for `ImageDraw.Draw`; with `tracing`, three pieces from that on are painted apart."""
    if isinstance(image, NoMask):
        return NoPen()
    if isinstance(image, Mask):
        return MaskPen(image.blue)
    return Pen(image, mode) if tracing is None else TracingPen(image, tracing)


class Stat:
    """Stand in for `ImageStat.Stat`, as far as trdg looks: `mean`, one value a band, of a text the first two."""

    def __init__(self, image: Image.Image, mask: Image.Image | None = None) -> None:
        levels = image.histogram(mask)
        bands = [levels[start : start + 256] for start in range(0, 512 if mask else len(levels), 256)]
        self.mean = [sum(map(mul, band, _LEVELS)) / (sum(band) or 1) for band in bands]


@functools.lru_cache(maxsize=64)
def _picture(path: Path) -> Image.Image:
    return open_image(path)


@functools.lru_cache(maxsize=64)
def _enlarged(path: Path, width: int, height: int) -> Image.Image:
    picture = _picture(path)
    if picture.width < width:
        picture = picture.resize((width, int(picture.height * (width / picture.width))), Image.Resampling.LANCZOS)
    if picture.height < height:
        picture = picture.resize((int(picture.width * (height / picture.height)), height), Image.Resampling.LANCZOS)
    return picture


def picture_background(dice: Random, paths: Sequence[Path], width: int, height: int) -> Image.Image:
    """Return a piece of one of the pictures, `width` by `height` px, enlarged first where the picture is smaller."""
    path = paths[dice.randint(0, len(paths) - 1)]
    picture = _picture(path)
    if picture.width < width or picture.height < height:
        picture = _enlarged(path, width, height)
    x = dice.randint(0, picture.width - width) if picture.width != width else 0
    y = dice.randint(0, picture.height - height) if picture.height != height else 0
    return picture.crop((x, y, x + width, y + height))


def bend(
    wave: Callable[[float], float], image: Image.Image, mask: AnyMask | Image.Image, vertical: bool, horizontal: bool
) -> tuple[Image.Image, AnyMask | Image.Image]:
    """Stand in for `sin` and `cos`: shift along a wave, one degree a px, as high as the image's height's root (px)."""
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
    """Stand in for `_apply_func_distorsion`: shift columns up and down, then rows left and right.

    Args:
        image: RGBA.
        mask: that of the text, of the same size.
        vertical: whether columns move.
        horizontal: whether rows move.
        most: the largest shift in px; that much room is added on both sides along each moved axis.
        shift: gives the shift of column or row i in px; asked for every column, then for every row.
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
    # trdg asks for more rows when columns moved too, and leaves out those beyond.
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

    # A pixel's four bytes move as one number.
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
