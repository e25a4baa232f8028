"""Grounds: what a scene shows where there is no text, made of drawn textures and of pictures.

To draw a texture or to read a picture takes some 50 ms, so that a process keeps the last ones, and neighbouring scenes
cut their pieces out of the same few. A scene's number decides which, so any process draws the same scene.
"""

import functools
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from engine.config.scene_recipe import SceneRecipe
from engine.synth.scenes.geometry import homography, placed
from engine.synth.scenes.interiors import add_hall, add_person, add_railing, ceiling, clutter, goods, shop_front
from engine.synth.textures import (
    Generator,
    Pixels,
    bricks,
    clouds,
    cut_piece,
    dead_leaves,
    facade,
    foliage,
    plain,
    shelves,
    stripes,
    texture,
)

_PERIOD = 100  # scenes with the same surfaces
_AT_ONCE = 48  # textures, and pictures, that these share out
_NEW = 12  # of them in the next period
_CACHED = 3 * _AT_ONCE  # 0.8 MB each
_PICTURE_SIDE = 800  # px; larger pictures are reduced when they are read

_TEXTURES: dict[Callable[[Generator], Pixels], float] = {
    plain: 2.0,
    clouds: 2.0,
    dead_leaves: 2.0,
    foliage: 1.0,
    bricks: 1.0,
    facade: 1.3,
    shelves: 1.0,
    stripes: 0.9,
    goods: 1.2,
    clutter: 1.5,
    ceiling: 0.7,
    shop_front: 1.5,
}
"""Functions that draw a texture, each with how often it is taken."""

_HALL = {
    "floor": (plain, clouds, bricks),
    "ceiling": (ceiling, plain),
    "left": (shop_front, shop_front, plain, shelves, goods),
    "right": (shop_front, shop_front, plain, bricks, clutter),
    "end": (clutter, shop_front, facade, plain),
}
"""Textures of the sides of a hall."""


class Surfaces:
    """The surfaces that a scene may show.

    Args:
        index: number of the scene.
        picture: share of pieces that are cut out of pictures.
        pictures: files.
    """

    def __init__(self, index: int, picture: float, pictures: Sequence[Path]) -> None:
        self._first = index // _PERIOD * _NEW
        self._share, self._pictures = picture, pictures

    def piece(self, rng: Generator, width: int, height: int) -> Pixels:
        """Return a piece of a texture or of a picture, at a scale and in colours of its own."""
        number = self._first + int(rng.integers(_AT_ONCE))
        whole = None
        if self._pictures and rng.random() < self._share:
            whole = _picture(str(self._pictures[number % len(self._pictures)]))
        whole = _any_texture(number) if whole is None else whole
        return cut_piece(rng, whole, width, height)

    def hall(self, rng: Generator) -> dict[str, Pixels]:
        """Return the surfaces of a hall; see `add_hall`."""
        few = self._first + int(rng.integers(_AT_ONCE // 4))
        return {name: texture(few, draws[int(rng.integers(len(draws)))]) for name, draws in _HALL.items()}


def draw_ground(recipe: SceneRecipe, rng: Generator, width: int, height: int, surfaces: Surfaces) -> Pixels:
    """Draw the ground of a scene: a base or a hall, and in front of it up to six planes, some in perspective."""
    ground = surfaces.piece(rng, width, height)
    if rng.random() < recipe.halls:
        add_hall(rng, ground, surfaces.hall(rng))
        for _ in range(int(rng.integers(0, 5))):
            add_person(rng, ground)
        if rng.random() < 0.4:
            add_railing(rng, ground)
    planes = int(rng.integers(1, 7)) if rng.random() < recipe.planes else 0
    for _ in range(planes):
        _add_plane(rng, ground, surfaces)
    return ground


def _add_plane(rng: Generator, ground: Pixels, surfaces: Surfaces) -> None:
    height, width = ground.shape[:2]
    wide, high = int(width * rng.uniform(0.1, 0.8)), int(height * rng.uniform(0.1, 0.8))
    piece = surfaces.piece(rng, max(wide, 16), max(high, 16))
    turn = float(rng.normal(0, 4) if rng.random() < 0.8 else rng.uniform(-45, 45))
    place = (float(rng.uniform(0, width)), float(rng.uniform(0, height)))
    matrix = homography(piece.shape[1], piece.shape[0], place, 1.0, turn, rng.uniform(-50, 50), rng.uniform(-30, 30))
    span = placed(matrix, piece.shape[1], piece.shape[0], width, height)
    if span is None:
        return
    behind = ground[span.rows, span.columns]
    size = (behind.shape[1], behind.shape[0])
    warped = cv2.warpPerspective(piece, span.matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    whole = np.full(piece.shape[:2], 255, np.uint8)
    inside = cv2.warpPerspective(whole, span.matrix, size, flags=cv2.INTER_LINEAR)
    if rng.random() < 0.4:  # the shadow that the plane casts
        shift = np.array([[1, 0, rng.uniform(-12, 12)], [0, 1, rng.uniform(2, 14)]], np.float32)
        shade = cv2.GaussianBlur(cv2.warpAffine(inside, shift, size), (0, 0), float(rng.uniform(1, 8)))
        behind[:] = cv2.multiply(behind, cv2.merge([255 - shade // 2] * 3), scale=1 / 255)
    cv2.copyTo(warped, inside, behind)


def _any_texture(number: int) -> Pixels:
    shares = np.array(list(_TEXTURES.values()))
    kind = np.random.default_rng(number).choice(len(shares), p=shares / shares.sum())
    return texture(number, list(_TEXTURES)[int(kind)])


@functools.lru_cache(_CACHED)
def _picture(path: str) -> Pixels | None:
    """Return a picture as RGB, reduced; None where it cannot be read."""
    try:
        with Image.open(path, formats=("JPEG", "PNG", "WEBP")) as image:
            image.draft("RGB", (_PICTURE_SIDE, _PICTURE_SIDE))
            image.thumbnail((_PICTURE_SIDE, _PICTURE_SIDE))
            return np.asarray(image.convert("RGB"))
    except OSError:
        return None
