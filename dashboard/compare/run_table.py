"""The table of runs to choose from: what to show of them, and which are ticked.

The choice is known by ids, so that it outlives filters, sorting and runs that come and go; the address tells it, so
that a comparison can be bookmarked. This module changes no run.
"""

import hashlib
from collections.abc import Sequence
from typing import Any

import streamlit as st

from dashboard.common.jobs import word
from dashboard.common.page import live_fragment
from dashboard.common.runs import RunView
from dashboard.compare.run_rows import Wanted, frame_of
from engine.formatting import count, sentence
from engine.jobs import Job, list_jobs
from engine.jobs.summaries import run_summary
from engine.workspace import Workspace, is_id

CHOSEN = "compare-chosen"
PARAMETER = "runs"
MOST = 20  # runs that an address may name
_SEEN = "compare-address"
_HEIGHT = 36  # px a row
_ROWS = 8  # shown before the table scrolls
_LOOK_EVERY = 5.0  # seconds


def filter_bar(runs: Sequence[Job]) -> Wanted:
    """Draw the search and the filters; return what is wanted."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        text = st.text_input(
            "Search", placeholder="Search names, tags, notes, settings", key="compare-search", max_chars=200,
            icon=":material/search:", label_visibility="collapsed", persist_state="session", live=True,
        )  # fmt: skip
        with st.popover("Filter", icon=":material/filter_list:"):
            states = st.multiselect(
                "State", sorted({word(run) for run in runs}), key="compare-states", placeholder="any",
                persist_state="session",
            )  # fmt: skip
            tags = st.multiselect(
                "Tags", sorted({tag for run in runs for tag in run.notes.tags}), key="compare-tags", placeholder="any",
                persist_state="session",
            )  # fmt: skip
            starred = st.toggle("Only starred", key="compare-starred", persist_state="session")
            archived = st.toggle("Archived too", key="compare-archived", persist_state="session")
    return Wanted(str(text or ""), tuple(states), tuple(tags), starred, archived)


def run_table(runs: Sequence[RunView], wanted: Wanted) -> list[RunView]:
    """Draw the wanted runs; return the chosen ones, newest first, also those that the filters hide."""
    chosen = _remembered([run.job for run in runs])
    shown = [run for run in runs if wanted.fits(run.job)]
    ticked = chosen
    if shown:
        ticked = _table(shown, chosen) | (chosen - {run.id for run in shown})
    else:
        st.caption("No run meets the search and the filters. Widen them.")
    if len(shown) < len(runs) and shown:
        st.caption(f"{count(len(shown))} of {count(len(runs), 'runs')} shown.")
    st.session_state[CHOSEN] = ticked
    _tell_address([run.id for run in runs if run.id in ticked])
    return [run for run in runs if run.id in ticked]


def refresh_with(workspace: Workspace, runs: Sequence[Job]) -> None:
    """Draw the page again when a live run has come further: its state changed, or it was validated."""
    if any(run.state.live for run in runs):
        live_fragment(lambda: None, lambda: _progress_of(list_jobs(workspace, "runs")), _LOOK_EVERY)


def _progress_of(runs: Sequence[Job]) -> set[tuple[str, str, int]]:
    """Return what changes when a run does. Of live runs only the figures are read: there are few of them."""
    return {(run.id, run.state.value, len(run_summary(run).curve) if run.state.live else 0) for run in runs}


def _table(shown: Sequence[RunView], chosen: set[str]) -> set[str]:
    frame, settings = frame_of(shown)
    ids = [run.id for run in shown]
    key = hashlib.sha256(" ".join(ids).encode()).hexdigest()[:16]  # a tick is a row's number: other rows, other table
    event = st.dataframe(
        frame, hide_index=True, key=f"compare-{key}", on_select="rerun", selection_mode="multi-row",
        selection_default={"selection": {"rows": [row for row, id in enumerate(ids) if id in chosen]}},
        height="content" if len(ids) < _ROWS else _ROWS * _HEIGHT, row_height=_HEIGHT, placeholder="–",
        column_config=_columns() | {name: _setting(name) for name in settings}, column_order=_order(frame, settings),
        alt="Runs, newest first; tick those to compare",
    )  # fmt: skip
    return {ids[row] for row in event["selection"]["rows"] if row < len(ids)}


def _order(frame: Any, settings: Sequence[str]) -> list[str]:
    """Return the columns to show, settings before what matters less; those in which nothing stands are left out."""
    first = ["Colour", "Star", "Run", "Test", "Test interval", "State", "CER", "Validation", "Validation interval"]
    order = [*first, "Curve", *settings, "Dataset", "Tags", "Parameters", "Speed", "Work", "Made", "Note"]
    empty = {name for name in ("Star", "Tags", "Note", "Curve") if not frame[name].map(len).any()}
    return [name for name in order if name not in empty]


def _setting(name: str) -> Any:
    return st.column_config.TextColumn(sentence(name.rpartition(".")[2]), help=f"Setting {name}")


def _columns() -> dict[str, Any]:
    column, number, text = st.column_config, st.column_config.NumberColumn, st.column_config.TextColumn
    return {
        "Colour": column.ImageColumn("", width=28, help="The run's colour on every page."),
        "Star": text("★", width=36),
        "Run": text(),
        "State": text(width="small"),
        "Test": number("Words right", format="%.1f %%", help="Word accuracy on the dataset's own test images."),
        "Test interval": text("95 % interval", help="Sampling error of the test images alone."),
        "CER": number("Test CER", format="%.1f %%", help="Character errors over the characters of the truth."),
        "Validation": number("Best validation", format="%.1f %%"),
        "Validation interval": text("95 % interval", help="Sampling error of the validation images alone."),
        "Curve": column.LineChartColumn(
            "Curve", help="Validation words right so far.", y_min=0, y_max=100, width="small"
        ),
        "Tags": column.MultiselectColumn(),
        "Parameters": number(format="localized"),
        "Speed": number("Images/s", format="%.0f", help="While learning."),
        "Work": number("Work (min)", format="%.1f"),
        "Made": column.DatetimeColumn(format="distance"),
    }


def _remembered(runs: Sequence[Job]) -> set[str]:
    """Return the chosen ids: what the address asks for when it is new, else what was chosen, else the best guess."""
    there = {run.id for run in runs}
    address = st.query_params.get(PARAMETER, "")
    if address and address != st.session_state.get(_SEEN):
        asked = {id for id in address.split(",")[:MOST] if is_id(id)}
        if asked & there:
            return asked & there
    if CHOSEN in st.session_state:
        return st.session_state[CHOSEN] & there
    ranked = sorted(runs, key=lambda run: (not run.notes.archived, run_summary(run).test is not None, run.id))
    return {run.id for run in ranked[-2:]}


def _tell_address(ids: Sequence[str]) -> None:
    address = ",".join(ids[:MOST])
    if st.query_params.get(PARAMETER, "") != address:
        if address:
            st.query_params[PARAMETER] = address
        else:
            del st.query_params[PARAMETER]
    st.session_state[_SEEN] = address
