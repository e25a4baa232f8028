"""The choice of all runs that were started together, as one click."""

from collections.abc import Sequence

import streamlit as st

from dashboard.common import state
from dashboard.common.callbacks import guarded
from dashboard.common.markdown import literal
from engine.config.diff import differences
from engine.config.variations import setting_names
from engine.evaluation.groups import started_together
from engine.formatting import ago, count
from engine.jobs import Job

_SHOWN = 20  # newest groups


def group_picker(runs: Sequence[Job]) -> None:
    """Draw a button for each group of runs that were started together, newest first; nothing where there is none."""
    groups = started_together([run for run in runs if not run.notes.archived])
    if not groups:
        return
    with st.popover("Groups", icon=":material/stacks:"):
        st.caption("Runs that were started together. A click chooses them, and no others.")
        for members in groups[:_SHOWN]:
            st.button(
                group_label(members),
                key=f"compare-group-{members[0].id}",
                type="tertiary",
                on_click=guarded(state.choose_compared),
                args=([run.id for run in members],),
            )


def group_label(runs: Sequence[Job]) -> str:
    """Return Markdown for what a group varies, how many runs it has, and when it was started."""
    varied = [literal(name) for name in setting_names(differences(*(run.config for run in runs))).values()]
    what = " × ".join(varied) or "the same settings"
    return f"{what} · {count(len(runs), 'runs')} · {ago(runs[-1].created)}"
