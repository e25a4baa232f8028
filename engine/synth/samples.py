"""Drawing of samples: sample `index` of a recipe and a seed is the same in every process, by equal renderers.

This module writes nothing and knows no splits.
"""

import functools
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from PIL import Image

from engine.config.recipe import Recipe
from engine.config.style import Style
from engine.config.text_sources import FrequentWords, TextSource, Words
from engine.errors import ConfigError
from engine.synth import composing, postprocess
from engine.synth.asset_resolver import AssetResolver
from engine.synth.fonts import Font, bundled_fonts, fonts
from engine.synth.glyph_size import OversizedGlyph
from engine.synth.rng import Rng, rng_for
from engine.synth.style import NoFont, draw_colour, draw_font, draw_style
from engine.synth.texts import draw_text
from engine.synth.trdg.adapter import Drawing, Drawn, RejectedText, draw

_MAX_TRIES = 200  # images of one sample before the recipe counts as one that gives none
_MAX_FONTLESS = 3000  # texts of one sample that no font can draw: a list may hold few that one can
_MAX_OTHERS = 10  # texts that a neighbour may turn out to have no letters for
_MAX_TEXTS = 30_000  # of one sample before the recipe counts as one with too few: a share of 0.001 needs many

Draw = Callable[[Drawing], Drawn]
"""As `adapter.draw`; raises as it does."""


@dataclass(frozen=True)
class Sample:
    """An image (RGB or L), its text, the values that decided its style, and the rejected tries by reason."""

    image: Image.Image
    label: str
    factors: dict[str, Any]
    dropped: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class RenderedSample:
    """A sample with all that it was drawn from: trdg's drawing, what is composed with it, the result, and the plan of
    the steps after it.
    """

    sample: Sample
    drawing: Drawing
    composition: composing.Composition | None
    plan: postprocess.PostprocessPlan
    drawn: Drawn

    @property
    def ink(self) -> Image.Image:
        """The text's coverage of each pixel of the finished image: L, 0 where there is none."""
        ink = Image.new("L", self.drawn.image.size)
        ink.paste(self.drawn.layer.getchannel("A"), self.drawn.corner)
        return postprocess.warp(ink, self.plan, mask=True)

    @property
    def contrast(self) -> float:
        """Difference between the mean grey levels of the text and of what lies right behind it, 0 to 255.

        trdg compares with the whole background; a reader sees the rest of the rectangle around the text.
        """
        ink = self.ink
        box = ink.getbbox()
        if box is None:
            return 0.0
        grey = np.asarray(self.sample.image.crop(box).convert("L"), np.float32)
        coverage = np.asarray(ink.crop(box))
        text, behind = grey[coverage > 127], grey[coverage < 32]
        return abs(float(text.mean() - behind.mean())) if text.size and behind.size else 0.0


class _Wording(NamedTuple):
    """Indices of the text source and the style of a sample, its font, and its text as the font draws it."""

    source: int
    style: int
    font: Font
    label: str


def draw_sample(
    recipe: Recipe,
    seed: int,
    index: int,
    accepts: Callable[[str], bool] = lambda text: True,
    assets: AssetResolver | None = None,
    drawer: Draw | None = None,
) -> Sample:
    """Draw sample `index`, with new tries until one is not rejected.

    Args:
        recipe: the recipe.
        seed: any integer; another gives other samples.
        index: number of the sample, from 0.
        accepts: True for texts that may be used; others are drawn again without being counted as dropped.
        assets: finds fonts, lists and pictures; None finds bundled ones only.
        drawer: draws in place of `adapter.draw`; who draws the same samples again may remember what it drew.

    Raises:
        ConfigError: something the recipe names does not exist, no text is accepted, or every try is rejected.
    """
    return render_sample(recipe, seed, index, accepts, assets, drawer).sample


def render_sample(
    recipe: Recipe,
    seed: int,
    index: int,
    accepts: Callable[[str], bool] = lambda text: True,
    assets: AssetResolver | None = None,
    drawer: Draw | None = None,
) -> RenderedSample:
    """Draw as `draw_sample` does, and return all that the sample was drawn from too."""
    dropped: Counter[str] = Counter()
    assets = assets or AssetResolver()
    attempt = drawn = 0
    while drawn < _MAX_TRIES and attempt < _MAX_TRIES + _MAX_FONTLESS:
        try:
            return _attempt(recipe, f"{seed}/{index}/{attempt}", accepts, dropped, assets, drawer)
        except RejectedText as reason:
            dropped[str(reason)] += 1
            drawn += not isinstance(reason, NoFont)
        attempt += 1
    reason, _ = dropped.most_common(1)[0]
    raise _no_image(attempt, reason)


def draw_label(
    recipe: Recipe,
    seed: int,
    index: int,
    accepts: Callable[[str], bool] = lambda text: True,
    assets: AssetResolver | None = None,
) -> str:
    """Draw the label of the first try at sample `index` that has one, without an image; see `draw_sample`."""
    assets, reason = assets or AssetResolver(), ""
    for attempt in range(_MAX_TRIES + _MAX_FONTLESS):
        try:
            return _wording(recipe, rng_for(f"{seed}/{index}/{attempt}"), accepts, assets).label
        except RejectedText as rejected:
            reason = str(rejected)
    raise _no_image(_MAX_TRIES + _MAX_FONTLESS, reason)


