"""Watch: is it learning, and what does it still get wrong?"""

import streamlit as st

from dashboard.components.chrome import head, nothing_yet
from dashboard.components.jobs import actions, badge, facts, progress, title
from dashboard.components.runs import run_charts, run_chips, run_lines, run_words
from dashboard.loaders import workspace
from dashboard.summaries import run_figures
from engine.jobs import Job, list_jobs, tail_log

space = workspace()
place = head("Is it learning?")


def live_view(ids: list[str], live: bool) -> None:
    """Draw the chosen runs as they are now; runs again every two seconds while one of them is live."""
    runs = list_jobs(space, "runs")
    lines = run_lines(runs)
    chosen = [run for run in runs if run.id in ids]
    if live and not any(run.state.live for run in chosen):
        st.rerun()  # the page stops the clock
    for run in chosen:
        _row(run, lines[run.id].colour)
    run_charts(chosen, lines, "watch")
    for run in chosen:
        _log(run)


def _row(run: Job, colour: str) -> None:
    with st.container(border=True, key=f"card-{run.id}", gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.markdown(f"{title(run, colour)} {badge(run)}", width="content")
            st.caption(facts(run), width="content")
            with st.container(horizontal=True, width="content"):
                actions(space, run, f"watch-{run.id}")
        progress(run)
        st.caption(run_words(run))


def _log(run: Job) -> None:
    panel = st.expander(f"Log of {title(run)}", icon=":material/notes:", on_change="rerun", key=f"log-{run.id}")
    if panel.open:
        panel.code(
            tail_log(run.folder)[-8000:] or "Nothing was written yet.", language=None, height=320, wrap_lines=True
        )


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
readable = next((run for run in chosen if run_figures(run).bundle_step is not None), None)
with place:
    if readable and st.button("Read with it", key="primary-read", type="primary", icon=":material/text_fields:"):
        st.switch_page("app_pages/read.py", query_params={"run": readable.id})
ticking = any(run.state.live for run in chosen)
st.fragment(live_view, run_every=2 if ticking else None)([run.id for run in chosen], ticking)
