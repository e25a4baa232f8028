"""The button that starts a job, exactly once.

A nonce is drawn when the button is shown and is part of the button's identity: a double click reaches a button that is
no longer there, and two tabs that show the same form have nonces of their own. The engine refuses a nonce it has seen.
"""

import os
import uuid
from collections.abc import Callable
from typing import Any

import streamlit as st

from dashboard.common import state
from dashboard.common.page import show_errors
from engine.cli.command import command
from engine.config.base import Config
from engine.workspace import WORKSPACE_VARIABLE


def launch_button(
    label: str,
    key: str,
    start: Callable[[str], str],
    then: Callable[[str], None],
    *,
    filled: bool = True,
    **look: Any,
) -> None:
    """Draw a button, by default the page's filled one; a click calls `start(nonce)` for an id, and then `then(id)`.

    A fault that the user can mend is shown under the button, and the button stays.
    """
    nonce = st.session_state.setdefault(state.launch_nonce(key), uuid.uuid4().hex)
    kind, name = ("primary", "primary") if filled else ("secondary", "start")
    if not st.button(label, key=f"{name}-{key}-{nonce}", type=kind, icon=":material/play_arrow:", **look):
        return
    with show_errors():
        id = start(nonce)
        st.session_state[state.launch_nonce(key)] = uuid.uuid4().hex
        then(id)


def watch(id: str) -> None:
    """Go to the Watch page of a run."""
    st.switch_page("app_pages/watch.py", query_params={"run": id})


def watch_sweep(id: str) -> None:
    """Go to where a sweep is watched."""
    st.switch_page("app_pages/watch.py", query_params={"sweep": id})


def same_command(kind: str, config: Config, name: str = "") -> None:
    """Show the command line that does what the page would do now."""
    with st.expander("The command that does the same", icon=":material/terminal:"):
        st.code(command(kind, config, name), language=None, wrap_lines=True)
        if os.environ.get(WORKSPACE_VARIABLE):
            st.caption(f"Set {WORKSPACE_VARIABLE} first, as it is set for this server: else another workspace is used.")