def _attempt(
    recipe: Recipe,
    key: str,
    accepts: Callable[[str], bool],
    dropped: Counter[str],
    assets: AssetResolver,
    drawer: Draw | None,
) -> RenderedSample:
    rng = rng_for(key)
    number, style_index, font, label = _wording(recipe, rng, accepts, assets)
    style = recipe.looks[style_index]
    drawing = draw_style(style, label, font, rng, assets)
    if room := postprocess.draw_room(style.after, rng):
        drawing = composing.grown(drawing, *room)
    drawing, composition = composing.draw_composition(
        style,
        drawing,
        lambda side: _other_text(recipe, font, assets, lambda name: rng(f"neighbours/{side}/{name}")),
        lambda name: draw_colour(style.colours, rng(f"neighbours/{name}")),
        rng,
    )
    try:
        drawn = (drawer or draw)(drawing) if composition is None else composing.compose(drawing, composition)
    except (OversizedGlyph, OSError, MemoryError) as error:  # FreeType's own limits come as OSError
        raise font.unusable(error) from None
    edges = functools.partial(postprocess.ink_edges, drawn.image.size, drawn.layer, drawn.corner)
    plan = postprocess.draw_plan(style.after, edges, rng)
    image = postprocess.apply(drawn.image, plan)
    factors = {
        "source": number,
        "look": style_index,
        "font": font.id,
        **_factors(drawing),
        **composing.factors(composition, drawing),
        **postprocess.factors(plan),
    }
    rendered = RenderedSample(Sample(image, label, factors, dropped), drawing, composition, plan, drawn)
    if style.least_contrast and rendered.contrast < style.least_contrast:
        raise RejectedText("too little contrast in the end")
    return rendered


def _other_text(recipe: Recipe, font: Font, assets: AssetResolver, rng: Rng) -> str | None:
    """Return another text of the recipe, as a font draws it; None where the font draws none of those tried."""
    for again in range(_MAX_OTHERS):
        _, _, text = _text(recipe, lambda name, again=again: rng(f"{again}/{name}"), assets=assets, accepts=bool)
        if font.can_draw(text):
            return font.as_drawn(text)
    return None


def _wording(recipe: Recipe, rng: Rng, accepts: Callable[[str], bool], assets: AssetResolver) -> _Wording:
    """Draw a text, a style and a font for it. Raises RejectedText, and ConfigError as `_text` does."""
    folding = assets.one_case_fonts(style.fonts for style in recipe.looks)

    def wanted(text: str) -> bool:
        return accepts(text) or any(accepts(font.as_drawn(text)) for font in folding)

    number, source, text = _text(recipe, rng, wanted, assets)
    style_index = _style_index(recipe, rng)
    style = recipe.looks[style_index]
    families = assets.families if style.by_family else None
    font = draw_font(fonts_for(style, source, assets), text, rng("font"), families)
    label = font.as_drawn(text)
    if (folding or label != text) and not accepts(label):
        raise RejectedText("not wanted in the case that its font draws")
    return _Wording(number, style_index, font, label)


def _no_image(tries: int, reason: str) -> ConfigError:
    return ConfigError(
        f"recipe: {tries:,} tries gave no image: {reason}. Choose other fonts, sizes, colours or backgrounds, or "
        "other texts."
    )


def _style_index(recipe: Recipe, rng: Rng) -> int:
    if len(recipe.looks) == 1:
        return 0
    return rng("look").choices(range(len(recipe.looks)), [style.weight for style in recipe.looks])[0]


def _text(
    recipe: Recipe, rng: Rng, accepts: Callable[[str], bool], assets: AssetResolver
) -> tuple[int, TextSource, str]:
    weights = [source.weight for source in recipe.texts]
    for again in range(_MAX_TEXTS):
        (number,) = rng(f"source/{again}").choices(range(len(weights)), weights) if len(weights) > 1 else (0,)
        source = recipe.texts[number]
        text = draw_text(source, lambda name, again=again: rng(f"{name}/{again}"), assets)
        if accepts(text):
            return number, source, text
    raise ConfigError(
        f"recipe: {_MAX_TEXTS} texts in a row belong to another split, so there are too few different texts to share "
        "out. Allow longer texts or more words, or set validation and test to 0."
    )


def fonts_for(style: Style, source: TextSource, assets: AssetResolver) -> list[list[Font]]:
    """Return the fonts to choose from, and those to fall back on for characters that the first lack."""
    if style.fonts:
        return [assets.fonts(style.fonts)]
    if isinstance(source, Words | FrequentWords):
        return [assets.default_fonts(source.language)]
    return [fonts(), bundled_fonts()]


def _factors(drawing: Drawing) -> dict[str, Any]:
    """Return the values that decided a drawing, one plain value per column."""
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
