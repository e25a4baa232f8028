"""Sliders with a box beside their label in which the same value is typed: two boxes for two ends.

The slider holds the value, so that drafts keep one input of the two. Shares are written in per cent.
"""

from collections.abc import Callable
from typing import Any

import streamlit as st

from dashboard.common.callbacks import guarded

NO_INPUTS = ("-switch", "-typed", "-moves")
"""Ends of the keys of what stands beside an input and is none itself: its button, its box, how often it was moved."""
_BOX, _NARROW = 74, 58  # px of a box, and of each of two
_ENDS = ("Least", "Most")


def slider(
    label: str,
    value: Any,
    bounds: tuple[float, float],
    step: float,
    *,
    key: str,
    help: str | None = None,
    share: bool = False,
    written: str = "",
    beside: Callable[[], object] | None = None,
) -> Any:
    """Draw a slider with its boxes and return its value.

    Args:
        label: what is set, in Markdown.
        value: where it begins: a number, or a pair for two ends.
        bounds: the least and the largest value.
        step: between two values.
        key: of the slider.
        help: shown beside the label.
        share: True where 1 is the whole: values are shown in per cent, and stay shares.
        written: how a single number above 0 is written, such as `±%g`.
        beside: draws what stands at the right of the boxes.
    """
    low, high = bounds
    now = st.session_state.get(key, value)
    with st.container(gap=None, key=f"slider-{key}"):
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key=f"slider-head-{key}"):
            st.markdown(f"{label} (%)" if share else label, width="stretch", help=help)
            for place, number in enumerate(now if isinstance(now, tuple | list) else [now]):
                _box(label, key, place if isinstance(now, tuple | list) else None, number, bounds, step, share)
            if beside:
                beside()
        return st.slider(
            label,
            low,
            high,
            value,
            step,
            key=key,
            format="percent" if share else written if written and now else "%g",
            label_visibility="collapsed",
            persist_state="session",
            on_change=_moved,
            args=(key,),
        )


@guarded
def _moved(key: str) -> None:
    st.session_state[f"{key}-moves"] = st.session_state.get(f"{key}-moves", 0) + 1


def _box(
    label: str, key: str, place: int | None, number: Any, bounds: tuple[float, float], step: float, share: bool
) -> None:
    """Draw the box of one end, or of the only value.

    A slider that was moved gets a new box: of the old one a browser may still report what it showed before, which would
    move the slider back.
    """
    moves = st.session_state.get(f"{key}-moves", 0)
    own = key if place is None else f"{key}-{_ENDS[place].lower()}"
    box = f"{own}-{moves}-typed" if moves else f"{own}-typed"
    scale = 100.0 if share else 1
    st.session_state[box] = round(number * scale, 6)
    st.number_input(
        label if place is None else f"{_ENDS[place]}: {label}",
        min_value=round(bounds[0] * scale, 6),
        max_value=round(bounds[1] * scale, 6),
        step=round(step * scale, 6),
        format="%d" if isinstance(number * scale, int) else "%.4g",
        key=box,
        label_visibility="collapsed",
        on_change=_take,
        args=(key, box, place, scale),
        width=_BOX if place is None else _NARROW,
    )


@guarded
def _take(key: str, box: str, place: int | None, scale: float) -> None:
    """Move the slider to what was typed; an end that would pass the other takes it along."""
    typed = st.session_state[box]
    if typed is None:
        return
    value = typed if scale == 1 else round(typed / scale, 8)
    if place is None:
        st.session_state[key] = value
        return
    low, high = st.session_state[key]
    st.session_state[key] = (value, max(value, high)) if place == 0 else (min(value, low), value)
