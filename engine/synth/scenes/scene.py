"""Drawing of scenes: scene `index` of a recipe and a seed is the same in every process and at any time.

A ground, distractors, blocks of text in perspective where there is room, light and camera; the outlines of characters,
words and lines follow from how the scene is built. This module writes nothing.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from engine.config.distributions import ends
from engine.config.scene_recipe import SceneRecipe
from engine.config.style import Style
from engine.config.text_sources import TextSource
from engine.measures.pixels import LUMA
from engine.regions.polygons import clipped
from engine.regions.region import Region, move_all
from engine.synth.asset_resolver import AssetResolver
from engine.synth.fonts import Font
from engine.synth.rng import rng_for
from engine.synth.samples import fonts_for
from engine.synth.scenes.blocks import Block, BlockTexts, draw_block
from engine.synth.scenes.camera import photograph
from engine.synth.scenes.distractors import add_distractors
from engine.synth.scenes.geometry import Matrix, homography, placed, seen
from engine.synth.scenes.grounds import Surfaces, draw_ground
from engine.synth.scenes.lettering import Typeface
from engine.synth.style import Item, check_faults, first_able
from engine.synth.texts import draw_text
from engine.synth.textures import Generator, Pixels
from glyphlab_read.regions.quads import area, enclosing_quad, sides

_TRIES = 8  # places of a block before it is left out
_COARSE = 4  # px of a scene for one of the map of what is taken
_VISIBLE = 0.45  # share of a word within the frame below which it does not count
_WHISKER = 0.03  # share below which it is not listed at all


@dataclass(frozen=True)
class Scene:
    """An image (RGB), the regions of text in it, and the values that decided it."""

    image: Image.Image
    regions: tuple[Region, ...]
    factors: dict[str, Any]


def draw_scene(
    recipe: SceneRecipe,
    seed: int,
    index: int,
    assets: AssetResolver | None = None,
    pictures: tuple[Path, ...] = (),
    size: tuple[int, int] | None = None,
) -> Scene:
    """Draw scene `index`.

    Args:
        recipe: the recipe.
        seed: any integer; another gives other scenes.
        index: number of the scene, from 0.
        assets: finds fonts and lists; None finds bundled ones only.
        pictures: files to take grounds from.
        size: width and height in px instead of the recipe's.

    Raises:
        ConfigError: something the recipe names does not exist.
    """
    key = f"{seed}/{index}"
    frame = _stream(key, "frame")
    drawn = (int(frame.integers(low, high + 1)) for low, high in (ends(recipe.width), ends(recipe.height)))
    width, height = size or tuple(drawn)
    surfaces = Surfaces(index, recipe.picture, pictures)
    pixels = draw_ground(recipe, _stream(key, "ground"), width, height, surfaces)
    taken = np.zeros((height // _COARSE + 1, width // _COARSE + 1), np.uint8)
    regions: list[Region] = []
    groups = int(frame.integers(ends(recipe.groups)[0], ends(recipe.groups)[1] + 1))
    if frame.random() < recipe.empty:
        groups = 0
    view = (frame.uniform(-1, 1) * recipe.perspective, frame.uniform(-0.5, 0.5) * recipe.perspective)
    things = int(frame.integers(ends(recipe.distractors)[0], ends(recipe.distractors)[1] + 1))
    composer = _Composer(recipe, key, assets or AssetResolver(), pixels, taken, view)
    add_distractors(_stream(key, "things"), pixels, things // 2, composer.is_taken)
    for number in range(groups):
        regions += composer.add(number)
    add_distractors(_stream(key, "more"), pixels, things - things // 2, composer.is_taken)
    photo = photograph(recipe, _stream(key, "camera"), pixels)
    regions = _visible(regions, width, height)
    judged = tuple(_judged(region, photo, recipe) for region in regions)
    words = sum(region.level == "word" for region in judged)
    return Scene(Image.fromarray(photo), judged, {"groups": groups, "words": words, "distractors": things})


class _Composer:
    """Puts blocks of text into one scene."""

    def __init__(
        self,
        recipe: SceneRecipe,
        key: str,
        assets: AssetResolver,
        pixels: Pixels,
        taken: npt.NDArray[np.uint8],
        view: tuple[float, float],
    ) -> None:
        self._recipe, self._key, self._assets = recipe, key, assets
        self._pixels, self._taken, self._view = pixels, taken, view

    def is_taken(self, place: tuple[int, int], radius: float) -> bool:
        """Say whether text lies within a radius (px) of a place."""
        left, right = (int(max(0.0, place[0] + sign * radius)) // _COARSE for sign in (-1, 1))
        top, bottom = (int(max(0.0, place[1] + sign * radius)) // _COARSE for sign in (-1, 1))
        return bool(self._taken[top : bottom + 1, left : right + 1].any())

    def add(self, number: int) -> list[Region]:
        """Add block `number` where there is room, and return its regions; none where there is none."""
        rng = _stream(self._key, f"block/{number}")
        recipe, (height, width) = self._recipe, self._pixels.shape[:2]
        low, high = ends(recipe.text_height)
        tall = float(np.exp(rng.uniform(np.log(low), np.log(max(high, low + 1e-6)))))
        kinds, cumulative = recipe.blocks.choices
        kind = kinds[int(np.searchsorted(cumulative, rng.random() * cumulative[-1]))]
        if kind == "page":
            tall = min(tall, height / 18)
        place = self._free_place(rng, tall)
        if place is None:  # a block takes longer to draw than to find no room for it
            return []
        words = self._words(rng, f"{self._key}/block/{number}")
        behind = self._mean_colour(place, tall)
        room = (int(0.95 * width), int(0.95 * height))
        block = draw_block(kind, recipe, rng, words, tall, room, behind)
        if block is None:
            return []
        turn, yaw, pitch = self._orientation(rng)
        for _ in range(_TRIES):
            matrix = homography(block.opacity.shape[1], block.opacity.shape[0], place, 1.0, turn, yaw, pitch)
            if self._claim(block, matrix):
                self._put(block, matrix)
                return move_all(block.regions, lambda points, matrix=matrix: seen(points, matrix))
            place = self._free_place(rng, tall)
            if place is None:
                break
        return []

    def _free_place(self, rng: Generator, tall: float) -> tuple[float, float] | None:
        """Return a place with no text around it, px; None where none is found."""
        height, width = self._pixels.shape[:2]
        for _ in range(_TRIES):
            x, y = float(rng.uniform(0, width)), float(rng.uniform(0, height))
            if not self.is_taken((int(x), int(y)), 1.5 * tall):
                return x, y
        return None

    def _orientation(self, rng: Generator) -> tuple[float, float, float]:
        turn = float(rng.uniform(-180, 180) if rng.random() < self._recipe.turned else rng.normal(0, self._recipe.tilt))
        if rng.random() < 0.6:  # on the wall that the scene looks at
            yaw, pitch = (angle + float(rng.normal(0, 4)) for angle in self._view)
            return turn, yaw, pitch
        reach = self._recipe.perspective
        return turn, float(rng.uniform(-reach, reach)), float(rng.uniform(-reach, reach) / 2)

    def _claim(self, block: Block, matrix: Matrix) -> bool:
        """Take the room of a block unless some of it is taken, or most of it lies outside."""
        tall, wide = block.opacity.shape
        outline = seen(np.array([[0, 0], [wide, 0], [wide, tall], [0, tall]], np.float32), matrix)
        height, width = self._pixels.shape[:2]
        inside = clipped(outline, width, height)
        if inside is None or abs(area(inside)) < 0.6 * abs(area(outline)):
            return False
        mask = np.zeros_like(self._taken)
        cv2.fillPoly(mask, [np.rint(inside / _COARSE).astype(np.int32)], 1)
        if cv2.bitwise_and(self._taken, cv2.dilate(mask, np.ones((3, 3), np.uint8))).any():
            return False
        self._taken |= mask
        return True

    def _put(self, block: Block, matrix: Matrix) -> None:
        """Paint a block on the scene."""
        tall, wide = block.opacity.shape
        height, width = self._pixels.shape[:2]
        span = placed(matrix, wide, tall, width, height)
        if span is None:
            return
        part = self._pixels[span.rows, span.columns]
        size = (part.shape[1], part.shape[0])
        colours = cv2.warpPerspective(block.colours, span.matrix, size, flags=1, borderMode=cv2.BORDER_REPLICATE)
        opacity = cv2.warpPerspective(block.opacity, span.matrix, size, flags=cv2.INTER_LINEAR)
        share = opacity.astype(np.uint16)[..., None]
        part[:] = ((part * (255 - share) + colours * share + 127) // 255).astype(np.uint8)

    def _mean_colour(self, place: tuple[float, float], reach: float) -> npt.NDArray[np.float32]:
        x, y, span = int(place[0]), int(place[1]), max(2, int(reach))
        part = self._pixels[max(0, y - span) : y + span, max(0, x - 2 * span) : x + 2 * span]
        return part.reshape(-1, 3).mean(axis=0).astype(np.float32)

    def _words(self, rng: Generator, key: str) -> BlockTexts:
        recipe = self._recipe.words
        (style,) = rng.choice(np.array(recipe.looks, object), 1, p=_shares(look.weight for look in recipe.looks))
        shares = _shares(source.weight for source in recipe.texts)
        faces = _Faces(style, rng, self._assets)
        count = 0

        def text() -> str:
            nonlocal count
            count += 1
            source: TextSource = recipe.texts[int(rng.choice(len(shares), p=shares))]
            faces.source = source
            return draw_text(source, rng_for(f"{key}/{count}"), self._assets)

        return BlockTexts(text, faces.able, lambda: _colour(style, rng))


class _Faces:
    """The typeface of a block, kept for all its texts as far as it can draw them."""

    def __init__(self, style: Style, rng: Generator, assets: AssetResolver) -> None:
        self._style, self._rng, self._assets = style, rng, assets
        self.source: TextSource | None = None
        self._font: Font | None = None
        low, high = ends(style.character_spacing)
        self._spacing = rng.uniform(low, high) / 40 if rng.random() < 0.4 else 0.0
        low, high = ends(style.stroke_width)
        self._stroke = rng.uniform(low, high) / 32

    def able(self, text: str) -> Typeface | None:
        """Return the typeface for a text; None where no font can draw it."""
        if self._font is None or not (self._font.can_draw(text) and self._font.is_plain(text)):
            self._font = self._drawn(text)
        return self._font and Typeface(self._font, self._spacing, self._stroke)

    def _drawn(self, text: str) -> Font | None:
        if self.source is None:
            return None
        lists = fonts_for(self._style, self.source, self._assets)
        font = first_able(itertools.chain.from_iterable(map(self._in_random_order, lists)), text)
        if font is None:
            check_faults(lists, text)
        return font

    def _in_random_order(self, fonts: list[Font]) -> Iterator[Font]:
        if not self._style.by_family:
            yield from self._permuted(fonts)
            return
        for family in self._permuted(self._assets.families(fonts)):
            yield from self._permuted(family)

    def _permuted(self, items: Sequence[Item]) -> Iterator[Item]:
        return (items[number] for number in self._rng.permutation(len(items)))


def _colour(style: Style, rng: Generator) -> npt.NDArray[np.float32]:
    """Draw a colour for letters from a style."""
    colours = style.colours
    chosen = colours[int(rng.choice(len(colours), p=_shares(each.weight for each in colours)))]
    low, high = (np.array([int(end[i : i + 2], 16) for i in (1, 3, 5)]) for end in (chosen.low, chosen.high))
    return rng.uniform(np.minimum(low, high), np.maximum(low, high)).astype(np.float32)


def _shares(weights: Any) -> npt.NDArray[np.float64]:
    values = np.array(list(weights), np.float64)
    return values / values.sum()


def _visible(regions: list[Region], width: int, height: int) -> list[Region]:
    """Cut regions at the frame; those of which too little is left do not count, or are left out."""
    kept = []
    for region, inside in zip(regions, _inside(regions, width, height), strict=True):
        if inside:
            kept.append(region)
            continue
        part = clipped(region.polygon, width, height)
        whole = abs(area(region.polygon))
        share = abs(area(part)) / whole if part is not None and whole else 0.0
        if part is not None and share > _WHISKER:
            cut = region.moved(part)
            kept.append(cut.ignored() if share < _VISIBLE else cut)
    return kept


def _inside(regions: list[Region], width: int, height: int) -> list[bool]:
    """Say of each region whether all its corners lie within the frame."""
    if not regions:
        return []
    corners = np.concatenate([region.polygon for region in regions])
    within = ((corners >= 0) & (corners <= [width, height])).all(axis=1)
    starts = np.cumsum([0, *(len(region.polygon) for region in regions[:-1])])
    return np.logical_and.reduceat(within, starts).tolist()


def _judged(region: Region, photo: Pixels, recipe: SceneRecipe) -> Region:
    """Ignore a word or line that is too small to read, or hardly stands out."""
    if region.ignore or region.level == "character":
        return region
    if min(sides(enclosing_quad(region.polygon))) < recipe.least_height:
        return region.ignored()
    low, high = region.polygon.min(axis=0).astype(int), np.ceil(region.polygon.max(axis=0)).astype(int) + 1
    part = photo[max(low[1], 0) : high[1], max(low[0], 0) : high[0]]
    if not part.size:
        return region.ignored()
    step = max(1, int(np.sqrt(part.shape[0] * part.shape[1] / 1500)))
    grey = part[::step, ::step] @ np.array(LUMA, np.float32)
    faint = np.subtract(*np.percentile(grey, [92, 8])) < recipe.least_contrast
    return region.ignored() if faint else region


def _stream(key: str, name: str) -> Generator:
    """Return the random numbers of one decision of a scene."""
    seed = int.from_bytes(blake2b(f"{key}/{name}".encode(), digest_size=16).digest(), "little")
    return np.random.Generator(np.random.SFC64(seed))
