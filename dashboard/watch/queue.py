"""Who has which device, and who waits for it in which order, which people may change."""

from collections.abc import Mapping, Sequence

import streamlit as st

from dashboard.common.errors import shown_errors
from dashboard.common.jobs import progress_words, title
from dashboard.common.markdown import literal
from dashboard.common.runs import RunLine
from engine.jobs import Device, Job, State, available_devices, move, overlap, queued
from engine.workspace import Workspace


def devices_and_queue(workspace: Workspace, live: Sequence[Job], lines: Mapping[str, RunLine], key: str) -> None:
    """Draw each device with the job that holds it, then those that wait, with buttons that move them.

    Args:
        workspace: whose queue it is.
        live: its live jobs.
        lines: how runs look, by id.
        key: begins the keys of the buttons.
    """
    waiting = queued(workspace)
    for device in available_devices():
        _device(device, [job for job in live if overlap(job.device, device.id)], {job.id for job in waiting}, lines)
    for place, job in enumerate(waiting, 1):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"{place}. {_named(job, lines)} :gray[{progress_words(job)}]", width="stretch")
            for label, icon, by, end in (("Earlier", "up", -1, 1), ("Later", "down", 1, len(waiting))):
                pressed = st.button(
                    label, icon=f":material/arrow_{icon}ward:", key=f"{key}-{job.id}-{label}", disabled=place == end,
                    type="tertiary", help=f"{label} than its neighbour in the queue",
                )  # fmt: skip
                if pressed:
                    with shown_errors():
                        move(workspace, job.id, by)
                        st.rerun()


def _device(device: Device, jobs: Sequence[Job], waiting: set[str], lines: Mapping[str, RunLine]) -> None:
    holders = [job for job in jobs if job.id not in waiting and job.state is not State.waiting]
    held = ", ".join(_named(job, lines) for job in holders) or ":gray[free]"
    st.markdown(f":material/memory: {literal(device.label)}: {held}")


def _named(job: Job, lines: Mapping[str, RunLine]) -> str:
    return title(job, lines.get(job.id))
