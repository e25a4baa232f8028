"""Choices among things on disk, which may have gone since they were chosen, or be asked for by the address."""

from collections.abc import Sequence

import streamlit as st


def asked_for(name: str) -> str | None:
    """Take a parameter from the address: it chooses once, and what the user chooses later holds."""
    value = st.query_params.get(name)
    if value is not None:
        del st.query_params[name]
    return value


def choose(key: str, options: Sequence[str], asked: str | None) -> None:
    """Set a single choice before its widget is drawn: to what is asked for, else what was chosen, else the first.

    `options` must not be empty.
    """
    for wanted in (asked, st.session_state.get(key), options[0]):
        if wanted in options:
            st.session_state[key] = wanted
            return


def choose_several(key: str, options: Sequence[str], first: Sequence[str], asked: str | None) -> None:
    """Set a multiple choice likewise; an empty choice stays empty."""
    chosen = [asked] if asked in options else st.session_state.get(key, first)
    st.session_state[key] = [option for option in chosen if option in options]
