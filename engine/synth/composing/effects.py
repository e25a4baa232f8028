"""Shadow, second outline, sides and filling of letters: their random values, and their pixels.

Lengths are shares of the letters' height until they are drawn. Coverage is uint8 (H, W), 255 where there is ink.
"""

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import cv2
import numpy as np
from cv2.typing import MatLike
from PIL import Image, ImageColor

from engine.config.letters import Letters
from engine.measures.pixels import LUMA
from engine.synth.postprocess.steps import Colour, luma, tinted
from engine.synth.rng import Rng, draw_bool, draw_float

_MIDDLE = 128.0  # level of grey between dark and bright letters
_BRIGHT, _DARK = (170.0, 255.0), (0.0, 85.0)  # levels of a second outline
_DARK_LETTERS = 90.0  # level below which sides are brighter than their letters
_SHARP = 0.3  # px of blur below which an edge stays as it is


class Cast(NamedTuple):
    """A shadow: direction in degrees, distance and radius of its blur in letter heights, share of light taken."""

    angle: float
    distance: float
    softness: float
    darkness: float


class Rim(NamedTuple):
    """An outline: its colour, and its width and the radius of its blur in letter heights."""

    colour: Colour
    width: float
    softness: float


class Sides(NamedTuple):
    """Sides of letters: direction in degrees, depth in letter heights, colour."""

    angle: float
    depth: float
    colour: Colour


class Filling(NamedTuple):
    """A texture inside letters: share of its contrast, whether it is a picture, and seed."""

    strength: float
    picture: bool
    seed: int


@dataclass(frozen=True)
class LetterPlan:
    """The values of each step; None where a step is left out."""

    shadow: Cast | None = None
    second_outline: Rim | None = None
    extrusion: Sides | None = None
    fill: Filling | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The steps that are taken."""
        return tuple(name for name, value in vars(self).items() if value is not None)


def draw_letter_plan(letters: Letters, colour: str, rng: Rng) -> LetterPlan:
    """Draw the values of each step for one sample.

    Args:
        letters: share and ranges of each step.
        colour: at the letters' edge, #rrggbb.
        rng: gives a random stream by its name; those of a step begin with `letters/` and its name.
    """
    edge: Colour = ImageColor.getrgb(colour)[:3]
    values: dict[str, Any] = {}
    for name, step in letters.active:
        if draw_bool(step.share, rng, f"letters/{name}"):
            values[name] = _DRAW[name](step, edge, lambda value, name=name: rng(f"letters/{name}/{value}"))
    return LetterPlan(**values)


def _shadow(step: Any, _: Colour, rng: Rng) -> Cast:
    distance, softness = draw_float(step.distance, rng, "distance"), draw_float(step.softness, rng, "softness")
    return Cast(rng("angle").random() * 360, distance, softness, draw_float(step.darkness, rng, "darkness"))


def _second_outline(step: Any, edge: Colour, rng: Rng) -> Rim:
    level = rng("level").uniform(*(_BRIGHT if luma(edge) < _MIDDLE else _DARK))
    colour = tinted(level, rng("hue").random(), draw_float(step.tint, rng, "tint"))
    return Rim(colour, draw_float(step.width, rng, "width"), draw_float(step.softness, rng, "softness"))


def _extrusion(step: Any, edge: Colour, rng: Rng) -> Sides:
    shade = draw_float(step.shade, rng, "shade")
    dark = luma(edge) < _DARK_LETTERS
    red, green, blue = (255 - (255 - band) * shade if dark else band * shade for band in edge)
    return Sides(rng("angle").random() * 360, draw_float(step.depth, rng, "depth"), (red, green, blue))


def _fill(step: Any, _: Colour, rng: Rng) -> Filling:
    strength, picture = draw_float(step.strength, rng, "strength"), draw_bool(step.picture, rng, "picture")
    return Filling(strength, picture, rng("seed").getrandbits(63))


_DRAW = {"shadow": _shadow, "second_outline": _second_outline, "extrusion": _extrusion, "fill": _fill}


def underlay(ground: Image.Image, coverage: MatLike, plan: LetterPlan, height: float) -> Image.Image:
    """Return the ground (RGB) with what lies under the letters: their shadow, second outline and sides.

    Args:
        ground: RGB (W, H).
        coverage: of the letters.
        plan: the values of each step.
        height: of the letters, px.
    """
    ground, solid, sides = ground.copy(), coverage, None
    if plan.extrusion is not None:
        sides = swept(coverage, plan.extrusion.angle, plan.extrusion.depth * height)
        solid = cv2.max(coverage, sides)
    if plan.shadow is not None:
        cast = plan.shadow
        fallen = _blurred(_moved(solid, cast.angle, cast.distance * height), cast.softness * height)
        _paint(ground, (0, 0, 0), cv2.convertScaleAbs(fallen, alpha=cast.darkness))
    if plan.second_outline is not None:
        rim = plan.second_outline
        _paint(ground, rim.colour, _blurred(_widened(solid, rim.width * height), rim.softness * height))
    if plan.extrusion is not None and sides is not None:
        _paint(ground, plan.extrusion.colour, sides)
    return ground


def swept(coverage: MatLike, angle: float, depth: float) -> MatLike:
    """Return all that coverage passes over as it moves by `depth` px in a direction (degrees)."""
    passed = coverage
    for step in range(1, max(1, round(depth)) + 1):
        passed = cv2.max(passed, _moved(coverage, angle, min(step, depth)))
    return passed


def around(texture: MatLike, colour: Colour, strength: float, room: float) -> MatLike:
    """Return a texture (RGB, uint8) in another mean colour, and weak enough to stay near it.

    Args:
        texture: uint8 (H, W, 3).
        colour: the new mean.
        strength: factor of the texture's differences from its mean.
        room: levels of grey by which a pixel may differ from the colour; the whole texture is weakened to that.
    """
    apart = (texture.astype(np.float32) - texture.mean(axis=(0, 1), dtype=np.float32)) * np.float32(strength)
    grey = np.abs(apart @ np.array(LUMA, np.float32)).max()
    if grey > room:
        apart *= np.float32(max(room, 0.0) / grey)
    return np.clip(apart + np.array(colour, np.float32) + np.float32(0.5), 0, 255).astype(np.uint8)


def _paint(ground: Image.Image, colour: Colour, coverage: MatLike) -> None:
    red, green, blue = (min(255, max(0, round(band))) for band in colour)
    ground.paste((red, green, blue), mask=Image.fromarray(coverage))


def _moved(coverage: MatLike, angle: float, distance: float) -> MatLike:
    across, down = distance * math.cos(math.radians(angle)), distance * math.sin(math.radians(angle))
    matrix = np.array([[1, 0, across], [0, 1, down]], np.float32)
    return cv2.warpAffine(coverage, matrix, (coverage.shape[1], coverage.shape[0]), flags=cv2.INTER_LINEAR)


def _widened(coverage: MatLike, width: float) -> MatLike:
    reach = max(1, round(width))
    return cv2.dilate(coverage, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1)))


def _blurred(coverage: MatLike, radius: float) -> MatLike:
    return cv2.GaussianBlur(coverage, (0, 0), radius) if radius > _SHARP else coverage
