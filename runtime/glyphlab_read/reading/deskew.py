"""Level views of a word that climbs, falls or stands on its side, for readers that learned from level ones.

An upright rectangle around a slanted word is mostly not word: scaled to the rows of the network, the letters are too
small to be read. How far the word falls from one side of the image to the other is the fall at which the edges of its
letters gather in the fewest rows. That is the projection profile of page deskewing (Postl 1986, "Detection of linear
oblique structures and skew scan in digitized documents"), over shears of one small picture. Letters seen from the side
keep upright strokes, those on a tilted sign do not, so that both a sheared and a rotated view are given.
"""

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image

_COLUMNS, _ROWS = 48, 32  # of the small picture whose shears are compared
_FALLS = np.linspace(-0.7, 0.7, 41)  # of the height, over the image's width
_LEAST_FALL = 0.05  # of the height; less is read as it lies
_STRONGEST = 95  # percentile that edges are cut at, so that one bright line is not all
_LONG = 1 / 0.3  # times as wide as high: rectangles of longer words leave no room for a slant that matters
_TALL = 0.8  # times as wide as high: below it, a word may stand on its side
_MARGIN = 1.25  # times the height that letters would have if their rectangle had been drawn tightly
_MOST = 128  # px of the shorter side of the picture that views are taken from


class LevelView(NamedTuple):
    """A view of an image in which its text may lie level.

    Attributes:
        image: the view.
        skew: how far the text falls to the right in the image for that, degrees clockwise; 90: it runs downwards.
    """

    image: Image.Image
    skew: int


def level_views(image: Image.Image) -> Iterator[LevelView]:
    """Yield the views of an image in which a slanted or sideways word lies level; none of a long one."""
    image = _reduced(image)
    width, height = image.size
    if width < _TALL * height:
        yield LevelView(image.transpose(Image.Transpose.ROTATE_90), 90)
        yield LevelView(image.transpose(Image.Transpose.ROTATE_270), -90)
    if width > _LONG * height or min(width, height) < 4:
        return
    fall = _fall(image)
    if abs(fall) < _LEAST_FALL:
        return
    padded = _padded(image)
    angle = math.atan(fall * height / width)
    skew = round(math.degrees(angle)) or int(math.copysign(1, fall))
    yield LevelView(padded.sheared(fall), skew)
    if (rotated := padded.rotated(angle)) is not None:
        yield LevelView(rotated, skew)


def _reduced(image: Image.Image) -> Image.Image:
    """Return an image in grey or colour, with no more pixels than views need."""
    image = image if image.mode == "L" else image.convert("RGB")
    scale = _MOST / min(image.size)
    if scale >= 1:
        return image
    width, height = (max(1, round(side * scale)) for side in image.size)
    return image.resize((width, height), Image.Resampling.BILINEAR, reducing_gap=3.0)


def _fall(image: Image.Image) -> float:
    """Return how far the text falls over the width of its image, as a share of the height; negative: it climbs."""
    small = image.convert("L").resize((_COLUMNS, _ROWS), Image.Resampling.BOX, reducing_gap=2.0)
    edges = np.abs(np.gradient(np.asarray(small, np.float32), axis=1))
    edges = np.minimum(edges, np.percentile(edges, _STRONGEST) + 1e-3)
    rows = np.bincount(_PROFILES, np.tile(edges.ravel(), len(_FALLS)), len(_FALLS) * _BINS)
    return float(_FALLS[np.argmax((rows.reshape(len(_FALLS), _BINS) ** 2).sum(axis=1))])


def _profiles() -> npt.NDArray[np.int64]:
    """Return, for each fall and pixel of the small picture, the bin of the row that it lies in when level."""
    across = (np.arange(_COLUMNS) - (_COLUMNS - 1) / 2) / _COLUMNS
    rows = np.arange(_ROWS)[None, :, None] - _FALLS[:, None, None] * _ROWS * across[None, None, :]
    return (np.rint(rows).astype(np.int64) + _ROWS + _BINS * np.arange(len(_FALLS))[:, None, None]).ravel()


_BINS = 3 * _ROWS
_PROFILES = _profiles()


class _Padded(NamedTuple):
    """A picture with its edges repeated all round, so that views may reach beyond it.

    Attributes:
        image: the picture with its padding.
        size: width and height of the picture without it, px.
        padding: on each side, px.
    """

    image: Image.Image
    size: tuple[int, int]
    padding: int

    def sheared(self, fall: float) -> Image.Image:
        """Return the band of the picture that falls by that share of its height, its columns moved up or down."""
        width, height = self.size
        rows = height * (1 - abs(fall)) * _MARGIN
        return self._cut(width, rows, (1.0, 0.0, fall * height / width, 1.0))

    def rotated(self, angle: float) -> Image.Image | None:
        """Return the rectangle at that angle (radians) whose corners the picture encloses; None where there is none."""
        width, height = self.size
        cosine, sine, shrink = math.cos(angle), math.sin(angle), math.cos(2 * angle)
        if shrink < 0.1:  # near 45° any rectangle has the same enclosure
            return None
        long, high = ((one * cosine - other * abs(sine)) / shrink for one, other in ((width, height), (height, width)))
        if min(long, high) < 3:
            return None
        return self._cut(long * (1 + 0.3 * (_MARGIN - 1)), high * _MARGIN, (cosine, -sine, sine, cosine))

    def _cut(self, width: float, height: float, across_down: tuple[float, float, float, float]) -> Image.Image:
        """Return a view of that size around the centre; the numbers map steps in it to steps in the picture."""
        xx, xy, yx, yy = across_down
        columns, rows = max(1, round(width)), max(1, round(height))
        left, top = (side / 2 + self.padding for side in self.size)
        x, y = left - (xx * columns + xy * rows) / 2, top - (yx * columns + yy * rows) / 2
        mapping = (xx, xy, x, yx, yy, y)
        return self.image.transform((columns, rows), Image.Transform.AFFINE, mapping, Image.Resampling.BILINEAR)


def _padded(image: Image.Image) -> _Padded:
    padding = -(-max(image.size) // 4)
    pixels = np.asarray(image)
    around = ((padding, padding), (padding, padding), (0, 0))[: pixels.ndim]
    return _Padded(Image.fromarray(np.pad(pixels, around, mode="edge")), image.size, padding)
