"""Callbacks of widgets whose errors the page shows."""

import functools
from collections.abc import Callable
from typing import ParamSpec

import streamlit as st

from dashboard.caches.files import workspace
from dashboard.common import state
from engine.errors import GlyphlabError
from engine.jobs.write_faults import told_write_faults

P = ParamSpec("P")


def guarded(callback: Callable[P, object]) -> Callable[P, None]:
    """Return the callback of a widget so that the page shows its error: Streamlit calls it before the page is drawn."""

    @functools.wraps(callback)
    def call(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            with told_write_faults(workspace()):
                callback(*args, **kwargs)
        except GlyphlabError as error:
            st.session_state[state.CALLBACK_FAULT] = error
            st.rerun()  # the whole page, also where a fragment alone would be drawn again

    return call
