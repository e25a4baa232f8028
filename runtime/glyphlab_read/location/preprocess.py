"""Preparation of a photo as a locator's input: its size, and edges repeated up to whole multiples.

A photo keeps its colours. The same steps serve training, parity checks and use. Legend: H rows, W columns. This module
opens no files.
"""

from typing import Literal, NamedTuple, Self

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image
from pydantic import model_validator

from glyphlab_read.settings import ClosedModel, setting

SMALLEST_SIDE = 32
LARGEST_SIDE = 6400
"""Least and most px of the longer side of a prepared photo; the most keeps its memory within bounds."""

_STRIPS_FROM = 16_000_000  # pixels of a photo, above which it is shrunk strip by strip
_STRIP = 128  # rows of the prepared photo

Rgb = npt.NDArray[np.uint8]


class Prepared(NamedTuple):
    """A prepared photo.

    Attributes:
        pixels: uint8 (H, W, 3), without the padding.
        scale: px of the photo for one of these, along x and y.
    """

    pixels: Rgb
    scale: tuple[float, float]


class PhotoPreprocessing(ClosedModel):
    """The size at which a locator sees a photo."""

    mode: Literal["side", "fixed"] = setting(
        "side", help="side: the longer side is set and the aspect kept. fixed: every photo is squeezed to one size."
    )
    side: int = setting(1280, ge=SMALLEST_SIDE, le=LARGEST_SIDE, unit="px", help="Longer side of the prepared photo.")
    multiple: int = setting(32, ge=1, le=512, unit="px", help="Width and height are filled up to multiples of it.")
    width: int | None = setting(None, ge=8, le=4096, unit="px", help="Width of every photo, for fixed.")
    height: int | None = setting(None, ge=8, le=4096, unit="px", help="Height of every photo, for fixed.")

    @model_validator(mode="after")
    def _size_fits_mode(self) -> Self:
        given = (self.width is not None, self.height is not None)
        if given != ((self.mode == "fixed"),) * 2:
            raise ValueError("Width and height are given for fixed, both, and for side neither. Correct them")
        return self

    def size_of(self, width: int, height: int, side: int | None = None) -> tuple[int, int]:
        """Return width and height of the prepared photo, without the padding, for one of `width` × `height`.

        Args:
            width: of the photo, px.
            height: likewise.
            side: longer side to use in place of the usual one; at most LARGEST_SIDE. Fixed sizes stay fixed.
        """
        if self.width is not None and self.height is not None:
            return self.width, self.height
        factor = min(side or self.side, LARGEST_SIDE) / max(width, height)
        return max(round(width * factor), 1), max(round(height * factor), 1)

    def usual_side(self, size: tuple[int, int], drawn: bool) -> int:
        """Return the longer side at which a photo is seen where nobody asks for another.

        Photos of cameras are brought to one side: small ones are enlarged, since their text is as small. Drawn ones,
        of a dataset made by a recipe, are not: their letters have the sizes that networks learn from.

        Args:
            size: of the photo, px.
            drawn: whether it was made by a recipe.
        """
        return max(SMALLEST_SIDE, min(self.side, max(size))) if drawn else self.side

    def prepare(self, image: Image.Image, side: int | None = None) -> Prepared:
        """Return a photo of any mode at its size; shrunk pixels are averages, enlarged ones interpolated."""
        width, height = image.size
        size = self.size_of(width, height, side)
        scale, smaller = (width / size[0], height / size[1]), size[0] * size[1] < width * height
        if smaller and width * height > _STRIPS_FROM:
            return Prepared(_shrunk(image, size), scale)
        pixels = np.asarray(image if image.mode == "RGB" else image.convert("RGB"))
        if size != image.size:
            pixels = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA if smaller else cv2.INTER_LINEAR)
        return Prepared(np.asarray(pixels, np.uint8), scale)

    def padded(self, pixels: Rgb) -> Rgb:
        """Return pixels filled up to multiples on the right and below, by their last column and row."""
        if self.mode == "fixed":
            return pixels
        below, right = (-length % self.multiple for length in pixels.shape[:2])
        return np.pad(pixels, ((0, below), (0, right), (0, 0)), mode="edge") if below or right else pixels


def _shrunk(image: Image.Image, size: tuple[int, int]) -> Rgb:
    """Return a large photo at a smaller size, without ever copying all of it."""
    step = image.height / size[1]
    pixels = np.empty((size[1], size[0], 3), np.uint8)
    for top in range(0, size[1], _STRIP):
        bottom = min(top + _STRIP, size[1])
        # With as many rows around as the filter reaches, so that strips fit together.
        first, last = max(int(top * step - 2 * step), 0), min(int(bottom * step + 2 * step) + 1, image.height)
        strip = image.crop((0, first, image.width, last)).convert("RGB")
        box = (0, max(top * step - first, 0), image.width, min(bottom * step - first, strip.height))
        pixels[top:bottom] = np.asarray(strip.resize((size[0], bottom - top), Image.Resampling.BILINEAR, box=box))
    return pixels
