"""Devices with the jobs that hold them, and the queue, whose order people may change."""

from collections.abc import Mapping, Sequence

import streamlit as st

from dashboard.common.jobs import progress_words, title
from dashboard.common.markdown import literal
from dashboard.common.page import show_errors
from dashboard.common.runs import RunView
from engine.config.launchers import LOCAL
from engine.jobs import Device, Job, State, available_devices, move, overlap, queued
from engine.jobs.launchers import LABELS
from engine.workspace import Workspace


def devices_and_queue(workspace: Workspace, live: Sequence[Job], runs: Mapping[str, RunView], key: str) -> None:
    """Draw each device and cluster with the jobs that it has, then the waiting jobs with buttons that move them.

    Args:
        workspace: whose queue it is.
        live: its live jobs.
        runs: all runs by id.
        key: begins the keys of the buttons.
    """
    waiting = queued(workspace)
    for device in available_devices():
        _device(device, [job for job in live if overlap(job.device, device.id)], {job.id for job in waiting}, runs)
    for launcher, label in LABELS.items():
        there = [job for job in live if launcher != LOCAL and job.config.get("launcher") == launcher]
        if there:
            jobs = ", ".join(f"{title(runs.get(job.id, job))} :gray[{progress_words(job)}]" for job in there)
            st.markdown(f":material/hub: {label}: {jobs}")
    for place, job in enumerate(waiting, 1):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"{place}. {title(runs.get(job.id, job))} :gray[{progress_words(job)}]", width="stretch")
            _move_button(workspace, job, "Earlier", -1, place == 1, key)
            _move_button(workspace, job, "Later", 1, place == len(waiting), key)


def _move_button(workspace: Workspace, job: Job, label: str, by: int, disabled: bool, key: str) -> None:
    icon = f":material/arrow_{'up' if by < 0 else 'down'}ward:"
    about = f"{label} than its neighbour in the queue"
    name = f"{key}-{job.id}-{label}"
    if st.button(label, icon=icon, key=name, disabled=disabled, type="tertiary", help=about):
        with show_errors():
            move(workspace, job.id, by)
            st.rerun()


def _device(device: Device, jobs: Sequence[Job], waiting: set[str], runs: Mapping[str, RunView]) -> None:
    holders = [job for job in jobs if job.id not in waiting and job.state is not State.waiting]
    held = ", ".join(title(runs.get(job.id, job)) for job in holders) or ":gray[free]"
    st.markdown(f":material/memory: {literal(device.label)}: {held}")
