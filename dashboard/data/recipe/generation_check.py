"""Before you make it: what a generation will do wrong, and what it will give and cost."""

from collections.abc import Iterator, Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.caches.samples import check_recipe
from dashboard.common.markdown import literal
from engine.config.generate import GenerateConfig
from engine.formatting import count, duration, percent, size
from engine.synth import FontGap, RecipeCheck, RecipeFinding
from engine.synth.check import Kind
from engine.workspace import Workspace

# What is said where a check finds nothing, by the kinds of findings that would stand in its place.
_PASSED: dict[tuple[Kind, ...], str] = {
    ("fonts", "signs"): "Every font has every glyph",
    ("faint",): "Text stands out everywhere",
    ("long",): "Labels up to {longest}",
    ("narrow", "squeezed"): "Wide enough for their labels",
    ("drops",): "Hardly an image is drawn twice",
    ("right_to_left",): "",
}
_FONTS = 60  # fonts listed


def generation_check(place: DeltaGenerator, config: GenerateConfig, space: Workspace) -> None:
    """Fill a card with what is known of a generation. Raises ConfigError when it cannot be drawn."""
    with place.container():
        st.markdown("**Before you make it**")
        body = st.empty()
    # Each message lets the page move on when a setting moved meanwhile.
    check = check_recipe(config, space, lambda: body.caption("Looking at 1,000 texts and 48 images …"))
    with body.container(gap="small"):
        st.markdown("  \n".join(_lines(check)))
        if check.fonts:
            with st.popover(f"{count(len(check.fonts), 'fonts')} with gaps", icon=":material/font_download_off:"):
                _font_gaps(check.fonts)
        st.markdown("  \n".join(_estimate(config, check)))


def _lines(check: RecipeCheck) -> Iterator[str]:
    found: dict[Kind, RecipeFinding] = {}
    for finding in check.findings:
        found.setdefault(finding.kind, finding)
    for kinds, sound in _PASSED.items():
        told = [found[kind] for kind in kinds if kind in found]
        for finding in told:
            yield f":orange[:material/warning:] {literal(finding.text)}"
        if not told and sound:
            yield f":green[:material/check:] {sound.format(longest=count(check.longest, 'characters'))}"


def _estimate(config: GenerateConfig, check: RecipeCheck) -> Iterator[str]:
    splits, cost = config.counts, check.estimate
    yield (
        f":material/call_split: {count(splits['train'])} to learn, {count(splits['validation'])} to watch, "
        f"{count(splits['test'])} to score"
    )
    yield f":material/hard_drive: About {size(cost.bytes)}"
    yield f":material/timer: About {duration(cost.seconds)} at {count(cost.images_per_second)} images/s"


def _font_gaps(fonts: Sequence[FontGap]) -> None:
    st.caption("They are left out, on their own, of the texts that they cannot draw.")
    for font in fonts[:_FONTS]:
        lacks = " ".join(font.missing[:20]) + (" …" if len(font.missing) > 20 else "")
        st.markdown(f"{literal(font.label)} lacks {literal(lacks)} · left out of {percent(font.share)}")
    if len(fonts) > _FONTS:
        st.caption(f"and {count(len(fonts) - _FONTS)} more")
