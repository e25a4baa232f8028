"""Preview of a recipe: samples as the network will see them, and a check of what a generation will give and cost."""

from collections.abc import Iterator, Sequence
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.caches.samples import check_recipe
from dashboard.common import state
from dashboard.common.images import picture
from dashboard.common.markdown import literal
from dashboard.common.page import open_dialog
from dashboard.data.sample_dialog import SAMPLE
from engine.config.generate import GenerateConfig
from engine.formatting import count, duration, percent, size
from engine.synth import FontGap, RecipeCheck, RecipeFinding, Sample
from engine.synth.check import Kind
from engine.workspace import Workspace

COUNTS = (12, 24, 48)
_ROOM, _TALL = 640, 640  # px that the samples have on a desktop's first screen
_CAPTION = 40  # px a row takes beside its image
_MOST = 4  # columns
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


def preview_bar() -> tuple[int, int]:
    """Draw how many samples are shown and the button that rolls others; return their count and seed."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        number = st.segmented_control(
            "Samples",
            COUNTS,
            default=COUNTS[0],
            required=True,
            key="data-count",
            label_visibility="collapsed",
            format_func="{} samples".format,
            persist_state="session",
        )
        st.button(
            "Roll again",
            icon=":material/casino:",
            key="data-reroll",
            on_click=_draw_others,
            help="Draw other samples by the same recipe. A setting changes what it governs and nothing else.",
        )
    return int(number or COUNTS[0]), int(st.session_state.get(state.PREVIEW_SEED, 0))


def _draw_others() -> None:
    st.session_state[state.PREVIEW_SEED] = st.session_state.get(state.PREVIEW_SEED, 0) + 1


def preview_grid(samples: Sequence[Sample]) -> None:
    """Draw samples with their texts, all doubled if they then fit the first screen, else all at true pixels."""
    times = 2 if _fits(samples, 2) else 1
    width = times * max(sample.image.width for sample in samples)
    grid = st.grid(_columns(width), min_column_width=width, gap=("small", "small"))
    for index, sample in enumerate(samples):
        with grid.cell(), st.container(gap="xxsmall", key=f"zoom-{index}"):
            picture(sample.image, f"Sample that says {sample.label}", room=_ROOM, tall=times * sample.image.height)
            st.caption(literal(sample.label))
            enlarge_button(str(index), sample.label, SAMPLE, index)


def enlarge_button(key: str, label: str, *about: Any) -> None:
    """Lay a button that opens a dialog over its container, whose key must begin with `zoom`; see style.css."""
    st.button(f"Enlarge {literal(label)}", key=f"enlarge-{key}", on_click=open_dialog, args=about)


def _columns(width: int) -> int:
    return max(1, min(_MOST, _ROOM // (width + 16)))


def _fits(samples: Sequence[Sample], times: int) -> bool:
    columns = _columns(times * max(sample.image.width for sample in samples))
    row = times * max(sample.image.height for sample in samples) + _CAPTION
    return columns > 1 and -(-len(samples) // columns) * row <= _TALL


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
        warnings = [found[kind] for kind in kinds if kind in found]
        for finding in warnings:
            yield f":orange[:material/warning:] {literal(finding.text)}"
        if not warnings and sound:
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
