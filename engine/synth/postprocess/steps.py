"""Crop: the edges are cut off, and never so much of the text that a letter goes with them.

On each side the cut may go through the room beside the text and then into at most a stated share of the outermost
stroke of ink there: the run of inked rows or columns that comes first from that side, and no more of it than half the
text's height. A thin l or the dot of an i is so hardly touched, a wide W loses its tip. Own rule.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_INKED = 64  # of 255: what is more transparent counts as no ink
_LEAST = 8  # px that an image keeps along each side

Box = tuple[int, int, int, int]


class Edges(NamedTuple):
    """Where the text lies in an image.

    Attributes:
        size: width and height of the image in px.
        room: px without ink at left, top, right and bottom.
        run: px of the outermost run of ink from those sides.
    """

    size: tuple[int, int]
    room: tuple[int, int, int, int]
    run: tuple[int, int, int, int]


def ink_edges(size: tuple[int, int], layer: Image.Image, corner: tuple[int, int]) -> Edges:
    """Return where the ink of a text lies.

    Args:
        size: width and height of the whole image in px.
        layer: the text alone, RGBA.
        corner: where the layer's upper left corner lies in the image (x, y in px).
    """
    ink = np.asarray(layer.getchannel("A")) > _INKED  # bool (H, W)
    columns, rows = np.atleast_1d(ink.any(axis=0)), np.atleast_1d(ink.any(axis=1))
    if not columns.any():
        return Edges(size, (0, 0, 0, 0), (0, 0, 0, 0))
    (left, right), (top, bottom) = _first(columns), _first(rows)
    room = (
        corner[0] + left[0],
        corner[1] + top[0],
        size[0] - corner[0] - len(columns) + right[0],
        size[1] - corner[1] - len(rows) + bottom[0],
    )
    half = int(rows.sum()) // 2
    runs = (min(left[1], half), top[1], min(right[1], half), bottom[1])
    return Edges(size, tuple(max(0, px) for px in room), runs)  # pyright: ignore[reportArgumentType]


def kept(edges: Edges, margins: list[float], texts: list[float]) -> Box:
    """Return what is left of an image (left, top, right, bottom in px).

    Args:
        edges: where the text lies.
        margins: how far each cut goes, 0 to 1, of all that it may take.
        texts: the share of the outermost run of ink that it may take beside the room, 0 to 0.25.
    """
    left, top, right, bottom = (
        int(margin * (room + text * run))
        for margin, text, room, run in zip(margins, texts, edges.room, edges.run, strict=True)
    )
    (width, height) = edges.size
    if width - left - right < _LEAST:
        left = right = 0
    if height - top - bottom < _LEAST:
        top = bottom = 0
    return left, top, width - right, height - bottom


def _first(inked: NDArray[np.bool_]) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return, from the start and from the end of a line: px before the first run of ink, and that run's length."""
    return _from_start(inked), _from_start(inked[::-1])


def _from_start(inked: NDArray[np.bool_]) -> tuple[int, int]:
    start = int(inked.argmax())
    rest = inked[start:]
    return start, len(rest) if rest.all() else int(rest.argmin())
