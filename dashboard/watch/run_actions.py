"""Actions on a run from its row: stop, resume, train for longer, clone, delete.

Training for longer is a new run that begins with this one's best weights: the length of a run is part of what makes
resuming exact, and never changes.
"""

import streamlit as st

from dashboard.common.jobs import actions
from dashboard.common.launch import launch_button, watch
from engine.config.train import TrainConfig
from engine.errors import ConfigError
from engine.jobs import Job, launch
from engine.jobs.summaries import run_summary
from engine.workspace import Workspace

_MINUTES, _EPOCHS = 5.0, 5


def run_actions(workspace: Workspace, run: Job, key: str) -> None:
    """Draw the actions of one run."""
    actions(workspace, run, key)
    more = st.popover("More", icon=":material/more_horiz:", key=f"{key}-more", on_change="rerun")
    if not more.open:
        return
    with more:
        if st.button(
            "Clone", icon=":material/content_copy:", key=f"{key}-clone", help="Its settings on the Train page."
        ):
            st.switch_page("app_pages/train.py", query_params={"like": run.id})
        if run_summary(run).bundle_step is None:
            st.caption("Once it has exported a reader, a longer run can begin with its weights.")
        else:
            _longer(workspace, run, key)


def _longer(workspace: Workspace, run: Job, key: str) -> None:
    try:
        config = TrainConfig.parse(run.config)
    except ConfigError:
        return
    st.markdown("**Learn for longer**")
    st.caption("A new run that begins with this one's best weights.")
    if config.minutes is None:
        epochs = st.number_input("More epochs", 1, 10_000, _EPOCHS, key=f"{key}-epochs")
        changes: dict[str, object] = {"epochs": epochs}
    else:
        minutes = st.number_input("More minutes", 0.1, 20_160.0, _MINUTES, 0.5, key=f"{key}-minutes")
        changes = {"minutes": minutes, "epochs": None}
    further = config.changed(**changes, start_from=run.id, charset="same")
    launch_button(
        "Go on",
        f"{key}-longer",
        lambda nonce: launch(workspace, "train", further, name=f"{run.name}, further", nonce=nonce),
        watch,
        filled=False,
    )
