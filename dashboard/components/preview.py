"""The preview: samples as the network will see them, each with its text, and what they say about the recipe."""

from collections import Counter
from collections.abc import Sequence

import streamlit as st

from dashboard.components.pictures import picture
from dashboard.words import count, duration, literal, size
from engine.config.generate import GenerateConfig
from engine.config.recipe import Recipe
from engine.synth import Estimate, Sample

_ROOM, _TALL = 640, 640  # px that the samples have on a desktop's first screen
_CAPTION = 40  # px a row takes beside its image
_MOST = 4  # columns


def preview_grid(samples: Sequence[Sample]) -> None:
    """Draw samples with their texts, all doubled if they then fit the first screen, else all at true pixels."""
    times = 2 if _fits(samples, 2) else 1
    width = times * max(sample.image.width for sample in samples)
    grid = st.grid(_columns(width), min_column_width=width, gap=("small", "small"))
    for sample in samples:
        with grid.cell(), st.container(gap="xxsmall"):
            picture(sample.image, f"Sample that says {sample.label}", room=_ROOM, tall=times * sample.image.height)
            st.caption(literal(sample.label))


def _columns(width: int) -> int:
    return max(1, min(_MOST, _ROOM // (width + 16)))


def _fits(samples: Sequence[Sample], times: int) -> bool:
    columns = _columns(times * max(sample.image.width for sample in samples))
    row = times * max(sample.image.height for sample in samples) + _CAPTION
    return columns > 1 and -(-len(samples) // columns) * row <= _TALL


def before_you_make_it(config: GenerateConfig, samples: Sequence[Sample], cost: Estimate) -> None:
    """Draw what a generation will give and cost."""
    st.markdown("**Before you make it**")
    facts = [f":material/straighten: Texts of {_lengths(config.recipe)}", _fonts(config.recipe), _dropped(samples)]
    splits = config.counts
    facts.append(
        f":material/call_split: {count(splits['train'])} to learn, {count(splits['validation'])} to watch, "
        f"{count(splits['test'])} to score"
    )
    facts.append(f":material/hard_drive: About {size(cost.bytes)}")
    facts.append(f":material/timer: About {duration(cost.seconds)} at {count(cost.images_per_second)} images/s")
    st.markdown("  \n".join(facts))


def _lengths(recipe: Recipe) -> str:
    drawn = [source for source in recipe.texts if source.weight]
    least = min(getattr(source, "min_length", 1) for source in drawn)
    return f"{least} to {max(source.max_length for source in drawn)} characters"


def _fonts(recipe: Recipe) -> str:
    named = {font for look in recipe.looks for font in look.fonts}
    everywhere = all(look.fonts for look in recipe.looks)
    return (
        f":material/check: {count(len(named), 'fonts')}"
        if everywhere
        else ":material/check: All fonts that have the glyphs"
    )


def _dropped(samples: Sequence[Sample]) -> str:
    reasons = sum((sample.dropped for sample in samples), Counter[str]())
    if not reasons:
        return ":material/check: No sample had to be drawn again"
    reason, _ = reasons.most_common(1)[0]
    tries = reasons.total() + len(samples)
    return (
        f":orange[:material/warning:] {count(reasons.total())} of {count(tries)} tries drawn again: {literal(reason)}"
    )
