"""Errors on the page: those that the user can resolve are shown as text, any other is a bug and looks like one."""

import contextlib
from collections.abc import Iterator

import streamlit as st

from dashboard.common.markdown import literal
from engine.errors import GlyphlabError


@contextlib.contextmanager
def show_errors() -> Iterator[None]:
    """Show a GlyphlabError raised inside as text (value, rule, remedy) and go on after the block."""
    try:
        yield
    except GlyphlabError as error:
        show_error(error)


def show_error(error: GlyphlabError) -> None:
    """Show one error, a paragraph for each of its lines; nothing in it is read as Markdown."""
    st.error("\n\n".join(literal(line) for line in str(error).splitlines()), icon=":material/error:")
