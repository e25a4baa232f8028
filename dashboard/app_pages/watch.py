"""Watch: is it learning, and what does it still get wrong?"""

from collections.abc import Mapping
from functools import partial

import streamlit as st

from dashboard.caches.files import event_frames, workspace
from dashboard.common.jobs import title
from dashboard.common.markdown import literal
from dashboard.common.page import head, nothing_yet
from dashboard.common.runs import RunLine, run_lines
from dashboard.runs.curves import charts, cost_chart, view_controls
from dashboard.runs.domain_gap import marks
from dashboard.runs.metrics import View
from dashboard.watch.logs import log_tail
from dashboard.watch.notification import notice
from dashboard.watch.pinned import pinned
from dashboard.watch.queue import devices_and_queue
from dashboard.watch.run_picker import run_chips
from dashboard.watch.run_state import run_state
from engine.evaluation.diagnosis import Frames
from engine.evaluation.pinned_samples import KIND
from engine.formatting import count
from engine.jobs import Job, State, find_live, list_jobs
from engine.jobs.summaries import run_summary

_STATES_EVERY, _CURVES_EVERY = 2.0, 5.0  # seconds between two looks; a chart that is drawn anew ends a drag over it
_NOTED = 20  # newest runs whose end the browser may tell of

space = workspace()
place = head("Is it learning?")


def states(ids: list[str], ticks: bool) -> None:
    """Draw what the chosen runs do now."""
    runs = list_jobs(space, "runs")
    if ticks and not find_live(space):
        st.rerun()  # the page stops the clocks
    lines = run_lines(runs)
    datasets = {job.id: job for job in list_jobs(space, "datasets")}
    with st.container(border=True, key="card-runs", gap="small"):
        for run in (run for run in runs if run.id in ids):
            run_state(space, run, lines[run.id], event_frames(run.folder), datasets)
    notice(runs[:_NOTED])


def learning(ids: list[str]) -> None:
    """Draw how the chosen runs learn: curves, pinned images, and what is looked at now and then."""
    runs = list_jobs(space, "runs")
    lines = run_lines(runs)
    chosen = [run for run in runs if run.id in ids]
    if not chosen:
        st.rerun()  # all were deleted meanwhile: the page chooses others
    frames = {run.id: event_frames(run.folder) for run in chosen}
    datasets = {job.id: job for job in list_jobs(space, "datasets")}
    view = view_controls(chosen, frames, "watch")
    charts(chosen, frames, lines, view, partial(marks, datasets=datasets, frames=frames), "watch")
    _pinned(chosen, frames, lines)
    _folds(chosen, frames, lines, view)


def _pinned(chosen: list[Job], frames: Mapping[str, Frames], lines: Mapping[str, RunLine]) -> None:
    with st.container(border=True, key="card-learning", gap="small"):
        with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
            st.markdown("**Watch it learn**", width="content")
            run = chosen[0] if len(chosen) == 1 else _one_of(chosen, lines)
        pinned(run, frames[run.id].get(KIND), f"pins-{run.id}")


def _one_of(runs: list[Job], lines: Mapping[str, RunLine]) -> Job:
    names = {run.id: literal(lines[run.id].label) for run in runs}
    if st.session_state.get("pins-run") not in names:
        st.session_state["pins-run"] = runs[0].id
    id = st.segmented_control(
        "Run", list(names), format_func=names.__getitem__, required=True, key="pins-run", label_visibility="collapsed"
    )
    return next(run for run in runs if run.id == id)


def _folds(chosen: list[Job], frames: Mapping[str, Frames], lines: Mapping[str, RunLine], view: View) -> None:
    """Draw what is looked at now and then; what is folded costs nothing."""
    live = find_live(space)
    cost = st.expander("Speed, learning rate, hardware", icon=":material/speed:", on_change="rerun", key="cost")
    if cost.open:
        with cost:
            cost_chart(chosen, frames, lines, view, "watch")
    waiting = sum(job.state is State.waiting for job in live)
    label = f"Devices and queue{f' · {count(waiting)} waiting' if waiting else ''}"
    queue = st.expander(label, icon=":material/memory:", on_change="rerun", key="queue")
    if queue.open:
        with queue:
            devices_and_queue(space, live, lines, "queue")
    for run in chosen:
        log = st.expander(
            f"Log of {title(run, lines[run.id])}", icon=":material/notes:", on_change="rerun", key=f"log-{run.id}"
        )
        if log.open:
            with log:
                log_tail(run, f"log-{run.id}")


runs = list_jobs(space, "runs")
if not runs:
    nothing_yet(
        "No run yet",
        "A run is one training. Start one, and its curves appear here as it learns.",
        "app_pages/train.py",
        "Train a reader",
    )
    st.stop()
chosen = run_chips(runs, run_lines(runs))
if not chosen:
    st.caption("Choose one run or several above.")
    st.stop()
readable = next((run for run in chosen if run_summary(run).bundle_step is not None), None)
with place:
    if readable and st.button("Read with it", key="primary-read", type="primary", icon=":material/text_fields:"):
        st.switch_page("app_pages/read.py", query_params={"run": readable.id})
ticking, ids = bool(find_live(space)), [run.id for run in chosen]
st.fragment(states, run_every=_STATES_EVERY if ticking else None)(ids, ticking)
st.fragment(learning, run_every=_CURVES_EVERY if ticking else None)(ids)
