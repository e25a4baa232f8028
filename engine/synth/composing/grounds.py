"""Grounds of single words: trdg's, and pieces of the textures that scenes are drawn with; in any mean colour.

A texture takes some 30 ms, so a process keeps a dozen of each kind, out of which every word cuts its own piece, at a
scale and in a light of its own.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from engine.config.style import DRAWN_GROUNDS
from engine.synth.composing.effects import around
from engine.synth.postprocess.steps import Colour
from engine.synth.textures import Generator, Pixels, bricks, clouds, cut_piece, dead_leaves, plain, stripes, texture
from engine.synth.trdg.adapter import Drawing, draw_trdg_ground
from engine.synth.trdg.lettering import draw_picture

_OF_EACH = 12  # textures of each kind
_TEXTURES: dict[str, Callable[[Generator], Pixels]] = dict(
    zip(DRAWN_GROUNDS, (plain, clouds, dead_leaves, bricks, stripes), strict=True)
)


def draw_ground(drawing: Drawing, size: tuple[int, int], colour: Colour | None, room: float) -> Image.Image:
    """Return what stands behind a text, RGB.

    Args:
        drawing: names the background and the seed.
        size: width and height in px.
        colour: mean colour; None leaves the ground's own.
        room: levels of grey by which a pixel may differ from that colour.
    """
    width, height = size
    if drawing.background in _TEXTURES:
        ground = Image.fromarray(_piece(drawing.background, drawing.seed, width, height))
    else:
        ground = draw_trdg_ground(drawing, width, height)
    return ground if colour is None else Image.fromarray(around(np.asarray(ground), colour, 1.0, room))


def draw_filling(pictures: tuple[Path, ...] | None, size: tuple[int, int], seed: int) -> Pixels:
    """Return a texture for letters, RGB (H, W, 3): of any kind, or a piece of a picture where pictures are given."""
    width, height = size
    if pictures is not None:
        return np.asarray(draw_picture(pictures, width, height, seed))
    return _piece(DRAWN_GROUNDS[seed % len(DRAWN_GROUNDS)], seed, width, height)


def _piece(kind: str, seed: int, width: int, height: int) -> Pixels:
    rng = np.random.default_rng(seed)
    return cut_piece(rng, texture(int(rng.integers(_OF_EACH)), _TEXTURES[kind]), width, height)
