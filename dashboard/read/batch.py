"""All images of a folder or a zip file read by one reader: the choice of them, and each table while it grows."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from dashboard.caches.files import event_frames
from dashboard.common import state
from dashboard.common.jobs import actions, facts, job_card
from dashboard.common.markdown import literal
from dashboard.common.page import show_errors
from dashboard.common.source_picker import choose_source
from dashboard.common.tables import draw_table
from dashboard.read.bulk import newest_jobs, saved_name, start_button
from engine.config.reading import TranscribeConfig
from engine.formatting import count, percent
from engine.jobs import Job, State, list_jobs, paths
from engine.reading.job import EVENT
from engine.workspace import Workspace
from glyphlab_read.reading.bundle import Bundle

_NOTHING = (
    "Nothing was read in bulk yet",
    "Choose a folder or a zip file. Every image gets a row: what it says and how sure the reader is. It goes on when "
    "you close the browser.",
)
_ROWS = 5_000
_DOWNLOADS = ((paths.READINGS_CSV, "CSV", "text/csv"), (paths.READINGS_JSON, "JSON", "application/json"))


def batch_reading(workspace: Workspace, readers: Sequence[tuple[str, Bundle]]) -> None:
    """Draw the choice of a source and the button, then the newest tables with their progress and downloads."""
    name, bundle = readers[0]
    left, right = st.columns([1, 2.4], gap="medium")
    with left, show_errors():
        source = choose_source(workspace, "read-source", "A zip file, or images")
        st.caption(f"Read by {name}, the first reader chosen above.")
        if source is not None:
            config = TranscribeConfig.parse({"run": bundle.name, **source})
            start_button(workspace, "Read all of them", "transcribe", config)
    with right:
        newest_jobs(workspace, "transcripts", _NOTHING, lambda job, newest: _transcript(workspace, job, newest))


def _transcript(workspace: Workspace, job: Job, newest: bool) -> None:
    frame = event_frames(job.folder).get(EVENT)
    with job_card(job, _words(workspace, job), lambda: _buttons(workspace, job)):
        if frame is not None and len(frame):
            table = st.expander(
                "The table", expanded=newest, icon=":material/table_rows:", key=f"rows-{job.id}", on_change="rerun"
            )
            if table.open:
                with table:
                    _table(frame, job.id)


def _words(workspace: Workspace, job: Job) -> str:
    """Return Markdown for what a transcript is of, and which reader made it."""
    images, unread, step = (job.summary.get(name) for name in ("images", "unread", "step"))
    parts = [count(images, "images")] if isinstance(images, int) else []
    if isinstance(unread, int) and unread:
        parts.append(f":red[{count(unread)} of them not readable]")
    told = (job.summary.get(name) for name in ("changed", "names"))
    parts += [f":orange[{literal(text)}]" for text in told if isinstance(text, str)]
    if isinstance(step, int):
        id = str(job.config.get("run"))
        name = next((run.name for run in list_jobs(workspace, "runs") if run.id == id), id[-7:])
        parts.append(f"by {literal(name)} at step {count(step)}")
    return " · ".join([*parts, facts(job)])


def _buttons(workspace: Workspace, job: Job) -> None:
    if st.button("Label them", key=f"label-{job.id}", icon=":material/keyboard:"):
        st.session_state[state.LABEL_SET_WANTED] = job.id
        st.rerun()
    for file, label, mime in _DOWNLOADS if job.state is State.finished else ():
        path = job.folder / file
        st.download_button(
            label,
            lambda path=path: path.open("rb"),
            file_name=saved_name(job, label.lower()),
            mime=mime,
            key=f"download-{job.id}-{label}",
            icon=":material/download:",
            on_click="ignore",
        )
    actions(workspace, job, f"transcript-{job.id}")


def _table(frame: pd.DataFrame, id: str) -> None:
    rows = frame.head(_ROWS)
    shown = rows[["image", "text"]].assign(
        **{name: 100 * rows[name].astype(float) for name in ("confidence", "weakest")}
    )
    if (rows["problem"] != "").any():
        shown["problem"] = rows["problem"]
    draw_table(
        shown,
        hide_index=True,
        height=min(420, 38 + 35 * len(shown)),
        key=f"table-{id}",
        alt="What each image says, and how sure the reader is",
        column_config={
            "image": "Image",
            "text": "Text",
            "confidence": st.column_config.ProgressColumn("Sure", format="%.1f %%", min_value=0, max_value=100),
            "weakest": st.column_config.NumberColumn("Least sure character", format="%.1f %%"),
            "problem": "Not read because",
        },
    )
    of = f"The first {count(_ROWS)} of {count(len(frame), 'images')}; the files hold all" if len(frame) > _ROWS else ""
    median = f"Half of them are read with more than {percent(frame['confidence'].median())}"
    st.caption(" · ".join(part for part in (of, median, "a heading sorts by its column") if part))
