"""One run in a few lines: its state and progress, its scores on real and synthetic images, and findings on its curves.

Names and messages are foreign text and are shown as such.
"""

from collections.abc import Mapping

import streamlit as st

from dashboard.common.jobs import facts, headline, progress
from dashboard.common.markdown import literal
from dashboard.common.runs import RunView
from dashboard.runs.domain_gap import domain_scores, gap_words
from dashboard.watch.run_actions import run_actions
from engine.evaluation.diagnosis import findings
from engine.jobs import Job, State, tail_log
from engine.workspace import Workspace

_ICONS = {
    "wrong": ":red[:material/error:]",
    "doubtful": ":orange[:material/warning:]",
    "fine": ":green[:material/trending_up:]",
}


def run_state(workspace: Workspace, run: RunView, datasets: Mapping[str, Job]) -> None:
    """Draw the row of a run with its actions.

    Args:
        workspace: where it is.
        run: the run.
        datasets: all datasets by id.
    """
    job = run.job
    with st.container(gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(headline(run), width="content")
            st.caption(facts(job), width="stretch")
            run_actions(workspace, job, f"watch-{job.id}")
        progress(job)
        log = tail_log(job.folder) if job.state is State.failed else ""
        found = [f"{_ICONS[one.level]} {literal(one.text)}" for one in findings(job, run.frames, log)]
        st.markdown("  \n".join([gap_words(domain_scores(run, datasets), job.state.live), *found]))
