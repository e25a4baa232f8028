"""Draw samples: sample `index` of a recipe under a seed is the same wherever and whenever it is drawn.

This module writes nothing and knows no splits.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from PIL import Image

from engine.config.recipe import Recipe
from engine.config.style import Style
from engine.config.text_sources import TextSource, Words
from engine.errors import ConfigError
from engine.synth import postprocess
from engine.synth.asset_resolver import AssetResolver
from engine.synth.contrast import contrast_of
from engine.synth.fonts import Font, bundled_fonts, fonts
from engine.synth.rng import Rng, rng_for
from engine.synth.style import draw_style
from engine.synth.texts import draw_text
from engine.synth.trdg.adapter import Drawing, Drawn, RejectedText, draw

_TRIES = 200  # images drawn for one sample before the recipe counts as one that gives none
_TEXTS = 30_000  # texts drawn for one sample before the recipe counts as one with too few: a share of 0.001 needs many


@dataclass(frozen=True)
class Sample:
    """An image (RGB or L), the text drawn on it, what decided its look, and the tries that were dropped, by reason."""

    image: Image.Image
    label: str
    factors: dict[str, Any]
    dropped: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class RenderedSample:
    """A sample with what it was drawn by: its drawing by trdg, the steps after it, and where its text lies."""

    sample: Sample
    drawing: Drawing
    plan: postprocess.PostprocessPlan
    drawn: Drawn

    @property
    def ink(self) -> Image.Image:
        """How much of each pixel of the finished image the text covers: L, 0 where there is none."""
        ink = Image.new("L", self.drawn.image.size)
        ink.paste(self.drawn.layer.getchannel("A"), self.drawn.corner)
        return postprocess.warp(ink, self.plan, mask=True)


def draw_sample(
    recipe: Recipe,
    seed: int,
    index: int,
    accepts: Callable[[str], bool] = lambda text: True,
    shelf: AssetResolver | None = None,
) -> Sample:
    """Draw sample `index`, again and again until trdg does not drop it.

    Args:
        recipe: how.
        seed: any integer; another gives other samples.
        index: which sample, from 0.
        accepts: says which texts may be used; others are drawn again without being counted as dropped.
        shelf: where fonts, lists and pictures are found; without one, bundled ones only.

    Raises:
        ConfigError: something the recipe names is not there, no text is accepted, or every try is dropped.
    """
    return render_sample(recipe, seed, index, accepts, shelf).sample


def render_sample(
    recipe: Recipe,
    seed: int,
    index: int,
    accepts: Callable[[str], bool] = lambda text: True,
    shelf: AssetResolver | None = None,
) -> RenderedSample:
    """Draw as `draw_sample` does, and return what decided the sample too."""
    dropped: Counter[str] = Counter()
    shelf = shelf or AssetResolver()
    for attempt in range(_TRIES):
        try:
            return _attempt(recipe, f"{seed}/{index}/{attempt}", accepts, dropped, shelf)
        except RejectedText as reason:
            dropped[str(reason)] += 1
    reason, _ = dropped.most_common(1)[0]
    raise ConfigError(
        f"recipe: {_TRIES} tries gave no image: {reason}. Choose other fonts, sizes, colours or backgrounds, or other "
        "texts."
    )


def draw_label(
    recipe: Recipe,
    seed: int,
    index: int,
    accepts: Callable[[str], bool] = lambda text: True,
    shelf: AssetResolver | None = None,
) -> str:
    """Draw the text that the first try at sample `index` has, without an image; see `draw_sample`."""
    return _text(recipe, rng_for(f"{seed}/{index}/0"), accepts, shelf or AssetResolver())[2]


def _attempt(
    recipe: Recipe, key: str, accepts: Callable[[str], bool], dropped: Counter[str], shelf: AssetResolver
) -> RenderedSample:
    dice = rng_for(key)
    number, source, text = _text(recipe, dice, accepts, shelf)
    look_number = 0
    if len(recipe.looks) > 1:
        (look_number,) = dice("look").choices(range(len(recipe.looks)), [look.weight for look in recipe.looks])
    look = recipe.looks[look_number]
    font, drawing = draw_style(look, text, fonts_for(look, source, shelf), dice, shelf)
    drawn = draw(drawing)
    plan = postprocess.draw_plan(look.after, lambda: _edges(drawn), dice)
    image = postprocess.apply(drawn.image, plan)
    factors = {"source": number, "look": look_number, "font": font.id, **_factors(drawing), **postprocess.factors(plan)}
    take = RenderedSample(Sample(image, text, factors, dropped), drawing, plan, drawn)
    if look.least_contrast and contrast_of(image, take.ink) < look.least_contrast:
        raise RejectedText("too little contrast in the end")
    return take


def _edges(drawn: Drawn) -> postprocess.Edges:
    return postprocess.ink_edges(drawn.image.size, drawn.layer, drawn.corner)


def _text(
    recipe: Recipe, dice: Rng, accepts: Callable[[str], bool], shelf: AssetResolver
) -> tuple[int, TextSource, str]:
    weights = [source.weight for source in recipe.texts]
    for again in range(_TEXTS):
        (number,) = dice(f"source/{again}").choices(range(len(weights)), weights) if len(weights) > 1 else (0,)
        source = recipe.texts[number]
        text = draw_text(source, lambda decision, again=again: dice(f"{decision}/{again}"), shelf)
        if accepts(text):
            return number, source, text
    raise ConfigError(
        f"recipe: {_TEXTS} texts in a row belong to another split, so there are too few different texts to share out. "
        "Allow longer texts or more words, or set validation and test to 0."
    )


def fonts_for(look: Style, source: TextSource, shelf: AssetResolver) -> list[list[Font]]:
    """Return the fonts to choose from, and those to fall back on for signs that the first lack."""
    if look.fonts:
        return [shelf.fonts(look.fonts)]
    if isinstance(source, Words):
        return [shelf.usual_fonts(source.language)]
    return [fonts(), bundled_fonts()]


def _factors(drawing: Drawing) -> dict[str, Any]:
    """Return what decided a drawing, one plain value a column."""
    top, left, bottom, right = drawing.margins
    return {
        "margin_top": top,
        "margin_left": left,
        "margin_bottom": bottom,
        "margin_right": right,
        "skew": drawing.skew,
        "blur": drawing.blur,
        "background": drawing.background,
        "distortion": drawing.distortion,
        "direction": drawing.direction if drawing.distortion != "none" else "",
        "colour": drawing.colour,
        "character_spacing": drawing.character_spacing,
        "space_width": drawing.space_width,
        "stroke_width": drawing.stroke_width,
        "orientation": drawing.orientation,
        "alignment": drawing.alignment if drawing.width is not None else "",
        "fit": drawing.fit,
        "word_split": drawing.word_split,
        "mode": drawing.mode,
    }
