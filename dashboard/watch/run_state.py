"""One run in a few lines: its state and progress, how well it reads real and drawn images, and what its curves say.

Names and messages are foreign text and are shown as such.
"""

from collections.abc import Mapping

import streamlit as st

from dashboard.common.jobs import badge, facts, progress, title
from dashboard.common.markdown import literal
from dashboard.common.runs import RunLine
from dashboard.runs.domain_gap import gap_words, scores
from dashboard.watch.run_actions import run_actions
from engine.evaluation.diagnosis import Frames, findings
from engine.jobs import Job, State, tail_log
from engine.workspace import Workspace

_LOOKS = {
    "wrong": ":red[:material/error:]",
    "doubtful": ":orange[:material/warning:]",
    "fine": ":green[:material/trending_up:]",
}


def run_state(workspace: Workspace, run: Job, line: RunLine, frames: Frames, datasets: Mapping[str, Job]) -> None:
    """Draw the row of a run with its actions.

    Args:
        workspace: where it is.
        run: the run.
        line: what it is called and how it looks in the charts.
        frames: its events by kind.
        datasets: the datasets there are, by id.
    """
    with st.container(gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"{title(run, line)} {badge(run)}", width="content")
            st.caption(facts(run), width="stretch")
            run_actions(workspace, run, f"watch-{run.id}")
        progress(run)
        log = tail_log(run.folder) if run.state is State.failed else ""
        found = [f"{_LOOKS[one.level]} {literal(one.text)}" for one in findings(run, frames, log)]
        st.markdown("  \n".join([gap_words(scores(run, datasets, frames), run.state.live), *found]))
