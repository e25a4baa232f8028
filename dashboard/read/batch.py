"""All images of a folder or a zip file read by one reader: the choice of them, and each table while it grows."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import streamlit as st

from dashboard.caches.files import event_frames
from dashboard.common.errors import shown_errors
from dashboard.common.jobs import actions, badge, facts, progress, title
from dashboard.common.launch import launch_button, same_command
from dashboard.common.markdown import literal
from dashboard.common.source_picker import choose_source
from engine.config.transcribe import TranscribeConfig
from engine.datasets.importing import uploads
from engine.formatting import count, percent
from engine.jobs import Job, State, launch, list_jobs, paths
from engine.reading.bundle import Bundle
from engine.reading.job import EVENT
from engine.workspace import Workspace

_SHOWN = 5  # transcripts, newest first
_ROWS = 5_000
_DOWNLOADS = ((paths.READINGS_CSV, "CSV", "text/csv"), (paths.READINGS_JSON, "JSON", "application/json"))


def transcripts(workspace: Workspace, readers: Sequence[tuple[str, Bundle]]) -> None:
    """Draw the choice of a source and the button, then the newest tables with their progress and downloads."""
    name, bundle = readers[0]
    left, right = st.columns([1, 2.4], gap="medium")
    with left, shown_errors():
        source = choose_source(workspace, "read-source", "Zip file of images")
        st.caption(f"Read by {name}, the first reader chosen above.")
        if source is not None:
            config = TranscribeConfig.parse({"run": bundle.name, **source})
            launch_button(
                "Read all of them", "transcribe", lambda nonce: _launch(workspace, config, nonce), lambda _: st.rerun()
            )
            same_command("transcribe", config)
    live = any(job.state.live for job in list_jobs(workspace, "transcripts"))
    with right:
        st.fragment(_tables, run_every=1 if live else None)(workspace, live)


def _launch(workspace: Workspace, config: TranscribeConfig, nonce: str) -> str:
    """Start the job under its source's name."""
    uploaded = next((upload.name for upload in uploads(workspace) if upload.id == config.upload), "")
    return launch(workspace, "transcribe", config, name=uploaded or Path(config.path or "").name, nonce=nonce)


def _tables(workspace: Workspace, was_live: bool) -> None:
    jobs = list_jobs(workspace, "transcripts")
    if was_live and not any(job.state.live for job in jobs):
        st.rerun()  # the page stops the clock
    if not jobs:
        with st.container(border=True, key="card-nothing"):
            st.markdown("**Nothing was read in bulk yet**")
            st.caption(
                "Choose a folder or a zip file at the left. Every image gets a row: what it says and how sure the "
                "reader is. It goes on when you close the browser."
            )
    for job in jobs[:_SHOWN]:
        with st.container(border=True, key=f"card-{job.id}", gap="xsmall"):
            _transcript(workspace, job, job is jobs[0])
    if len(jobs) > _SHOWN:
        st.caption(f"The newest {_SHOWN} of {count(len(jobs), 'transcripts')}.")


def _transcript(workspace: Workspace, job: Job, newest: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(f"{title(job)} {badge(job)}", width="content")
        st.caption(_words(workspace, job), width="content")
        with st.container(horizontal=True, width="content"):
            if job.state is State.finished:
                _downloads(job)
            actions(workspace, job, f"transcript-{job.id}")
    progress(job)
    frame = event_frames(job.folder).get(EVENT)
    if frame is None or not len(frame):
        return
    with st.expander("The table", expanded=newest, icon=":material/table_rows:"):
        _table(frame, job.id)


def _words(workspace: Workspace, job: Job) -> str:
    """Return Markdown for what a transcript is of, and which reader made it."""
    images, unread, step = (job.summary.get(name) for name in ("images", "unread", "step"))
    parts = [count(images, "images")] if isinstance(images, int) else []
    if isinstance(unread, int) and unread:
        parts.append(f":red[{count(unread)} of them not readable]")
    if isinstance(step, int):
        parts.append(f"by {_reader(workspace, str(job.config.get('run')))} at step {count(step)}")
    return " · ".join([*parts, facts(job)])


def _reader(workspace: Workspace, id: str) -> str:
    run = next((run.name for run in list_jobs(workspace, "runs") if run.id == id), id[-7:])
    return literal(run)


def _downloads(job: Job) -> None:
    for file, label, mime in _DOWNLOADS:
        path = job.folder / file
        st.download_button(
            label, lambda path=path: path.open("rb"), file_name=f"{job.id[-6:]}-{file}", mime=mime,
            key=f"download-{job.id}-{label}", icon=":material/download:", on_click="ignore",
        )  # fmt: skip


def _table(frame: pd.DataFrame, id: str) -> None:
    rows = frame.head(_ROWS)
    shown = rows[["image", "text"]].assign(
        **{name: 100 * rows[name].astype(float) for name in ("confidence", "weakest")}
    )
    if (rows["problem"] != "").any():
        shown["problem"] = rows["problem"]
    st.dataframe(
        shown, hide_index=True, height=min(420, 38 + 35 * len(shown)), key=f"table-{id}",
        alt="What each image says, and how sure the reader is",
        column_config={
            "image": "Image",
            "text": "Text",
            "confidence": st.column_config.ProgressColumn("Sure", format="%.1f %%", min_value=0, max_value=100),
            "weakest": st.column_config.NumberColumn("Least sure character", format="%.1f %%"),
            "problem": "Not read because",
        },
    )  # fmt: skip
    of = f"The first {count(_ROWS)} of {count(len(frame), 'images')}; the files hold all" if len(frame) > _ROWS else ""
    median = f"Half of them are read with more than {percent(frame['confidence'].median())}"
    st.caption(" · ".join(part for part in (of, median, "a heading sorts by its column") if part))
