"""Datasets on a page: a card each, with what is in it, how it was made, and what may be done."""

from functools import partial

import streamlit as st

from dashboard.common import state
from dashboard.common.jobs import actions, any_live, dataset_words, facts, job_card, trash_popover
from dashboard.common.markdown import literal
from dashboard.common.page import live_fragment, nothing_yet
from dashboard.data.datasets.covers import covers
from engine.formatting import count
from engine.jobs import Job, State, list_jobs
from engine.jobs.summaries import dataset_summary, holds_scenes
from engine.workspace import Workspace

PAGE = 20


def dataset_list(workspace: Workspace) -> None:
    """Draw all datasets, newest first; live ones move every two seconds."""
    live_fragment(lambda: _cards(workspace), lambda: any_live(workspace, "datasets"))


def _cards(workspace: Workspace) -> None:
    jobs = list_jobs(workspace, "datasets")
    if not jobs:
        nothing_yet(
            "No dataset yet",
            "Tune a recipe and generate, import images, or start with the quick start on Home.",
            "app_pages/home.py",
            "Go to the quick start",
        )
    for job in jobs[:PAGE]:
        with job_card(job, f"{dataset_words(job)} · {facts(job)}", partial(_buttons, workspace, job, job is jobs[0])):
            if holds_scenes(job) and job.state is State.finished:
                covers(job)
            elif labels := dataset_summary(job).labels:
                st.caption("For instance " + " · ".join(literal(text) for text in labels[:8]))
    if len(jobs) > PAGE:
        st.caption(f"The newest {PAGE} of {count(len(jobs), 'datasets')}.")
    trash_popover(workspace, "datasets")


def _buttons(workspace: Workspace, job: Job, newest: bool) -> None:
    finished = job.state is State.finished
    if finished and st.button("Open", key=f"open-{job.id}", icon=":material/folder_open:"):
        st.session_state[state.OPEN_DATASET] = job.id
        st.rerun()
    if finished or job.state.live:
        key, kind = (f"primary-{job.id}", "primary") if newest else (f"train-{job.id}", "secondary")
        if st.button("Train on it", key=key, type=kind, icon=":material/model_training:"):
            st.switch_page("app_pages/train.py", query_params={"dataset": job.id})
    actions(workspace, job, f"dataset-{job.id}")
