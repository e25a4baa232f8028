"""The runs of the table out of the lab: as a table of settings, figures and times, and to an MLflow server.

Nothing is sent before the button is pressed, and nowhere but to the address that stands there.
"""

import os
from collections.abc import Sequence

import streamlit as st

from dashboard.common.buckets import address_button
from dashboard.common.jobs import progress_text
from dashboard.common.page import show_errors
from engine.formatting import count, sentence
from engine.jobs import Job, Progress, metered
from engine.tracking import DEFAULT_EXPERIMENT, RUN_FILES, RunFile
from engine.tracking.address import known_address
from engine.tracking.table import FORMS, runs_table
from engine.workspace import Workspace

_TITLES = {"csv": ("CSV", "text/csv"), "parquet": ("Parquet", "application/vnd.apache.parquet")}


def runs_out(workspace: Workspace, runs: Sequence[Job], chosen: Sequence[Job]) -> None:
    """Draw the popover with the downloads and the way to a tracker; nothing where there is no run."""
    if not runs:
        return
    with (
        st.popover("Export", icon=":material/output:", type="tertiary", key="compare-export"),
        st.container(gap="small"),
    ):
        wanted = _which(runs, chosen)
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            for form, write in FORMS.items():
                title, kind = _TITLES[form]
                st.download_button(
                    f"Download {title}",
                    lambda write=write: write(runs_table(wanted)),
                    f"runs.{form}",
                    kind,
                    key=f"compare-runs-{form}",
                    help="A row a run: settings, figures and times. Nothing is rounded.",
                    icon=":material/download:",
                    on_click="ignore",
                )
        _mlflow(workspace, wanted)


def _mlflow(workspace: Workspace, wanted: Sequence[Job]) -> None:
    left, right = st.columns([3, 2])
    address = left.text_input(
        "Address of an MLflow server",
        known_address(os.environ),
        key="compare-mlflow-address",
        max_chars=500,
        placeholder="http://localhost:5000",
        help="A login comes from the environment in which Glyphlab was started: docs/trackers.md.",
        persist_state="session",
    )
    experiment = right.text_input(
        "Experiment there", DEFAULT_EXPERIMENT, key="compare-mlflow-experiment", max_chars=200, persist_state="session"
    )
    titles = {name: sentence(what) for name, what in RUN_FILES.items()}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        files = st.pills(
            "Files that go along",
            RUN_FILES,
            format_func=titles.__getitem__,
            selection_mode="multi",
            key="compare-mlflow-files",
        )
        pressed = address_button("Send", "compare-mlflow-send", ":material/upload:", address)
    st.caption("Times, curves and settings; what the server has already is not sent again.")
    if pressed:
        _send(workspace, wanted, address, experiment, files)


def _send(workspace: Workspace, wanted: Sequence[Job], address: str, experiment: str, files: Sequence[RunFile]) -> None:
    """Send runs while a bar shows how far it is."""
    from engine.tracking.send import send_runs  # only this button waits for HTTP to load

    bar = st.progress(0.0)

    def show(now: Progress) -> None:
        bar.progress(min(1.0, (now.done or 0) / (now.total or 1)), text=progress_text(now))

    with show_errors():
        sent = send_runs(workspace, wanted, address, experiment, files, metered("sending", show))
        st.success(sent.words, icon=":material/check:")
    bar.empty()


def _which(runs: Sequence[Job], chosen: Sequence[Job]) -> Sequence[Job]:
    """Draw the choice between all runs and the ticked ones."""
    if not chosen:
        st.caption(f"{count(len(runs), 'runs')}.")
        return runs
    sets = {"all of them": runs, "ticked": chosen}
    which = st.segmented_control(
        "Which runs",
        list(sets),
        format_func=lambda name: f"{count(len(sets[name]), 'runs')}, {name}",
        default="all of them",
        required=True,
        key="compare-export-which",
        label_visibility="collapsed",
    )
    return sets[which]
