"""The name, the tags and the note of a job, typed on a page. Changes are the engine's, made on the newest content."""

from collections.abc import Callable, Sequence

import streamlit as st

from dashboard.common.callbacks import guarded
from dashboard.common.page import show_errors
from engine.jobs import Job, annotate, tag
from engine.jobs.notes import LONGEST_NOTE, LONGEST_TAG
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


def tags_field(workspace: Workspace, there: Sequence[Job], chosen: Sequence[Job], label: str, key: str) -> None:
    """Draw the tags that the chosen jobs share, to be changed; each change is saved at once.

    Args:
        workspace: where the jobs are.
        there: all jobs of their kind, whose tags are offered.
        chosen: whose tags they are.
        label: of the field.
        key: of the widget, the same for the same jobs.
    """
    known = sorted({name for job in there for name in job.notes.tags})
    shared = sorted(set.intersection(*(set(job.notes.tags) for job in chosen)))
    shown = st.multiselect(
        label,
        known,
        shared,
        key=key,
        accept_new_options=True,
        placeholder="Choose tags, or type new ones",
        help=f"Saved at once. At most {LONGEST_TAG} characters each.",
        on_change=_tagged,
        args=(workspace, list(chosen), key),
    )
    st.session_state[f"{key}-before"] = sorted(shown)


@guarded
def _tagged(workspace: Workspace, jobs: Sequence[Job], key: str) -> None:
    """Add and remove what the user just did, and nothing else: another tab may have tagged the jobs meanwhile."""
    before, now = set(st.session_state[f"{key}-before"]), set(st.session_state[key])
    for job in jobs:
        tag(workspace, job.collection, job.id, sorted(now - before), sorted(before - now))
