"""Tables: the only way by which a frame reaches a page, so that no text of it hides or reorders what stands beside it.

Streamlit's own *Download as CSV* is taken away by style.css: a spreadsheet computes cells that begin with = + - or @,
and unlike our own files it has no guard. Tables that are worth keeping have a download of ours beside them.
"""

from typing import Any

import pandas as pd
import streamlit as st

from engine.labels import visible


def draw_table(frame: pd.DataFrame, **options: Any) -> Any:
    """Draw a frame as `st.dataframe` does, with its options and its result."""
    return st.dataframe(visible_frame(frame), **options)


def edit_table(frame: pd.DataFrame, **options: Any) -> Any:
    """Draw a frame whose cells can be typed over, as `st.data_editor` does, with its options and its result."""
    return st.data_editor(visible_frame(frame), **options)


def visible_frame(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame whose texts, headings included, hold no control or direction characters."""
    shown = frame.copy(deep=False)
    for name in frame.columns:
        if _holds_texts(frame[name]):
            shown[name] = frame[name].map(_shown)
    names = [_shown(name) for name in shown.columns]
    if _holds_texts(shown.index):
        shown = shown.set_axis(shown.index.map(_shown))
    return shown if names == list(shown.columns) else shown.set_axis(names, axis="columns")


def _holds_texts(values: "pd.Series[Any] | pd.Index[Any]") -> bool:
    return not (pd.api.types.is_numeric_dtype(values) or pd.api.types.is_datetime64_any_dtype(values))


def _shown(value: Any) -> Any:
    return visible(value) if isinstance(value, str) else value
