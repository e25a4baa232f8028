"""The values of the steps for one sample, and the steps in their order."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PIL import Image

from engine.config.postprocess import After
from engine.synth.postprocess.contrast import Tone, contrast
from engine.synth.postprocess.jpeg import jpeg
from engine.synth.postprocess.perspective import Corners, perspective
from engine.synth.postprocess.recolour import Ends, brightness, recolour, tinted
from engine.synth.postprocess.scan_noise import Grain, scan_noise
from engine.synth.postprocess.shadow import Shade, shadow
from engine.synth.postprocess.steps import Box, Edges, kept
from engine.synth.rng import Rng, between, happens, whole

Find = Callable[[], Edges]


@dataclass(frozen=True)
class PostprocessPlan:
    """What each step is told; None where it is not taken."""

    crop: Box | None = None
    perspective: Corners | None = None
    recolour: Ends | None = None
    shadow: Shade | None = None
    contrast: Tone | None = None
    scan_noise: Grain | None = None
    jpeg: int | None = None


def draw_plan(after: After, edges: Find, dice: Rng) -> PostprocessPlan:
    """Throw what each step is told.

    Args:
        after: the bounds.
        edges: finds where the text lies in its image; asked only when the image is cropped.
        dice: gives the dice of each decision by its name.
    """
    values: dict[str, Any] = {}
    for name, step in after.taken:
        if happens(step.share, dice, f"after/{name}"):
            values[name] = _SETTLERS[name](step, edges, lambda what, name=name: dice(f"after/{name}/{what}"))
    return PostprocessPlan(**values)


def apply(image: Image.Image, plan: PostprocessPlan) -> Image.Image:
    """Take the steps of a plan on an RGB or L image and return one of the same mode."""
    image = warp(image, plan)
    if plan.recolour is not None:
        image = recolour(image, plan.recolour)
    if plan.shadow is not None:
        image = shadow(image, plan.shadow)
    if plan.contrast is not None:
        image = contrast(image, plan.contrast)
    if plan.scan_noise is not None:
        image = scan_noise(image, plan.scan_noise)
    return image if plan.jpeg is None else jpeg(image, plan.jpeg)


def warp(image: Image.Image, plan: PostprocessPlan, *, mask: bool = False) -> Image.Image:
    """Take the steps that move pixels; a mask is not carried on beyond its edge."""
    if plan.crop is not None:
        image = image.crop(plan.crop)
    return image if plan.perspective is None else perspective(image, plan.perspective, mask=mask)


def factors(plan: PostprocessPlan) -> dict[str, Any]:
    """Return what the plan says as one plain value a column, 0 (1 for contrast) where a step is not taken."""
    return {
        "crop": plan.crop is not None,
        "perspective": max(map(max, plan.perspective)) if plan.perspective else 0.0,
        "recolour": brightness(plan.recolour.white) - brightness(plan.recolour.black) if plan.recolour else 0.0,
        "shadow": plan.shadow.darkness if plan.shadow else 0.0,
        "contrast": plan.contrast.factor if plan.contrast else 1.0,
        "brightness": plan.contrast.brightness if plan.contrast else 0.0,
        "grain": plan.scan_noise.grain if plan.scan_noise else 0.0,
        "jpeg": plan.jpeg or 0,
    }


def _perspective(step: Any, _: Find, dice: Rng) -> Corners:
    most = between(step.strength, dice, "strength")
    throw = dice("corners")
    return tuple((throw.random() * most, throw.random() * most) for _ in range(4))


def _recolour(step: Any, _: Find, dice: Rng) -> Ends:
    contrast, throw = between(step.contrast, dice, "contrast"), dice("brightness")
    dark = throw.random() * (255 - contrast)
    levels = (dark + contrast, dark) if happens(step.inverted, dice, "inverted") else (dark, dark + contrast)
    black, white = (
        tinted(level, dice(f"{end}/hue").random(), between(step.tint, dice, f"{end}/tint"))
        for end, level in zip(("black", "white"), levels, strict=True)
    )
    return Ends(black, white)


def _shadow(step: Any, _: Find, dice: Rng) -> Shade:
    throw = dice("place")
    darkness, softness = between(step.darkness, dice, "darkness"), between(step.softness, dice, "softness")
    return Shade(throw.random(), throw.random(), throw.random() * 360, darkness, softness)


def _scan_noise(step: Any, _: Find, dice: Rng) -> Grain:
    grain, specks = between(step.grain, dice, "grain"), between(step.specks, dice, "specks")
    return Grain(grain, specks, dice("seed").getrandbits(63))


def _crop(step: Any, edges: Find, dice: Rng) -> Box:
    sides = ("left", "top", "right", "bottom")
    margins = [between(step.margin, dice, f"{side}/margin") for side in sides]
    texts = [between(step.text, dice, f"{side}/text") for side in sides]
    return kept(edges(), margins, texts)


_SETTLERS: dict[str, Any] = {
    "crop": _crop,
    "perspective": _perspective,
    "recolour": _recolour,
    "shadow": _shadow,
    "contrast": lambda step, _, dice: Tone(
        between(step.factor, dice, "factor"), between(step.brightness, dice, "brightness")
    ),
    "scan_noise": _scan_noise,
    "jpeg": lambda step, _, dice: whole(step.quality, dice, "quality"),
}
