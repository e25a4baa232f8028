"""Datasets on a page: a search, and a card each with what is in it, how it was made, and what may be done."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from dashboard.common import address, state
from dashboard.common.deleting import undo_line, with_deleted
from dashboard.common.filters import FORM
from dashboard.common.forms import form_line, open_form, settle
from dashboard.common.jobs import actions, any_live, dataset_words, facts, job_card, nothing_made, trash_popover
from dashboard.common.kinds import go_beside
from dashboard.common.markdown import literal
from dashboard.common.notes import name_and_note
from dashboard.common.page import live_fragment, nothing_yet, pager
from dashboard.common.recipes import made_by
from dashboard.data.datasets.covers import covers
from dashboard.data.recipe.alike import make_alike
from engine.formatting import count
from engine.jobs import Job, State, list_jobs
from engine.jobs.summaries import dataset_summary, holds_scenes
from engine.workspace import Workspace

PAGE = 20
_SEARCH = "dataset-search"


def dataset_list(workspace: Workspace) -> None:
    """Draw all datasets, newest first; live ones move every two seconds."""
    open_form(workspace, FORM)
    form_line(workspace, FORM)
    wanted = _search(len(list_jobs(workspace, "datasets")))
    live_fragment(lambda: _cards(workspace, wanted), lambda: any_live(workspace, "datasets"))


def _search(number: int) -> str:
    """Draw the search where there is more than one to look for; return what is wanted, which the address names."""
    if values := address.asked("find"):
        st.session_state[_SEARCH] = values[0]
    if number < 2 and not st.session_state.get(_SEARCH):
        return ""
    wanted = st.text_input(
        "Search",
        placeholder="Search names, notes, texts, recipes",
        key=_SEARCH,
        max_chars=200,
        icon=":material/search:",
        label_visibility="collapsed",
        persist_state="session",
        live=True,
        width=360,
    )
    address.write("find", [wanted] if wanted else [])
    return str(wanted or "")


def found(jobs: Sequence[Job], wanted: str) -> list[Job]:
    """Return the datasets in which all words occur, in any case: in a name, a note, a kind, a label or a recipe."""
    words = wanted.casefold().split()
    return [job for job in jobs if all(word in _searched(job) for word in words)] if words else list(jobs)


def _searched(job: Job) -> str:
    recipe, source = job.config.get("recipe"), job.config.get("path")
    name = recipe.get("name") if isinstance(recipe, dict) else ""
    parts = [job.name, job.notes.text, job.kind, job.id[-6:], str(name or ""), str(source or "")]
    return " ".join([*parts, *dataset_summary(job).labels]).casefold()


def _cards(workspace: Workspace, wanted: str) -> None:
    jobs = list_jobs(workspace, "datasets")
    if not jobs:
        _none_yet(nothing_made(workspace))
    shown = found(jobs, wanted)
    if len(shown) < len(jobs):
        st.caption(f"{count(len(shown))} of {count(len(jobs), 'datasets')}.")
    rows = with_deleted(workspace, "datasets", shown)
    for job, deleted in rows[pager(len(rows), PAGE, f"datasets-{wanted}")]:
        if deleted:
            undo_line(workspace, [job])
            continue
        buttons = partial(_buttons, workspace, job, job is jobs[0])
        with job_card(job, f"{dataset_words(job)} · {facts(job)}", buttons):
            _about(job)
    trash_popover(workspace, "datasets")


def _none_yet(first_visit: bool) -> None:
    if first_visit:
        nothing_yet(
            "No dataset yet",
            "Tune a recipe and generate, import images, or start with the quick start on Home.",
            "app_pages/home.py",
            "Go to the quick start",
        )
    else:
        nothing_yet(
            "No dataset yet",
            "Tune a recipe and generate, or import images.",
            "app_pages/data.py",
            "Make a dataset",
            {"tab": "make"},
        )


def _about(job: Job) -> None:
    """Draw what a dataset looks like, what it says, and what was noted of it."""
    if job.state is State.finished:
        covers(job)
    words = " · ".join(literal(text) for text in dataset_summary(job).labels[:8])
    recipe = made_by(job)
    told = [
        f"Recipe {literal(recipe.name)}" if recipe and recipe.name else "",
        f"For instance {words}" if words else "",
    ]
    if any(told):
        st.caption(". ".join(filter(None, told)))
    if job.notes.text:
        st.caption(f":material/edit_note: {literal(job.notes.text)}")


def _buttons(workspace: Workspace, job: Job, newest: bool) -> None:
    finished = job.state is State.finished
    if finished and st.button("Open", key=f"open-{job.id}", icon=":material/folder_open:"):
        st.session_state[state.OPEN_DATASET] = job.id
        st.rerun()
    if finished or job.state.live:
        key, kind = (f"primary-{job.id}", "primary") if newest else (f"train-{job.id}", "secondary")
        if st.button("Train on it", key=key, type=kind, icon=":material/model_training:"):
            st.switch_page("app_pages/train.py", query_params={"dataset": job.id})
    more = st.popover("More", icon=":material/more_horiz:", key=f"more-{job.id}", on_change="rerun")
    if more.open:
        with more:
            _more(workspace, job)
    actions(workspace, job, f"dataset-{job.id}")


def _more(workspace: Workspace, job: Job) -> None:
    """Draw the name and the note, and the recipe by which another like it is made."""
    name_and_note(workspace, job, "dataset", lambda *fields: settle(FORM, *fields))
    is_real = job.kind.startswith("import") and job.state is State.finished
    if is_real and st.button("Set beside a recipe", key=f"beside-{job.id}", icon=":material/compare:"):
        go_beside(job.id, "photos" if holds_scenes(job) else "words")
    if recipe := made_by(job):
        if st.button("Make another like it", key=f"alike-{job.id}", icon=":material/content_copy:"):
            make_alike(workspace, job, recipe)
            st.rerun()
        st.caption("Its recipe and number of images, to change and draw by another seed.")
        with st.container(height=240, border=False):
            st.code(recipe.to_yaml(), language=None)
