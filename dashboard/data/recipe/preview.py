"""Preview of a recipe of words: samples as the network will see them."""

from collections.abc import Sequence

import streamlit as st

from dashboard.common import state
from dashboard.common.callbacks import guarded
from dashboard.common.enlarged import enlarge_button
from dashboard.common.images import picture
from dashboard.common.markdown import literal
from dashboard.data.sample_dialog import SAMPLE
from engine.synth import Sample

COUNTS = (12, 24, 48)
_ROOM, _TALL = 640, 640  # px that the samples have on a desktop's first screen
_CAPTION = 40  # px a row takes beside its image
_MOST = 4  # columns


def preview_bar() -> tuple[int, int]:
    """Draw how many samples are shown and the button that rolls others; return their count and seed."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption("Samples", width="content")
        number = st.segmented_control(
            "Samples",
            COUNTS,
            default=COUNTS[0],
            required=True,
            key="data-count",
            label_visibility="collapsed",
            persist_state="session",
        )
        seed = roll_button("samples")
    return int(number or COUNTS[0]), seed


def roll_button(what: str) -> int:
    """Draw the button that rolls others and return the seed."""
    st.button(
        "Roll again",
        icon=":material/casino:",
        key="data-reroll",
        on_click=_draw_others,
        help=f"Draw other {what} by the same recipe. A setting changes what it governs and nothing else.",
    )
    return int(st.session_state.get(state.PREVIEW_SEED, 0))


@guarded
def _draw_others() -> None:
    st.session_state[state.PREVIEW_SEED] = st.session_state.get(state.PREVIEW_SEED, 0) + 1


def preview_grid(samples: Sequence[Sample]) -> None:
    """Draw samples with their texts, all doubled if they then fit the first screen, else all at true pixels."""
    times = 2 if _fits(samples, 2) else 1
    width = times * max(sample.image.width for sample in samples)
    grid = st.grid(_columns(width), min_column_width=width, gap=("small", "small"), key="samples-words")
    for index, sample in enumerate(samples):
        with grid.cell(), st.container(gap="xxsmall", key=f"zoom-{index}"):
            picture(sample.image, f"Sample that says {sample.label}", room=_ROOM, tall=times * sample.image.height)
            st.caption(literal(sample.label))
            enlarge_button(str(index), sample.label, SAMPLE, index)


def _columns(width: int) -> int:
    return max(1, min(_MOST, _ROOM // (width + 16)))


def _fits(samples: Sequence[Sample], times: int) -> bool:
    columns = _columns(times * max(sample.image.width for sample in samples))
    row = times * max(sample.image.height for sample in samples) + _CAPTION
    return columns > 1 and -(-len(samples) // columns) * row <= _TALL
