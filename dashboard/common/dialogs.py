"""Dialogs, one open at a time; the session holds the open one, so that it survives a rerun of the page."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from dashboard.common import state


def open_dialog(name: str, *about: Any) -> None:
    """Open a dialog at the next run; made for `on_click`. What it is about is kept beside its name."""
    st.session_state[state.DIALOG] = (name, about)


def opened_dialog(name: str) -> tuple[Any, ...] | None:
    """Return what the dialog of this name is about, or None while it is closed."""
    open_now, about = st.session_state.get(state.DIALOG, (None, ()))
    return about if open_now == name else None


def close_dialog() -> None:
    """Close the open dialog; the page then runs again."""
    st.session_state.pop(state.DIALOG, None)


def dialog(title: str, draw: Callable[[], None]) -> None:
    """Draw the open dialog; its X, Escape and a click beside it close it."""
    st.dialog(title, width="large", on_dismiss=close_dialog)(draw)()
