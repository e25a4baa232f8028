"""Random values of the steps for one sample (`draw_plan`), and the steps in their order (`apply`)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PIL import Image

from engine.config.postprocess import Postprocess
from engine.synth.postprocess import camera, steps
from engine.synth.postprocess.camera import LEAST_LETTERS, Movement, Reduction, Reflection
from engine.synth.postprocess.steps import Box, Corners, Edges, EndColours, Grain, Shade, Tone, luma
from engine.synth.rng import Rng, draw_bool, draw_float, draw_int

FindEdges = Callable[[], Edges]


@dataclass(frozen=True)
class PostprocessPlan:
    """The values of each step; None where a step is left out."""

    crop: Box | None = None
    perspective: Corners | None = None
    recolour: EndColours | None = None
    shadow: Shade | None = None
    glare: Reflection | None = None
    motion_blur: Movement | None = None
    downsampling: Reduction | None = None
    contrast: Tone | None = None
    scan_noise: Grain | None = None
    jpeg: int | None = None


def draw_plan(bounds: Postprocess, edges: FindEdges, rng: Rng) -> PostprocessPlan:
    """Draw the values of each step for one sample.

    Args:
        bounds: share and ranges of each step.
        edges: finds the text in its image; called only when the image is cropped or made smaller.
        rng: gives a random stream by its name; those of a step begin with `after/` and its name.
    """
    values: dict[str, Any] = {}
    for name, step in bounds.active:
        if draw_bool(step.share, rng, f"after/{name}"):
            values[name] = _DRAW[name](step, edges, lambda value, name=name: rng(f"after/{name}/{value}"))
    return PostprocessPlan(**values)


def draw_room(bounds: Postprocess, rng: Rng) -> tuple[float, float, float, float] | None:
    """Draw the room that a loose crop leaves at top, left, bottom and right, in heights of the text; None without one.

    It is to be there before the image is drawn; `draw_plan` then crops the same images.
    """
    step = bounds.crop
    if not step.share or step.room == 0 or not draw_bool(step.share, rng, "after/crop"):
        return None
    top, left, bottom, right = (
        draw_float(step.room, rng, f"after/crop/{side}/room") for side in ("top", "left", "bottom", "right")
    )
    return top, left, bottom, right


def apply(image: Image.Image, plan: PostprocessPlan) -> Image.Image:
    """Apply the steps of a plan to an RGB or L image and return one of the same mode."""
    image = _seen(image, plan, mask=False)
    if plan.recolour is not None:
        image = steps.recolour(image, plan.recolour)
    if plan.shadow is not None:
        image = steps.shadow(image, plan.shadow)
    if plan.glare is not None:
        image = camera.glare(image, plan.glare)
    if plan.motion_blur is not None:
        image = camera.motion_blur(image, plan.motion_blur)
    if plan.downsampling is not None:
        image = camera.downsample(image, plan.downsampling)
    if plan.contrast is not None:
        image = steps.contrast(image, plan.contrast)
    if plan.scan_noise is not None:
        image = steps.scan_noise(image, plan.scan_noise)
    return image if plan.jpeg is None else steps.jpeg(image, plan.jpeg)


def warp(image: Image.Image, plan: PostprocessPlan, *, mask: bool = False) -> Image.Image:
    """Apply the steps that move pixels, and make an image small that stays so; a mask is 0 beyond its edge."""
    image = _seen(image, plan, mask=mask)
    if plan.downsampling is None or plan.downsampling.enlarged:
        return image
    return camera.downsample(image, plan.downsampling)


def _seen(image: Image.Image, plan: PostprocessPlan, *, mask: bool) -> Image.Image:
    if plan.crop is not None:
        image = image.crop(plan.crop)
    return image if plan.perspective is None else steps.perspective(image, plan.perspective, mask=mask)


def factors(plan: PostprocessPlan) -> dict[str, Any]:
    """Return a plan as one plain value per column, 0 (1 for what is a factor) where a step is left out."""
    return {
        "crop": plan.crop is not None,
        "perspective": max(map(max, plan.perspective)) if plan.perspective else 0.0,
        "recolour": luma(plan.recolour.white) - luma(plan.recolour.black) if plan.recolour else 0.0,
        "shadow": plan.shadow.darkness if plan.shadow else 0.0,
        "glare": plan.glare.strength if plan.glare else 0.0,
        "motion_blur": plan.motion_blur.length if plan.motion_blur else 0.0,
        "downsampling": plan.downsampling.factor if plan.downsampling else 1.0,
        "contrast": plan.contrast.factor if plan.contrast else 1.0,
        "brightness": plan.contrast.brightness if plan.contrast else 0.0,
        "grain": plan.scan_noise.grain if plan.scan_noise else 0.0,
        "jpeg": plan.jpeg or 0,
    }


def _crop(step: Any, edges: FindEdges, rng: Rng) -> Box:
    sides = ("left", "top", "right", "bottom")
    margins = [draw_float(step.margin, rng, f"{side}/margin") for side in sides]
    texts = [draw_float(step.text, rng, f"{side}/text") for side in sides]
    return steps.crop_box(edges(), margins, texts)


def _perspective(step: Any, _: FindEdges, rng: Rng) -> Corners:
    most = draw_float(step.strength, rng, "strength")
    stream = rng("corners")
    return tuple((stream.random() * most, stream.random() * most) for _ in range(4))


def _recolour(step: Any, _: FindEdges, rng: Rng) -> EndColours:
    contrast = draw_float(step.contrast, rng, "contrast")
    dark = rng("brightness").random() * (255 - contrast)
    levels = (dark + contrast, dark) if draw_bool(step.inverted, rng, "inverted") else (dark, dark + contrast)
    black, white = (
        steps.tinted(level, rng(f"{end}/hue").random(), draw_float(step.tint, rng, f"{end}/tint"))
        for end, level in zip(("black", "white"), levels, strict=True)
    )
    return EndColours(black, white)


def _shadow(step: Any, _: FindEdges, rng: Rng) -> Shade:
    stream = rng("place")
    darkness, softness = draw_float(step.darkness, rng, "darkness"), draw_float(step.softness, rng, "softness")
    return Shade(stream.random(), stream.random(), stream.random() * 360, darkness, softness)


def _glare(step: Any, _: FindEdges, rng: Rng) -> Reflection:
    stream = rng("place")
    strength, size = draw_float(step.strength, rng, "strength"), draw_float(step.size, rng, "size")
    x, y, angle = stream.random(), stream.random(), stream.random() * 180
    return Reflection(x, y, angle, strength, size, draw_bool(step.streak, rng, "streak"))


def _motion_blur(step: Any, _: FindEdges, rng: Rng) -> Movement:
    return Movement(draw_float(step.length, rng, "length"), draw_int(step.angle, rng, "angle"))


def _downsampling(step: Any, edges: FindEdges, rng: Rng) -> Reduction:
    least = min(1.0, LEAST_LETTERS / max(edges().letters, 1.0))
    factor = max(draw_float(step.factor, rng, "factor"), least)
    enlarged = draw_bool(step.enlarged, rng, "enlarged")
    return Reduction(factor, enlarged, rng("method").random() < 0.5)


def _contrast(step: Any, _: FindEdges, rng: Rng) -> Tone:
    return Tone(draw_float(step.factor, rng, "factor"), draw_float(step.brightness, rng, "brightness"))


def _scan_noise(step: Any, _: FindEdges, rng: Rng) -> Grain:
    grain, specks = draw_float(step.grain, rng, "grain"), draw_float(step.specks, rng, "specks")
    return Grain(grain, specks, rng("seed").getrandbits(63))


def _jpeg(step: Any, _: FindEdges, rng: Rng) -> int:
    return draw_int(step.quality, rng, "quality")


_DRAW: dict[str, Callable[[Any, FindEdges, Rng], Any]] = {
    "crop": _crop,
    "perspective": _perspective,
    "recolour": _recolour,
    "shadow": _shadow,
    "glare": _glare,
    "motion_blur": _motion_blur,
    "downsampling": _downsampling,
    "contrast": _contrast,
    "scan_noise": _scan_noise,
    "jpeg": _jpeg,
}
