"""The card "Before you make it": what a generation, of words or of photos, will give and cost."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.caches.samples import check_recipe, check_scene_recipe
from dashboard.common.markdown import literal
from engine.config.generate import GenerateConfig, GenerateScenesConfig, GenerationConfig
from engine.formatting import count, duration, percent, size
from engine.synth import Estimate, FontGap, RecipeFinding
from engine.synth.check import Kind
from engine.synth.scenes.check import SceneCheck
from engine.workspace import Workspace

# What is said where a check finds nothing, by the kinds of findings that would stand in its place.
_Passed = Mapping[tuple[Kind, ...], str]
_FONTS_PASSED: _Passed = {("fonts", "signs"): "Every font has every glyph"}
_WORDS_PASSED: _Passed = {
    ("faint",): "Text stands out everywhere",
    ("long",): "Labels up to {longest}",
    ("narrow", "squeezed"): "Wide enough for their labels",
    ("drops",): "Hardly an image is drawn twice",
    ("right_to_left",): "",
}
_SCENES_PASSED: _Passed = {("no_text",): "", ("ignored",): "Most words are large and clear enough to count"}
_FONTS = 60  # fonts listed


def words_check(place: DeltaGenerator, config: GenerateConfig, space: Workspace) -> None:
    """Fill the card with what is known of a generation of words. Raises ConfigError when it cannot be drawn."""
    body = _begin(place)
    # Each message lets the page move on when a setting moved meanwhile.
    check = check_recipe(config, space, lambda: body.caption("Looking at 1,000 texts and 48 images …"))
    passed = {**_FONTS_PASSED, **_WORDS_PASSED}
    said = {kinds: words.format(longest=count(check.longest, "characters")) for kinds, words in passed.items()}
    _fill(body, _lines(check.findings, said), check.fonts, _costs(config, check.estimate, "images"))


def scenes_check(place: DeltaGenerator, config: GenerateScenesConfig, space: Workspace) -> None:
    """Fill the card with what is known of a generation of photos. Raises ConfigError when it cannot be drawn."""
    body = _begin(place)
    check = check_scene_recipe(config, space, lambda: body.caption("Looking at 1,000 texts and 12 scenes …"))
    lines = [*_lines(check.findings, {**_FONTS_PASSED, **_SCENES_PASSED}), *_text(config, check)]
    _fill(body, lines, check.fonts, _costs(config, check.estimate, "photos"))


def _begin(place: DeltaGenerator) -> DeltaGenerator:
    with place.container():
        st.markdown("**Before you make it**")
        return st.empty()


def _fill(body: DeltaGenerator, lines: Iterable[str], fonts: Sequence[FontGap], costs: Iterable[str]) -> None:
    with body.container(gap="small"):
        st.markdown("  \n".join(lines))
        if fonts:
            with st.popover(f"{count(len(fonts), 'fonts')} with gaps", icon=":material/font_download_off:"):
                _font_gaps(fonts)
        st.markdown("  \n".join(costs))


def _lines(findings: Iterable[RecipeFinding], passed: _Passed) -> Iterator[str]:
    found: dict[Kind, RecipeFinding] = {}
    for finding in findings:
        found.setdefault(finding.kind, finding)
    for kinds, sound in passed.items():
        warnings = [found[kind] for kind in kinds if kind in found]
        for finding in warnings:
            yield f":orange[:material/warning:] {literal(finding.text)}"
        if not warnings and sound:
            yield f":green[:material/check:] {sound}"


def _text(config: GenerateScenesConfig, check: SceneCheck) -> Iterator[str]:
    empty = config.recipe.empty
    yield f":material/image: {percent(empty)} without text, to learn what text is not"
    if check.heights:
        low, middle, high = (f"{height:.0f}" for height in check.heights)
        words = count(check.words, "words")
        yield f":material/title: About {words} that count in a photo with text; {percent(check.ignored)} do not"
        yield f":material/height: Text {low} to {high} px high, half of it under {middle} px"


def _costs(config: GenerationConfig, cost: Estimate, unit: str) -> Iterator[str]:
    splits = config.counts
    yield (
        f":material/call_split: {count(splits['train'])} to learn, {count(splits['validation'])} to watch, "
        f"{count(splits['test'])} to score"
    )
    yield f":material/hard_drive: About {size(cost.bytes)}"
    yield f":material/timer: About {duration(cost.seconds)} at {count(cost.images_per_second)} {unit}/s"


def _font_gaps(fonts: Sequence[FontGap]) -> None:
    st.caption("They are left out, on their own, of the texts that they cannot draw.")
    for font in fonts[:_FONTS]:
        lacks = " ".join(font.missing[:20]) + (" …" if len(font.missing) > 20 else "")
        st.markdown(f"{literal(font.label)} lacks {literal(lacks)} · left out of {percent(font.share)}")
    if len(fonts) > _FONTS:
        st.caption(f"and {count(len(fonts) - _FONTS)} more")
