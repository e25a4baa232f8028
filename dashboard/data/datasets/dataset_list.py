"""Datasets on a page: a card each, with what is in it, how it was made, and what may be done."""

import streamlit as st

from dashboard.common import state
from dashboard.common.datasets import dataset_words
from dashboard.common.jobs import actions, badge, facts, progress, title
from dashboard.common.markdown import literal
from dashboard.common.page import nothing_yet
from dashboard.common.trash import trash_popover
from engine.formatting import count
from engine.jobs import Job, State, list_jobs
from engine.jobs.summaries import dataset_summary
from engine.workspace import Workspace

PAGE = 20


def dataset_list(workspace: Workspace) -> None:
    """Draw all datasets, newest first; live ones move every two seconds."""
    live = any(job.state.live for job in list_jobs(workspace, "datasets"))
    st.fragment(_cards, run_every=2 if live else None)(workspace, live)


def _cards(workspace: Workspace, was_live: bool) -> None:
    jobs = list_jobs(workspace, "datasets")
    if was_live and not any(job.state.live for job in jobs):
        st.rerun()  # the page stops the clock
    if not jobs:
        nothing_yet(
            "No dataset yet",
            "Tune a recipe and generate, import images, or start with the quick start on Home.",
            "app_pages/home.py",
            "Go to the quick start",
        )
    for job in jobs[:PAGE]:
        _card(workspace, job, job is jobs[0])
    if len(jobs) > PAGE:
        st.caption(f"The newest {PAGE} of {count(len(jobs), 'datasets')}.")
    trash_popover(workspace, "datasets")


def _open(job: Job) -> None:
    if st.button("Open", key=f"open-{job.id}", icon=":material/folder_open:"):
        st.session_state[state.OPEN_DATASET] = job.id
        st.rerun()


def _train_on(job: Job, newest: bool) -> None:
    key, kind = (f"primary-{job.id}", "primary") if newest else (f"train-{job.id}", "secondary")
    if st.button("Train on it", key=key, type=kind, icon=":material/model_training:"):
        st.switch_page("app_pages/train.py", query_params={"dataset": job.id})


def _card(workspace: Workspace, job: Job, newest: bool) -> None:
    with st.container(border=True, key=f"card-{job.id}", gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.markdown(f"{title(job)} {badge(job)}", width="content")
            st.caption(f"{dataset_words(job)} · {facts(job)}", width="content")
            with st.container(horizontal=True, width="content"):
                if job.state is State.finished:
                    _open(job)
                if job.state.live or job.state is State.finished:
                    _train_on(job, newest)
                actions(workspace, job, f"dataset-{job.id}")
        progress(job)
        labels = dataset_summary(job).labels
        if labels:
            st.caption("For instance " + " · ".join(literal(text) for text in labels[:8]))
