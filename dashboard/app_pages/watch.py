"""Watch: is it learning, and what does it still get wrong?"""

from collections.abc import Mapping, Sequence

import streamlit as st

from dashboard.caches.files import workspace
from dashboard.common import state
from dashboard.common.deleting import deleted_jobs, undo_line
from dashboard.common.jobs import standing_of_live, title, try_button
from dashboard.common.markdown import literal
from dashboard.common.page import head, live_fragment, nothing_yet
from dashboard.common.runs import RunView, run_views
from dashboard.runs.curves import cost_chart, run_charts
from dashboard.runs.metrics import View
from dashboard.watch.comparison import compare_button
from dashboard.watch.notification import notify_button
from dashboard.watch.pinned import pinned
from dashboard.watch.pinned_photos import pinned_photos
from dashboard.watch.queue import devices_and_queue
from dashboard.watch.run_picker import in_order, run_chips
from dashboard.watch.run_state import log_tail, run_state
from dashboard.watch.save_model import save_model
from dashboard.watch.sweeps import sweeps_chosen, sweeps_view
from dashboard.watch.take_away import take_away
from engine.formatting import count
from engine.jobs import Job, State, find_live, list_jobs
from engine.jobs.summaries import can_read, finds_text, run_summary

_STATES_EVERY, _CURVES_EVERY = 2.0, 5.0  # seconds between refreshes; a chart that is drawn again ends a drag over it
_NOTIFIED = 20  # newest runs whose end the browser may announce

space = workspace()
place = head("Watch: is it learning?")


def states(ids: list[str]) -> None:
    """Draw the states of the chosen runs."""
    runs = list_jobs(space, "runs")
    views, datasets = run_views(runs), _datasets()
    with st.container(border=True, key="card-runs", gap="small"):
        for view in in_order(view for id, view in views.items() if id in ids):
            run_state(space, view, datasets)
    notify_button(runs[:_NOTIFIED])


def learning(ids: list[str]) -> None:
    """Draw the progress of the chosen runs: curves, pinned images, and folded details."""
    runs = run_views(list_jobs(space, "runs"))
    chosen = in_order(run for run in runs.values() if run.id in ids)
    if not chosen:
        st.rerun()  # all were deleted meanwhile: the page chooses others
    view = run_charts(chosen, _datasets(), "watch")
    with st.container(border=True, key="card-learning", gap="small"):
        with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
            st.markdown("**Watch it learn**", width="content")
            run = chosen[0] if len(chosen) == 1 else _one_of(chosen)
        (pinned_photos if finds_text(run.job) else pinned)(run)
    _folded_details(chosen, runs, view)


def _datasets() -> dict[str, Job]:
    return {job.id: job for job in list_jobs(space, "datasets")}


def _one_of(runs: Sequence[RunView]) -> RunView:
    titles = {run.id: literal(run.title) for run in runs}
    if st.session_state.get(state.PINNED_RUN) not in titles:
        st.session_state[state.PINNED_RUN] = runs[0].id
    id = st.segmented_control(
        "Run",
        list(titles),
        format_func=titles.__getitem__,
        required=True,
        key=state.PINNED_RUN,
        label_visibility="collapsed",
    )
    return next(run for run in runs if run.id == id)


def _folded_details(chosen: Sequence[RunView], runs: Mapping[str, RunView], view: View) -> None:
    """Draw what is needed now and then; a closed panel costs nothing."""
    cost = st.expander("Speed, learning rate, hardware", icon=":material/speed:", on_change="rerun", key="cost")
    if cost.open:
        with cost:
            cost_chart(chosen, view, "watch")
    live = find_live(space)
    waiting = sum(job.state is State.waiting for job in live)
    label = f"Devices and queue{f' · {count(waiting)} waiting' if waiting else ''}"
    queue = st.expander(label, icon=":material/memory:", on_change="rerun", key="queue")
    if queue.open:
        with queue:
            devices_and_queue(space, live, runs, "queue")
    for run in filter(lambda run: run_summary(run.job).bundle_step is not None, chosen):
        box = st.expander(f"Take {title(run)} away", icon=":material/output:", on_change="rerun", key=f"take-{run.id}")
        if box.open:
            with box:
                save_model(space, run.job, f"save-{run.id}")
                if can_read(run.job):
                    st.divider()
                    take_away(space, run.job, f"take-{run.id}")
    for run in chosen:
        log = st.expander(f"Log of {title(run)}", icon=":material/notes:", on_change="rerun", key=f"log-{run.id}")
        if log.open:
            with log:
                log_tail(run.job, f"log-{run.id}")


if sweeps_chosen(space, place):
    sweeps_view(space, place)
    st.stop()
runs = list_jobs(space, "runs")
undo_line(space, deleted_jobs(space, "runs"))
if not runs:
    nothing_yet(
        "No run yet",
        "A run is one training. Start one, and its curves appear here as it learns.",
        "app_pages/train.py",
        "Train a reader",
    )
    st.stop()
chosen = run_chips(run_views(runs))
if not chosen:
    st.caption("Choose one run or several above.")
    st.stop()
with place:
    compare_button([run.job for run in chosen])
    try_button([run.job for run in chosen])
ids = [run.id for run in chosen]
live_fragment(lambda: states(ids), lambda: standing_of_live(space), _STATES_EVERY)
live_fragment(lambda: learning(ids), lambda: bool(find_live(space)), _CURVES_EVERY)
