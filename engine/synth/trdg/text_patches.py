"""Replacements for what trdg draws text with (Pillow's fonts, pens and masks): the same pixels in less time.

Fonts and glyphs are cached between images, and the blurred mask that trdg makes beside each image is left out, because
nothing uses it. A test compares the result with stock trdg, pixel by pixel. This module does not import trdg.
"""

import functools
from collections.abc import Callable
from operator import mul
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from engine.synth.glyph_size import check_size

Glyph = tuple[Any, tuple[int, int]]
Box = tuple[int, int, int, int]
_LEVELS = range(256)
_CACHED_FONTS = 320  # fonts at one size kept open, some 1.4 MB each; a recipe of one height needs about a hundred
_CACHED_CHARACTERS = 4096  # for each font and size; an alphabet needs about a hundred, twice
_CACHED_PIECES = 64  # longer ones, for each font and size; an image asks for each several times, the next for others
_CHECKED_TEXTS = 50_000  # characters, and words of scripts that are shaped


class _TextCache:
    """Values by text: of single characters, which come back, and of a few longer pieces, which hardly do."""

    def __init__(self) -> None:
        self._characters: dict[Any, Any] = {}
        self._pieces: dict[Any, Any] = {}

    def get(self, text: str | bytes, key: Any, make: Callable[..., Any], *arguments: Any) -> Any:
        """Return the value of a key that has this text, made when it is first asked for."""
        if len(text) == 1:
            return _cached(self._characters, key, make, *arguments)
        return _cached(self._pieces, key, make, *arguments, most=_CACHED_PIECES)


class CachingFont(ImageFont.FreeTypeFont):
    """A font that caches its glyphs: trdg draws character by character, and letters come back.

    The caches are the font's own: caches elsewhere, or of its methods, would keep closed fonts alive, and a recipe of
    many heights opens thousands.
    """

    def __init__(self, path: str, size: int) -> None:
        super().__init__(path, size)
        self._advances, self._widths, self._glyphs, self._inks = (_TextCache() for _ in range(4))

    def height(self, text: str) -> int:
        """Return how far down a text reaches (px), without shaping it again as `getbbox` does."""
        bitmap, (_, top) = self.glyph(text, "L")
        return top + bitmap.size[1]

    def getlength(self, text: str | bytes, *args: Any, **kwargs: Any) -> float:
        """Return how far a text reaches (px)."""
        if args or kwargs:
            return super().getlength(text, *args, **kwargs)
        return self._advances.get(text, text, super().getlength, text)

    def width(self, text: str, measure: Callable[["CachingFont", str], int]) -> int:
        """Return the width (px) that trdg's function measures."""
        return self._widths.get(text, text, measure, self, text)

    def glyph(self, text: str, mode: str) -> Glyph:
        """Return the bitmap of a character and its offset (px); it is shared: do not change it."""
        return self._glyphs.get(text, (text, mode), self._drawn, text, mode)

    def ink(self, text: str, stroke_width: int) -> Box | None:
        """Return the box (px) that a text inks where it is set at (0, 0); None where it shows nothing."""
        return self._inks.get(text, (text, stroke_width), self._inked, text, stroke_width)

    def _check(self, text: str) -> None:
        """Raise OversizedGlyph; looked at once for all sizes of the font, for both grow alike."""
        _cached(_checked, (self.path, text), check_size, self, text, most=_CHECKED_TEXTS)

    def _drawn(self, text: str, mode: str) -> Glyph:
        self._check(text)
        return self.getmask2(text, mode, anchor="la", start=(0, 0), stroke_filled=True)

    def _inked(self, text: str, stroke_width: int) -> Box | None:
        if stroke_width:
            self._check(text)
            bitmap, (left, top) = self.getmask2(text, "L", stroke_width=stroke_width, anchor="la", start=(0, 0))
        else:
            bitmap, (left, top) = self.glyph(text, "L")
        box = bitmap.getbbox()
        return box and (left + box[0], top + box[1], left + box[2], top + box[3])


