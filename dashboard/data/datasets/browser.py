"""One dataset, opened: its images by pages, to filter, correct and remove, and the views beside them.

Only the chosen view is worked out. The engine filters; this module draws the choice of conditions.
"""

import functools
from collections.abc import Callable

import streamlit as st

from dashboard.caches.datasets import filter_columns, opened, selected
from dashboard.common import state
from dashboard.common.images import picture
from dashboard.common.jobs import dataset_words, facts, title
from dashboard.common.markdown import literal
from dashboard.common.page import dialog, opened_dialog, pager, show_errors
from dashboard.data.datasets.compare import compare_with
from dashboard.data.datasets.duplicates import duplicates_view
from dashboard.data.datasets.edits import PendingEdits, edits_bar, edits_of
from dashboard.data.datasets.exports import exports
from dashboard.data.datasets.statistics import statistics
from dashboard.data.recipe.preview import enlarge_button
from dashboard.data.sample_dialog import STORED, dataset_sample
from engine.datasets.dataset import Dataset
from engine.datasets.query import Between, Column, Condition, Contains, OneOf
from engine.datasets.versions import ancestors
from engine.formatting import count, sentence
from engine.jobs import Job, load_job
from engine.workspace import Workspace

PAGE = 24
_COLUMN = 220  # px a sample takes at least
_STORED, _OPEN = "as stored", ("label", "split", "length")


