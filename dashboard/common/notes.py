"""The name and the note of a job, typed on a page. Every change is the engine's, made on the newest content."""

from collections.abc import Callable

import streamlit as st

from dashboard.common.page import show_errors
from engine.jobs import Job, annotate
from engine.jobs.notes import LONGEST_NOTE
from engine.labels import LONGEST
from engine.workspace import Workspace


def name_and_note(workspace: Workspace, job: Job, key: str, saved: Callable[[str, str], None]) -> None:
    """Draw the fields and the button that saves them.

    Args:
        workspace: where the job is.
        job: whose name and note they are.
        key: begins the keys of the widgets.
        saved: is told the keys of both fields before the page is drawn again.
    """
    name_key, note_key = f"{key}-name-{job.id}-{job.name}", f"{key}-note-{job.id}"
    name = st.text_input("Name", job.name, max_chars=LONGEST, key=name_key, persist_state="session")
    text = st.text_area("Note", job.notes.text, max_chars=LONGEST_NOTE, key=note_key, persist_state="session")
    same = name == job.name and text == job.notes.text
    if st.button("Save", key=f"{key}-save-{job.id}", disabled=same):
        with show_errors():
            annotate(workspace, job.collection, job.id, name=name or "", text=text or "")
            saved(name_key, note_key)
            st.rerun()
