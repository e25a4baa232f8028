"""Deleting jobs, uploads and recipes, and taking it back: what is told before, and the line that undoes it."""

from collections.abc import Sequence

import streamlit as st

from dashboard.common import state
from dashboard.common.callbacks import guarded
from dashboard.common.markdown import literal
from dashboard.common.page import show_errors
from engine.datasets.uses import uses_of
from engine.discarded import Discarded
from engine.formatting import count
from engine.jobs import Job, restore, trash, trashed
from engine.sources.labelling import labels_of
from engine.workspace import Collection, Workspace

_NAMED = 3


def delete(workspace: Workspace, jobs: Sequence[Job]) -> None:
    """Put jobs into the trash; the page offers to undo it. Raises JobError, after those that could be deleted."""
    deleted: dict[Collection, tuple[str, ...]] = st.session_state.setdefault(state.DELETED, {})
    first = True
    for job in jobs:
        trash(workspace, job.collection, job.id)
        deleted[job.collection] = (job.id,) if first else (*deleted[job.collection], job.id)
        first = False


def consequences(workspace: Workspace, job: Job) -> str:
    """Return what the deletion of a job means, in plain text: what was made of it, or goes with it, comes first."""
    told = uses_of(workspace, job.id).words if job.collection == "datasets" else ""
    if job.collection == "sweeps":
        told = "Its runs stay."
    if job.collection == "transcripts" and (given := len(labels_of(job.folder))):
        told = f"{count(given, 'labels')} that people gave go with it; datasets made of them stay."
    return f"{told} It lies in the trash for a day, and its disk space stays in use until then.".strip()


def deleted_jobs(workspace: Workspace, collection: Collection) -> list[Job]:
    """Return what was deleted last on this page and can be restored."""
    ids = st.session_state.get(state.DELETED, {}).get(collection, ())
    return [job for job in trashed(workspace, collection) if job.id in ids] if ids else []


def undo_line(workspace: Workspace, jobs: Sequence[Job]) -> None:
    """Draw what was deleted and the button that takes it back; nothing for none."""
    if not jobs:
        return
    with st.container(border=True, key=f"card-undo-{jobs[0].id}", horizontal=True, vertical_alignment="center"):
        names = ", ".join(f"**{literal(job.name)}**" for job in jobs[:_NAMED])
        more = f" and {len(jobs) - _NAMED} more" if len(jobs) > _NAMED else ""
        st.markdown(f"Deleted {names}{more}.", width="stretch")
        if st.button("Undo", icon=":material/undo:", key=f"undo-{jobs[0].collection}-{jobs[0].id}"):
            with show_errors():
                for job in jobs:
                    restore(workspace, job.collection, job.id)
                st.rerun()


def note_discarded(kind: str, discarded: Discarded) -> None:
    """Note what was deleted of a kind of files, so that `discarded_line` can offer to undo it."""
    st.session_state.setdefault(state.DISCARDED, {})[kind] = discarded


def discarded_line(kind: str, place: str) -> None:
    """Draw what was deleted last of a kind of files, and the button that brings it back; nothing for none.

    Args:
        kind: of the files.
        place: ends the keys of the widgets: several places of a page may draw the line.
    """
    discarded: Discarded | None = st.session_state.get(state.DISCARDED, {}).get(kind)
    if discarded:
        with st.container(border=True, key=f"card-undo-{place}", horizontal=True, vertical_alignment="center"):
            st.markdown(f"Deleted **{literal(discarded.name)}**.", width="stretch")
            st.button("Undo", icon=":material/undo:", key=f"undo-{place}", on_click=_bring_back, args=(kind,))


@guarded
def _bring_back(kind: str) -> None:
    st.session_state[state.DISCARDED][kind].bring_back()
    del st.session_state[state.DISCARDED][kind]


def with_deleted(workspace: Workspace, collection: Collection, jobs: Sequence[Job]) -> list[tuple[Job, bool]]:
    """Return jobs, newest first, among them in their places what was deleted last; True for these."""
    rows = [(job, False) for job in jobs] + [(job, True) for job in deleted_jobs(workspace, collection)]
    return sorted(rows, key=lambda row: row[0].id, reverse=True)