def open_dataset_page(workspace: Workspace, id: str) -> None:
    """Draw one dataset: what it is, what has been edited so far, and the chosen view."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("All datasets", icon=":material/arrow_back:", on_click=_close, key="data-close")
        with show_errors():
            job = load_job(workspace, "datasets", id)
            st.markdown(title(job), width="content")
            st.caption(f"{dataset_words(job)} · {facts(job)}{_origin(workspace, id)}", width="content")
    with show_errors():
        dataset, draft = opened(workspace.folder("datasets", id)), edits_of(id)
        views = _views(workspace, load_job(workspace, "datasets", id), dataset, draft)
        chosen = st.segmented_control(
            "View",
            list(views),
            default=next(iter(views)),
            required=True,
            key="data-view",
            label_visibility="collapsed",
            persist_state="session",
        )
        place = st.container()
        views[str(chosen)]()
        with place:
            edits_bar(workspace, load_job(workspace, "datasets", id), draft)


def _views(workspace: Workspace, job: Job, dataset: Dataset, draft: PendingEdits) -> dict[str, Callable[[], None]]:
    return {
        "Images": functools.partial(_images, dataset, draft),
        "Statistics": functools.partial(statistics, dataset),
        "Duplicates": functools.partial(duplicates_view, dataset, draft),
        "Compare": functools.partial(compare_with, workspace, job, dataset),
        "Export": functools.partial(exports, workspace, job),
    }


def _origin(workspace: Workspace, id: str) -> str:
    """Say of which dataset this one is a version."""
    parents = ancestors(workspace, id)
    return f" · a version of {literal(load_job(workspace, 'datasets', parents[0]).name)}" if parents else ""


def _close() -> None:
    st.session_state.pop(state.OPEN_DATASET, None)


def _images(dataset: Dataset, draft: PendingEdits) -> None:
    id = dataset.folder.name
    conditions, order, descending = filter_bar(filter_columns(dataset), f"filter-{id}")
    numbers = selected(dataset, conditions, order, descending)
    if not len(numbers):
        st.caption("No sample meets these filters. Widen one of them.")
        return
    left, right = st.columns(2, vertical_alignment="center")
    left.caption(f"{found_words(len(numbers), len(dataset))}. Type over a label to correct it.")
    with right.container(horizontal_alignment="right"):
        shown = numbers[pager(len(numbers), PAGE, f"page-{id}")].tolist()
    grid = st.grid(min_column_width=_COLUMN, gap=("small", "small"))
    for sample in shown:
        with grid.cell(), st.container(border=True, key=f"card-{id}-{sample}", gap="xsmall", height="stretch"):
            _sample(dataset, draft, sample)
    if about := opened_dialog(STORED):
        dialog("Sample", lambda: dataset_sample(dataset, about[0]))


def _sample(dataset: Dataset, draft: PendingEdits, sample: int) -> None:
    id, label = dataset.folder.name, dataset.label(sample)
    removed, key = sample in draft.removals, f"label-{id}-{sample}-{draft.mark}"
    with st.container(key=f"zoom-{id}-{sample}"):
        picture(dataset.image(sample), f"Sample {sample}, which says {label}", room=_COLUMN - 34, tall=40, most=96)
        enlarge_button(f"{id}-{sample}", label, STORED, sample)
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.text_input(
            f"Label of sample {sample}",
            draft.corrections.get(sample, label),
            key=key,
            disabled=removed,
            max_chars=1000,
            label_visibility="collapsed",
            on_change=_typed,
            args=(dataset, sample, key),
        )
        st.button(
            "",
            key=f"out-{id}-{sample}",
            icon=":material/undo:" if removed else ":material/delete:",
            type="tertiary",
            help="Keep this sample." if removed else "Remove this sample from the next version.",
            on_click=_toggled,
            args=(id, sample),
        )
    if removed:
        st.caption(":red[:material/delete: goes with the next version]")
    elif sample in draft.corrections:
        st.caption(f":orange[:material/edit:] was {literal(label)}")


def _typed(dataset: Dataset, sample: int, key: str) -> None:
    edits_of(dataset.folder.name).correct(dataset, sample, str(st.session_state[key] or ""))


def _toggled(id: str, sample: int) -> None:
    edits_of(id).toggle(sample)


def filter_bar(columns: list[Column], key: str) -> tuple[tuple[Condition, ...], str | None, bool]:
    """Draw the filters; return the conditions, the column to sort by (None: as stored) and whether downwards."""
    by_name = {column.name: column for column in columns}
    label, split, length, more = st.columns([1.6, 1.5, 1.2, 1], vertical_alignment="bottom")
    found: list[Condition | None] = []
    for place, name in zip((label, split, length), _OPEN, strict=True):
        with place:
            found.append(_condition(by_name[name], key) if name in by_name else None)
    with more, st.popover("More filters", icon=":material/filter_list:", width="stretch"):
        others = [name for name in by_name if name not in _OPEN]
        chosen = st.multiselect("Filter by", others, format_func=sentence, key=f"{key}-by", persist_state="session")
        found += [_condition(by_name[str(name)], key) for name in chosen]
        order = st.selectbox(
            "Order", [_STORED, *by_name], format_func=sentence, key=f"{key}-order", persist_state="session"
        )
        descending = st.toggle("Greatest first", key=f"{key}-down", disabled=order == _STORED, persist_state="session")
    conditions = tuple(condition for condition in found if condition is not None)
    return conditions, None if order == _STORED else str(order), descending


def _condition(column: Column, key: str) -> Condition | None:
    """Draw one filter; return None while it lets everything through."""
    key, name = f"{key}-{column.name}", sentence(column.name)
    if column.kind == "text":
        text = st.text_input(
            f"{name} contains", key=key, max_chars=200, icon=":material/search:", persist_state="session", live=True
        )
        return Contains(column.name, text) if text else None
    if column.kind == "choice":
        values = st.multiselect(name, column.choices, key=key, placeholder="any", persist_state="session")
        return OneOf(column.name, tuple(values)) if values else None
    if column.low is None or column.high is None or column.low == column.high:
        return None
    return _span(column.name, name, column.low, column.high, key)


def _span(column: str, name: str, low: float, high: float, key: str) -> Condition | None:
    if low.is_integer() and high.is_integer():
        ends = st.slider(name, int(low), int(high), (int(low), int(high)), key=key, persist_state="session")
    else:
        ends = st.slider(name, low, high, (low, high), key=key, persist_state="session")
    return None if ends == (low, high) else Between(column, *ends)


def found_words(found: int, total: int) -> str:
    """Say how many of how many samples are shown."""
    return count(total, "samples") if found == total else f"{count(found)} of {count(total, 'samples')}"
