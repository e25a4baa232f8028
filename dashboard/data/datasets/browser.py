"""One dataset, opened: its words or photos by pages, to filter, correct and remove, and the views beside them.

Only the chosen view is worked out.
"""

import functools
from collections.abc import Callable, Sequence

import streamlit as st

from dashboard.caches.datasets import opened, opened_scenes
from dashboard.common import address, state
from dashboard.common.callbacks import guarded
from dashboard.common.filters import FORM, ORDER, WHERE
from dashboard.common.forms import form_line, open_form
from dashboard.common.jobs import dataset_words, facts, title
from dashboard.common.markdown import literal
from dashboard.common.page import show_errors
from dashboard.common.set_aside import show_set_aside
from dashboard.data.datasets.compare import compare_with
from dashboard.data.datasets.duplicates import duplicates_view
from dashboard.data.datasets.edits import edits_bar
from dashboard.data.datasets.exports import exports
from dashboard.data.datasets.photo_grid import photo_grid
from dashboard.data.datasets.scene_statistics import scene_statistics
from dashboard.data.datasets.statistics import statistics
from dashboard.data.datasets.word_grid import word_grid
from engine.datasets.drafts import EditDraft
from engine.datasets.versions import ancestors
from engine.jobs import Job, load_job
from engine.jobs.summaries import dataset_summary, holds_scenes
from engine.workspace import Workspace, is_id

Views = dict[str, Callable[[], None]]
_VIEW = "view"  # parameter of the address


def dataset_in_address() -> str | None:
    """Return the id of the dataset that is open, which the address names; None while the list is shown."""
    if (values := address.asked("dataset")) and is_id(values[0]):
        st.session_state[state.OPEN_DATASET] = values[0]
    opened = st.session_state.get(state.OPEN_DATASET)
    address.write("dataset", [opened] if opened else [])
    if not opened:  # these are of the dataset that was open, and fit no other
        for name in (WHERE, ORDER, _VIEW):
            address.write(name, [])
    return opened


def open_dataset_page(workspace: Workspace, id: str) -> None:
    """Draw one dataset: what it is, what has been edited so far, and the chosen view."""
    open_form(workspace, FORM)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("All datasets", icon=":material/arrow_back:", on_click=_close, key="data-close")
        with show_errors():
            job = load_job(workspace, "datasets", id)
            st.markdown(title(job), width="content")
            st.caption(f"{dataset_words(job)} · {facts(job)}{_origin(workspace, id)}", width="content")
    with show_errors():
        job, draft = load_job(workspace, "datasets", id), EditDraft(workspace.folder("datasets", id))
        if renderers := dataset_summary(job).drawn_by:
            st.caption(_drawn_by(renderers))
        views = _scene_views(workspace, job, draft) if holds_scenes(job) else _word_views(workspace, job, draft)
        key = f"data-view{'-photos' if holds_scenes(job) else ''}"
        if (values := address.asked(_VIEW)) and values[0].capitalize() in views:
            st.session_state[key] = values[0].capitalize()
        chosen = st.segmented_control(
            "View",
            list(views),
            default=next(iter(views)),
            required=True,
            key=key,
            label_visibility="collapsed",
            persist_state="session",
        )
        address.write(_VIEW, [str(chosen).lower()] if chosen != next(iter(views)) else [])
        form_line(workspace, FORM)
        place = st.container()
        views[str(chosen)]()
        with place:
            show_set_aside(workspace, draft.damaged, "A draft of edits of this dataset")
            edits_bar(workspace, load_job(workspace, "datasets", id), draft)


def _word_views(workspace: Workspace, job: Job, draft: EditDraft) -> Views:
    dataset = opened(job.folder)
    return {
        "Images": functools.partial(word_grid, dataset, draft),
        "Statistics": functools.partial(statistics, dataset),
        "Duplicates": functools.partial(duplicates_view, dataset, draft),
        "Compare": functools.partial(compare_with, workspace, job, dataset),
        "Export": functools.partial(exports, workspace, job),
    }


def _scene_views(workspace: Workspace, job: Job, draft: EditDraft) -> Views:
    dataset = opened_scenes(job.folder)
    return {
        "Photos": functools.partial(photo_grid, dataset, draft),
        "Statistics": functools.partial(scene_statistics, dataset),
        "Duplicates": functools.partial(duplicates_view, dataset, draft),
        "Compare": functools.partial(compare_with, workspace, job, dataset),
        "Export": functools.partial(exports, workspace, job),
    }


def _origin(workspace: Workspace, id: str) -> str:
    """Say of which dataset this one is a version."""
    parents = ancestors(workspace, id)
    return f" · a version of {literal(load_job(workspace, 'datasets', parents[0]).name)}" if parents else ""


def _drawn_by(renderers: Sequence[str]) -> str:
    """Return Markdown for what drew a dataset, with a warning where it was not drawn alike throughout."""
    words = "; ".join(map(literal, renderers))
    if len(renderers) < 2:
        return f"Drawn by {words}"
    return f":orange[:material/warning:] Not drawn alike throughout, so that pixels may differ: by {words}"


@guarded
def _close() -> None:
    st.session_state.pop(state.OPEN_DATASET, None)
