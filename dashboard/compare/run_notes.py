"""Actions on the chosen runs: star, tag, rename, note, archive, delete and undo.

Every change is the engine's, made on the newest content of the run's own notes.
"""

from collections.abc import Callable, Sequence

import streamlit as st

from dashboard.common.deleting import delete
from dashboard.common.forms import Form, keys, settle
from dashboard.common.jobs import trash_popover
from dashboard.common.markdown import literal
from dashboard.common.notes import name_and_note, tags_field
from dashboard.common.page import show_errors
from dashboard.compare.runs_out import runs_out
from engine.formatting import count
from engine.jobs import Job, annotate
from engine.workspace import Workspace

FORM = Form(
    "compare",
    keys(
        "compare-search",
        "compare-states",
        "compare-tags",
        "compare-starred",
        "compare-archived",
        "compare-factor",
        "compare-factor-more",
        "compare-location-factor",
        "compare-level",
        "compare-dataset",
        "compare-dataset-photos",
        starts=(
            "compare-name-",
            "compare-note-",
            "compare-measure-",
            "compare-together-",
            "compare-on-",
            "compare-first-",
            "compare-second-",
            "compare-photos-order-",
        ),
    ),
    noun="choices",
)
"""Choices and texts on Compare beside the runs and the view, which the address names."""


def notes_bar(workspace: Workspace, runs: Sequence[Job], chosen: Sequence[Job]) -> None:
    """Draw the actions on the chosen runs, the exports of all, and the trash."""
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        if chosen:
            _star(workspace, chosen)
            _tags(workspace, runs, chosen)
            if len(chosen) == 1:
                _name_and_note(workspace, chosen[0])
            _archive(workspace, chosen)
            _delete(workspace, chosen)
        runs_out(workspace, runs, chosen)
        trash_popover(workspace, "runs")
    if len(chosen) == 1 and chosen[0].notes.text:
        st.caption(f":material/edit_note: {literal(chosen[0].notes.text)}")


def _star(workspace: Workspace, chosen: Sequence[Job]) -> None:
    all_have = all(run.notes.starred for run in chosen)
    icon = ":material/star:" if all_have else ":material/star_outline:"
    if st.button("Unstar" if all_have else "Star", icon=icon, type="tertiary", key="compare-star"):
        _each(chosen, lambda run: annotate(workspace, "runs", run.id, starred=not all_have))


def _tags(workspace: Workspace, runs: Sequence[Job], chosen: Sequence[Job]) -> None:
    with st.popover("Tags", icon=":material/sell:", type="tertiary"):
        key = f"compare-tag-{'-'.join(run.id[-6:] for run in chosen)}"
        tags_field(workspace, runs, chosen, f"Tags of {_these(chosen)}", key)


def _name_and_note(workspace: Workspace, run: Job) -> None:
    with st.popover("Name and note", icon=":material/edit_note:", type="tertiary"):
        name_and_note(workspace, run, "compare", lambda *fields: settle(FORM, *fields))


def _archive(workspace: Workspace, chosen: Sequence[Job]) -> None:
    away = all(run.notes.archived for run in chosen)
    icon = ":material/unarchive:" if away else ":material/archive:"
    if st.button("Unarchive" if away else "Archive", icon=icon, type="tertiary", key="compare-archive"):
        _each(chosen, lambda run: annotate(workspace, "runs", run.id, archived=not away))


def _delete(workspace: Workspace, chosen: Sequence[Job]) -> None:
    ended = [run for run in chosen if not run.state.live]
    if not ended:
        return
    with st.popover("Delete", icon=":material/delete:", type="tertiary"):
        st.markdown(f"Delete {_these(ended)}?")
        st.caption("In the trash for a day, then deleted for good. Live runs stay.")
        if st.button("Delete", key="compare-delete", icon=":material/delete:"):
            with show_errors():
                delete(workspace, ended)
                st.rerun()


def _each(runs: Sequence[Job], act: Callable[[Job], None]) -> None:
    """Apply an action to each run and draw the page again; errors are shown."""
    with show_errors():
        for run in runs:
            act(run)
        st.rerun()


def _these(runs: Sequence[Job]) -> str:
    return literal(runs[0].name) if len(runs) == 1 else count(len(runs), "runs")