_checked: dict[Any, None] = {}  # files of fonts with texts whose size is known to be sound


def _cached(
    cache: dict[Any, Any], key: Any, make: Callable[..., Any], *arguments: Any, most: int = _CACHED_CHARACTERS
) -> Any:
    """Return the cached value of a key, made when it is first asked for; the cache holds so many at most."""
    if key not in cache:
        if len(cache) >= most:
            cache.clear()
        cache[key] = make(*arguments)
    return cache[key]


@functools.lru_cache(_CACHED_FONTS)
def font(font: str, size: int) -> CachingFont:
    """Replace `ImageFont.truetype`."""
    return CachingFont(font, size)


class Pen(ImageDraw.ImageDraw):
    """Replacement for `ImageDraw.Draw`, for one piece of text at whole pixels; places count from `origin` (px)."""

    def __init__(self, image: Image.Image, origin: tuple[int, int] = (0, 0)) -> None:
        super().__init__(image)
        self._origin = origin

    def text(
        self, xy: tuple[int, int], text: str, fill: Any, font: CachingFont, stroke_width: int, stroke_fill: Any
    ) -> None:
        """Draw a piece at `xy` (px), outlined where a stroke has a width."""
        x, y = xy[0] + self._origin[0], xy[1] + self._origin[1]
        if stroke_width:
            super().text((x, y), text, fill, font, stroke_width=stroke_width, stroke_fill=stroke_fill)
            return
        mask, (left, top) = font.glyph(text, self.fontmode)
        self.draw.draw_bitmap((x + left, y + top), mask, self.draw.draw_ink(fill))


class TracingPen(Pen):
    """A pen for up to three pieces of a text in pure red, green and blue and the rest in black, outlines included."""

    def __init__(self, image: Image.Image, first: int, origin: tuple[int, int]) -> None:
        super().__init__(image, origin)
        self._next = -first  # 0, 1, 2 for the pieces to paint

    def text(
        self, xy: tuple[int, int], text: str, fill: Any, font: CachingFont, stroke_width: int, stroke_fill: Any
    ) -> None:
        """Draw the next piece."""
        paint = tuple(255 * (band == self._next) for band in range(3))
        self._next += 1
        super().text(xy, text, paint, font, stroke_width, paint)


class Mask:
    """Replacement for the RGB mask of a text: its blue band alone, the only one that trdg uses."""

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
        self, xy: tuple[int, int], text: str, fill: Any, font: CachingFont, stroke_width: int, stroke_fill: Any
    ) -> None:
        """Draw a piece as `Pen` does."""
        super().text(xy, text, fill[2], font, stroke_width, stroke_fill[2])


class NoMask:
    """Replacement for a mask that is never used: it accepts every call that trdg makes on one, and does nothing."""

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
    """Replacement for the pen that draws into a `NoMask`."""

    fontmode = "1"

    def text(self, *_: Any, **__: Any) -> None:
        """Do nothing."""


AnyMask = Mask | NoMask


def pen(image: Image.Image | AnyMask, tracing: int | None = None, origin: tuple[int, int] = (0, 0)) -> Pen | NoPen:
    """Return the pen of a text or a mask; with `tracing`, three pieces from there on get a colour each."""
    if isinstance(image, NoMask):
        return NoPen()
    if isinstance(image, Mask):
        return MaskPen(image.blue, origin)
    return Pen(image, origin) if tracing is None else TracingPen(image, tracing, origin)


class Stat:
    """Replacement for `ImageStat.Stat` with what trdg uses: `mean`, one value per band, of a text the first two."""

    def __init__(self, image: Image.Image, mask: Image.Image | None = None) -> None:
        levels = image.histogram(mask)
        bands = [levels[start : start + 256] for start in range(0, 512 if mask else len(levels), 256)]
        self.mean = [sum(map(mul, band, _LEVELS)) / (sum(band) or 1) for band in bands]
