"""Search of a photo: prepared, seen whole or tile by tile, and put together as its text map.

A bundle and the network that it is made of search a photo by the same function, so that they can be compared. Photos
that are seen larger than a tile are seen tile by tile, so that memory grows with the map alone.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image

from glyphlab_read.location.maps import MapName
from glyphlab_read.location.preprocess import PhotoPreprocessing, Rgb
from glyphlab_read.location.text_map import TextMap

TILE = 1600
"""Most px along each side that the network sees at once."""

OVERLAP = 256
"""Px that neighbouring tiles share: half of it, next to a cut edge, is not used of either."""

Run = Callable[[Rgb], npt.NDArray[np.floating]]
"""A network: padded pixels, uint8 (H, W, 3), to maps (h, w, M)."""


def map_photo(
    run: Run,
    image: Image.Image,
    preprocessing: PhotoPreprocessing,
    names: tuple[MapName, ...],
    shrink: float,
    side: int | None = None,
) -> TextMap:
    """Return the text map of a photo.

    Args:
        run: the network.
        image: the photo, of any mode and size.
        preprocessing: its size.
        names: of the network's maps.
        shrink: ratio that its kernels are shrunk by.
        side: longer side at which the photo is seen, px; None: the usual one.
    """
    prepared = preprocessing.prepare(image, side)
    height, width = prepared.pixels.shape[:2]
    step = preprocessing.multiple if preprocessing.mode == "side" else None
    maps, x_stride, y_stride = np.zeros((0, 0, 0), np.float16), 1.0, 1.0
    for rows in _spans(height, step):
        for columns in _spans(width, step):
            padded = preprocessing.padded(prepared.pixels[rows.begin : rows.end, columns.begin : columns.end])
            tile = np.fmin(np.fmax(run(padded), 0), 1)  # fmax takes 0 rather than what is no number
            if not maps.size:
                y_stride, x_stride = padded.shape[0] / tile.shape[0], padded.shape[1] / tile.shape[1]
                maps = np.zeros((math.ceil(height / y_stride), math.ceil(width / x_stride), tile.shape[2]), np.float16)
            into_y, of_y = rows.cells(y_stride)
            into_x, of_x = columns.cells(x_stride)
            maps[into_y, into_x] = tile[of_y, of_x]
    scale = (prepared.scale[0] * x_stride, prepared.scale[1] * y_stride)
    return TextMap(maps, names, shrink, scale, image.size)


class _Span(NamedTuple):
    """Pixels of a tile along one axis: what it sees, from `begin` to `end`, and what of it is used."""

    begin: int
    end: int
    first: int
    last: int

    def cells(self, stride: float) -> tuple[slice, slice]:
        """Return what is used, in cells of the whole map and of the tile's."""
        first, last, begin = (math.ceil(px / stride) for px in (self.first, self.last, self.begin))
        return slice(first, last), slice(first - begin, last - begin)


def _spans(length: int, step: int | None) -> list[_Span]:
    """Return overlapping tiles over a length, each beginning at a multiple of `step`; None: one tile in any case."""
    if step is None or length <= TILE:
        return [_Span(0, length, 0, length)]
    count = math.ceil((length - OVERLAP) / (TILE // step * step - OVERLAP))
    tile = math.ceil((length + (count - 1) * OVERLAP) / count / step) * step  # no larger than so many need
    begins = [math.ceil(number * (length - tile) / (count - 1) / step) * step for number in range(count)]
    ends = [min(begin + tile, length) for begin in begins]
    cuts = [(begin + end) // 2 // step * step for begin, end in zip(begins[1:], ends[:-1], strict=True)]
    return [_Span(*span) for span in zip(begins, ends, [0, *cuts], [*cuts, length], strict=True)]
