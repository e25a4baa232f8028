"""Parts that pages are put together from: heads, empty states, live parts, pagers, dialogs and errors.

Dialogs are open one at a time; the session holds the open one, so that it survives a rerun of the page. Errors that the
user can resolve are shown as text; any other is a bug and looks like one.
"""

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.caches.files import workspace
from dashboard.common import state
from dashboard.common.markdown import literal
from dashboard.common.setting_words import path_title
from engine.errors import ConfigError, GlyphlabError
from engine.jobs.write_faults import told_write_faults


@contextlib.contextmanager
def show_errors() -> Iterator[None]:
    """Show a GlyphlabError raised inside as text (value, rule, remedy) and go on after the block."""
    try:
        yield
    except GlyphlabError as error:
        show_error(error)


@contextlib.contextmanager
def page_errors() -> Iterator[None]:
    """Show also a full disk and a workspace that is read-only: for pages, and for parts that are drawn again alone."""
    with show_errors(), told_write_faults(workspace()):
        yield


@contextlib.contextmanager
def callback_fault() -> Iterator[None]:
    """Show the error of the callback that this run follows above what is drawn inside, once."""
    _show_callback_fault()
    try:
        yield
    finally:
        st.session_state.pop(state.CALLBACK_FAULT, None)


def _show_callback_fault() -> None:
    fault: GlyphlabError | None = st.session_state.get(state.CALLBACK_FAULT)
    if fault is not None:
        show_error(fault)


def show_error(error: GlyphlabError, *, labels: bool = True) -> None:
    """Show one error, a paragraph for each of its lines; nothing in it is Markdown.

    Settings are named by their labels in forms, or, of a text that somebody typed, as they stand there.
    """
    if labels and isinstance(error, ConfigError) and error.faults:
        lines = [": ".join(filter(None, [_setting(path), literal(text)])) for path, text in error.faults]
    else:
        lines = [literal(line) for line in str(error).splitlines()]
    st.error("\n\n".join(lines), icon=":material/error:")


def _setting(path: Sequence[str | int]) -> str:
    """Return Markdown of a setting as forms label it: `Texts 2 › Min length`; nothing for an empty path."""
    return f"**{literal(path_title(path))}**" if path else ""


def head(question: str, answer: str = "") -> DeltaGenerator:
    """Draw the question that the page answers; return the place at its right for the page's filled button."""
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    with left:
        st.title(question, anchor=False)
        if answer:
            st.caption(answer)
    return right.container(horizontal=True, horizontal_alignment="right", vertical_alignment="bottom")


def nothing_yet(what: str, next_step: str, page: str, label: str, asked: Mapping[str, str] | None = None) -> None:
    """Draw an empty state: what is missing, what to do about it, and the way there."""
    with st.container(border=True, key="card-nothing", horizontal_alignment="center", gap="small"):
        st.space("small")
        st.markdown(f"**{what}**", text_alignment="center")
        st.caption(next_step, text_alignment="center")
        if st.button(label, key=f"primary-{page}", type="primary", icon=":material/arrow_forward:"):
            st.switch_page(page, query_params=asked)
        st.space("small")


def live_fragment(draw: Callable[[], None], status: Callable[[], object], every: float = 2.0) -> None:
    """Draw a part of the page that refreshes itself while there is something to follow.

    Args:
        draw: draws the part.
        status: what the rest of the page depends on, cheap to ask for. The part is drawn again and again while it is
            truthy at first; as soon as it differs, the whole page is drawn again.
        every: seconds between two drawings.
    """
    before = status()

    def refresh() -> None:
        with page_errors():
            if status() != before:
                st.rerun()
            draw()

    st.fragment(refresh, run_every=every if before else None)()


def pager(total: int, size: int, key: str) -> slice:
    """Draw the choice of a page where `total` things take several; return which of them the page shows."""
    pages = -(-total // size)
    number = int(st.pagination(pages, key=f"{key}-{pages}") or 1) if pages > 1 else 1
    return slice((number - 1) * size, number * size)


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

    def content() -> None:
        _show_callback_fault()  # that on the page lies below the dialog
        with page_errors():
            draw()

    st.dialog(title, width="large", on_dismiss=close_dialog)(content)()
