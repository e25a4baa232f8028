"""Blocks: signs, labels, paragraphs, pages and free lines, flat, as colour and opacity, with their regions.

A block is built in px of about the scene's own resolution; `compose` turns it in perspective and puts it in its place.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from engine.config.scene_recipe import SceneRecipe
from engine.measures.pixels import LUMA
from engine.regions.region import Region, move_all
from engine.synth.scenes.lettering import Coverage, Line, Typeface, line_width, set_line
from engine.synth.textures import Generator, Pixels, palette

Colour = npt.NDArray[np.float32]

_BARELY = 55.0  # grey levels between a panel and its letters


class BlockTexts(NamedTuple):
    """Texts and typefaces of one block.

    Attributes:
        text: draws another text.
        face: returns the block's typeface, or another one where that cannot draw a text; None where none can.
        colour: draws a colour for letters, RGB 0…255.
    """

    text: Callable[[], str]
    face: Callable[[str], Typeface | None]
    colour: Callable[[], Colour]


@dataclass(frozen=True)
class Block:
    """A flat surface with text: colours uint8 (h, w, 3), opacity uint8 (h, w), and regions in its px."""

    colours: Pixels
    opacity: Coverage
    regions: tuple[Region, ...]


class _Shape(NamedTuple):
    """Numbers of lines and texts that a kind of block has, and the setting of its lines."""

    lines: tuple[int, int]
    texts: tuple[int, int]
    smallest: float  # of the other lines, as a share of the first one's height
    leading: tuple[float, float]  # between two lines, as a share of their height
    panel: float  # share with a surface of their own


_SHAPES = {
    "sign": _Shape((1, 4), (1, 2), 0.45, (0.35, 0.9), 1.0),
    "label": _Shape((1, 5), (1, 3), 0.5, (0.3, 0.7), 0.85),
    "direct": _Shape((1, 2), (1, 3), 0.5, (0.3, 0.9), 0.0),
    "paragraph": _Shape((3, 9), (2, 6), 0.9, (0.4, 0.8), 0.6),
    "page": _Shape((8, 30), (3, 9), 0.9, (0.4, 0.8), 1.0),
}


def draw_block(
    kind: str,
    recipe: SceneRecipe,
    rng: Generator,
    words: BlockTexts,
    height: float,
    room: tuple[int, int],
    behind: Colour,
) -> Block | None:
    """Draw a block.

    Args:
        kind: a name of `BlockWeights`.
        recipe: says how often lines stand upright or are bent.
        rng: decides all else.
        words: texts, typefaces and colours.
        height: of the first line's capital letters, px.
        room: the most that it may be wide and high, px.
        behind: mean colour of the ground where it will stand.

    Returns:
        The block; None where no text fits.
    """
    shape = _SHAPES[kind]
    lines = _set_lines(shape, recipe, rng, words, height, room)
    if not lines:
        return None
    on_panel = rng.random() < shape.panel
    ink = words.colour()
    ground = _contrasting(ink, rng) if on_panel else behind
    if not on_panel and abs(_grey(ink) - _grey(behind)) < _BARELY and rng.random() < 0.92:
        ink = _contrasting(behind, rng)
    edge = rng.uniform(0.25, 1.2, 2) * height if on_panel else np.full(2, 0.5 * height)
    placed, size = _arranged(lines, rng, edge, shape.leading)
    block = _panel(rng, size, ground, height) if on_panel else _glass(size, ink)
    regions: list[Region] = []
    for line, (x, y) in placed:
        if rng.random() < 0.12 and on_panel:
            ink = _contrasting(ground, rng)
        _print(block, line, (x, y), ink, rng, height, on_panel)
        corner = np.array([x, y], np.float32)
        regions += move_all(line.regions, lambda points, corner=corner: points + corner)
    return Block(block.colours, block.opacity, tuple(regions))


def _set_lines(
    shape: _Shape, recipe: SceneRecipe, rng: Generator, words: BlockTexts, height: float, room: tuple[int, int]
) -> list[Line]:
    lines: list[Line] = []
    used = 0.0
    upright = rng.random() < recipe.upright
    bend = rng.uniform(0.2, 1.2) * rng.choice([-1, 1]) if rng.random() < recipe.curved else 0.0
    first = words.text()
    count = 1 if upright else int(rng.integers(shape.lines[0], shape.lines[1] + 1))
    for number in range(count):
        texts = [first if not number else words.text()]
        texts += [words.text() for _ in range(int(rng.integers(shape.texts[0], shape.texts[1] + 1)) - 1) if not upright]
        tall = height if not number else height * rng.uniform(shape.smallest, 1.0)
        line = _fitting(texts, words, tall, room, upright, bend)
        if line is None:
            continue
        used += line.coverage.shape[0] * (1 + shape.leading[0])
        if lines and used > room[1]:
            break
        lines.append(line)
    return lines


def _fitting(
    texts: list[str], words: BlockTexts, height: float, room: tuple[int, int], upright: bool, bend: float
) -> Line | None:
    """Set as many of the texts in a line as there is room for."""
    while texts:
        text = " ".join(texts)
        face = words.face(text)
        if face and not upright and len(texts) > 1 and line_width(text, face, height) > room[0]:
            texts = texts[:-1]
            continue
        line = set_line(text, face, height, upright, bend) if face else None
        if line is not None and line.coverage.shape[1] <= room[0] and line.coverage.shape[0] <= room[1]:
            return line
        texts = texts[:-1]
    return None


def _arranged(
    lines: Sequence[Line], rng: Generator, edge: npt.NDArray[np.float64], leading: tuple[float, float]
) -> tuple[list[tuple[Line, tuple[int, int]]], tuple[int, int]]:
    """Place lines below each other, and return them with their corners, and the size of the whole."""
    widest = max(line.coverage.shape[1] for line in lines)
    align, gap = rng.choice([0.0, 0.5, 0.5, 1.0]), rng.uniform(*leading)
    placed, y = [], float(edge[1])
    for line in lines:
        tall, wide = line.coverage.shape
        placed.append((line, (int(edge[0] + align * (widest - wide)), int(y))))
        y += tall * (1 + gap)
    last = placed[-1]
    return placed, (int(widest + 2 * edge[0]) + 1, int(last[1][1] + last[0].coverage.shape[0] + edge[1]) + 1)


def _panel(rng: Generator, size: tuple[int, int], colour: Colour, height: float) -> Block:
    """Draw a surface: plain or shaded, its corners sharp or round, often with a frame, seldom of glass."""
    width, tall = size
    colours = np.empty((tall, width, 3), np.uint8)
    colours[:] = colour
    if rng.random() < 0.4:
        ramp = np.linspace(-1, 1, tall if rng.random() < 0.5 else width, dtype=np.float32) * rng.uniform(-35, 35)
        ramp = ramp[:, None, None] if len(ramp) == tall else ramp[None, :, None]
        colours = np.clip(colours + ramp, 0, 255).astype(np.uint8)
    opacity = np.full((tall, width), 255 if rng.random() < 0.88 else int(rng.uniform(60, 220)), np.uint8)
    radius = int(min(size) * rng.uniform(0.05, 0.5)) if rng.random() < 0.3 else 0
    if radius > 1:
        corners = np.zeros_like(opacity)
        cv2.rectangle(corners, (radius, 0), (width - radius, tall), 255, -1)
        cv2.rectangle(corners, (0, radius), (width, tall - radius), 255, -1)
        for x in (radius, width - radius - 1):
            for y in (radius, tall - radius - 1):
                cv2.circle(corners, (x, y), radius, 255, -1, cv2.LINE_AA)
        opacity = np.minimum(opacity, corners)
    if rng.random() < 0.45:
        thick = max(1, int(height * rng.uniform(0.04, 0.2)))
        inset = int(height * rng.uniform(0, 0.15))
        tone = tuple(map(float, _contrasting(colour, rng) if rng.random() < 0.6 else palette(rng, 1)[0]))
        cv2.rectangle(colours, (inset, inset), (width - 1 - inset, tall - 1 - inset), tone, thick)
    return Block(colours, opacity, ())


def _glass(size: tuple[int, int], ink: Colour) -> Block:
    """Return a surface that is not there: letters alone will be seen."""
    colours = np.empty((size[1], size[0], 3), np.uint8)
    colours[:] = ink
    return Block(colours, np.zeros((size[1], size[0]), np.uint8), ())


def _print(
    block: Block, line: Line, corner: tuple[int, int], ink: Colour, rng: Generator, height: float, on_panel: bool
) -> None:
    """Print a line on a block, in place, with an outline, a shadow or a glow now and then."""
    whole = np.zeros_like(block.opacity)
    (x, y), (tall, wide) = corner, line.coverage.shape
    whole[y : y + tall, x : x + wide] = line.coverage[: whole.shape[0] - y, : whole.shape[1] - x]
    strength = 1.0 if rng.random() < 0.8 else rng.uniform(0.45, 0.95)
    effect = rng.random()
    if effect < 0.14:
        width = max(1, round(height * rng.uniform(0.04, 0.14)))
        outline = cv2.dilate(whole, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * width + 1, 2 * width + 1)))
        _paint(block, outline, _contrasting(ink, rng), 1.0)
    elif effect < 0.34:
        shift = np.array(
            [[1, 0, rng.uniform(-0.12, 0.12) * height], [0, 1, rng.uniform(0.02, 0.15) * height]], np.float32
        )
        shade = cv2.warpAffine(whole, shift, whole.shape[::-1])
        if rng.random() < 0.6:
            shade = cv2.GaussianBlur(shade, (0, 0), max(0.5, height * float(rng.uniform(0.02, 0.1))))
        dark = np.zeros(3, np.float32) if rng.random() < 0.7 else _contrasting(ink, rng)
        _paint(block, shade, dark, rng.uniform(0.3, 1.0))
    elif effect < 0.4 and not on_panel:
        glow = cv2.GaussianBlur(whole, (0, 0), max(1.0, height * float(rng.uniform(0.1, 0.4))))
        _paint(block, cv2.convertScaleAbs(glow, alpha=1.6), ink, rng.uniform(0.3, 0.8))
    _paint(block, whole, ink, strength)


def _paint(block: Block, coverage: Coverage, colour: Colour, strength: float) -> None:
    """Lay a colour over a block, in place: "over" of Porter and Duff 1984, with colours not multiplied by opacity."""
    rows, columns = np.flatnonzero(coverage.any(axis=1)), np.flatnonzero(coverage.any(axis=0))
    if not len(rows):
        return
    part = (slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1))
    added = coverage[part].astype(np.float32) * (strength / 255)
    there = block.opacity[part].astype(np.float32) / 255
    total = added + there * (1 - added)
    share = np.divide(added, total, out=np.zeros_like(added), where=total > 0)[..., None]
    old = block.colours[part].astype(np.float32)
    block.colours[part] = (old + (colour - old) * share + 0.5).astype(np.uint8)
    block.opacity[part] = (total * 255 + 0.5).astype(np.uint8)


def _contrasting(colour: Colour, rng: Generator) -> Colour:
    """Draw a colour that stands out from another one."""
    options = np.concatenate([palette(rng, 6), [[255, 255, 255]], [[10, 10, 10]]]).astype(np.float32)
    far = [option for option in options if abs(_grey(option) - _grey(colour)) > _BARELY]
    return far[int(rng.integers(len(far)))] if far else options[-1 if _grey(colour) > 127 else -2]


def _grey(colour: Colour) -> float:
    return float(np.dot(colour, LUMA))
