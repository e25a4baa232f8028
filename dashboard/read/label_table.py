"""Labelling in a table: pictures beside their texts, typed over in place, ticked, and confirmed many at once."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.common import state
from dashboard.common.callbacks import guarded
from dashboard.common.images import fitted, png_url
from dashboard.common.page import pager, show_error
from dashboard.common.tables import edit_table
from dashboard.read.label_set import LabelSet, Order
from dashboard.readings.image import reading, shown
from engine.errors import GlyphlabError
from engine.formatting import count
from engine.labels import visible
from engine.sources.labelling import ImageLabel, LabelState
from glyphlab_read.reading.bundle import Bundle

_PAGE = 40  # rows on a page: each carries its picture
_ROOM, _HIGH, _ROW = 240, 46, 52  # px of a picture, and of a row
_SHOWN = ("all", "to do")


def label_table(labels: LabelSet, order: Order, readers: Sequence[tuple[str, Bundle]]) -> None:
    """Draw the choice of rows, what confirms many at once, and the table."""
    st.session_state.get(state.LABEL_TRAILS, {}).pop(labels.job.id, None)  # one by one then begins with what waits
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        wanted = st.segmented_control(
            "Show", _SHOWN, default="all", required=True, key="label-show", persist_state="session"
        )
        if not labels.blank:
            _together(labels)
    fault: GlyphlabError | None = st.session_state.get(state.LABEL_FAULT)
    if fault is not None:
        show_error(fault)
    names = _rows(labels, order, str(wanted))
    if not names:
        st.caption("Nothing waits any more.")
        return
    shown_names = names[pager(len(names), _PAGE, f"label-rows-{labels.job.id}")]
    key = f"label-table-{labels.job.id}-{hash(tuple(shown_names))}"
    frame = pd.DataFrame([_row(labels, name, readers) for name in shown_names])
    edit_table(
        frame,
        key=key,
        hide_index=True,
        row_height=_ROW,
        height="content",
        alt="Each image with its text",
        on_change=_on_edited,
        args=(labels, key, shown_names),
        disabled=[name for name in frame.columns if name not in ("text", "right", "out")],
        column_config={
            "picture": st.column_config.ImageColumn("Image", width=_ROOM),
            "text": st.column_config.TextColumn("What it says", width="medium", max_chars=1000),
            "right": st.column_config.CheckboxColumn("Right", width="small"),
            "out": st.column_config.CheckboxColumn("Leave out", width="small"),
            "sure": st.column_config.ProgressColumn(
                "Sure", format="%.0f %%", min_value=0, max_value=100, width="small"
            ),
            "name": st.column_config.TextColumn("Name"),
        },
    )
    if not st.session_state[key]["edited_rows"]:  # it was left and is drawn anew: the same edit counts once more
        st.session_state.pop(state.LABEL_EDITS, None)
    st.caption("A text that you type counts as right. Corrections are kept as you leave the cell.")


def _rows(labels: LabelSet, order: Order, wanted: str) -> list[str]:
    """Return the images of the table; those that wait stay in it while they are confirmed, until it is shown anew."""
    kept: dict[tuple[str, ...], list[str]] = st.session_state.setdefault(state.LABEL_ROWS, {})
    choice = (labels.job.id, order, wanted, str(len(labels.names)))
    if choice not in kept:
        kept.clear()
        ordered = labels.ordered(order)
        kept[choice] = ordered if wanted == "all" else labels.open(ordered)
    return kept[choice]


def _row(labels: LabelSet, name: str, readers: Sequence[tuple[str, Bundle]]) -> dict[str, Any]:
    label = labels.labels.get(name)
    said = label.state if label else "open"
    row: dict[str, Any] = {
        "picture": None,
        "text": labels.text(name),
        "right": said == "right",
        "out": said == "out",
        "sure": 100 * labels.sure(name),
    }
    own = str(labels.job.config.get("run"))
    try:
        dropped = labels.image(name)
        row["picture"] = png_url(fitted(shown(dropped).picture, _ROOM, _HIGH, _HIGH))
        others = [bundle for _, bundle in readers if bundle.name != own and not labels.blank]
        row |= {f"by {bundle.name[-6:]}": reading(bundle, dropped).text for bundle in others}
    except GlyphlabError:
        pass
    return row | {"name": visible(name)}


@guarded
def _on_edited(labels: LabelSet, key: str, names: Sequence[str]) -> None:
    """Label the rows whose cells were edited since the last time. For callbacks."""
    st.session_state.pop(state.LABEL_FAULT, None)
    edited: Mapping[int, Mapping[str, Any]] = st.session_state[key]["edited_rows"]
    before: tuple[str, dict[int, dict[str, Any]]] = st.session_state.get(state.LABEL_EDITS, ("", {}))
    kept = before[1] if before[0] == key else {}
    st.session_state[state.LABEL_EDITS] = (key, kept)
    now = LabelSet(labels.space, labels.job)
    for place, cells in edited.items():
        known = kept.setdefault(place, {})
        if new := {cell: value for cell, value in cells.items() if cell not in known or known[cell] != value}:
            try:
                _label(now, names[int(place)], new)
            except GlyphlabError as error:
                st.session_state[state.LABEL_FAULT] = error
            else:
                known.update(new)


def _label(now: LabelSet, name: str, cells: Mapping[str, Any]) -> None:
    """Label an image as edited cells say, unless nothing changes by that. Raises GlyphlabError."""
    label = now.labels.get(name)
    before = (label.state, label.text) if label else ("open", "")
    said = said_of(cells, before[0], str(cells.get("text", now.text(name)) or ""), now.read(name))
    if said != before and not said[0] == before[0] == "open":
        now.say([name], *said)


def said_of(cells: Mapping[str, Any], before: LabelState, text: str, read: str) -> tuple[LabelState, str]:
    """Return what an edited row says: a text that was typed counts as right, unless the row is unticked or left out."""
    if cells.get("out", before == "out"):
        return "out", text
    if cells.get("right", before == "right" or "text" in cells):
        return "right", text
    return ("open", "") if text == read else ("typed", text)


def _together(labels: LabelSet) -> None:
    """Draw what confirms all readings surer than a limit at once, and takes that back."""
    limit = st.number_input("Surer than (%)", 0, 100, 99, key="label-limit", width=140, persist_state="session")
    sure = [name for name in labels.open(labels.names) if labels.text(name) and 100 * labels.sure(name) >= limit]
    st.button(
        f"All right: {count(len(sure), 'images')}",
        key=f"label-together-{labels.job.id}",
        icon=":material/done_all:",
        on_click=_confirm,
        args=(labels, sure),
        disabled=not sure,
        help="Take the readings that the reader is so sure of as they are. Look at the table first.",
    )
    if given := _given_together(labels):
        st.button(
            f"Undo: {count(len(given), 'images')} wait again",
            key=f"label-apart-{labels.job.id}",
            icon=":material/undo:",
            type="tertiary",
            on_click=_take_back,
            args=(labels,),
        )


def _given_together(labels: LabelSet) -> list[ImageLabel]:
    """Return the labels that were last given at once, without those of images of which more was said since."""
    given: list[ImageLabel] = st.session_state.get(state.LABELLED_TOGETHER, {}).get(labels.job.id, [])
    return [label for label in given if labels.labels.get(label.image) == label]


@guarded
def _confirm(labels: LabelSet, names: list[str]) -> None:
    """Confirm images, but not those of which somebody said something since they were drawn. For callbacks."""
    now = LabelSet(labels.space, labels.job)
    try:
        given = now.say([name for name in names if now.labels.get(name) == labels.labels.get(name)], "right")
    except GlyphlabError as error:
        st.session_state[state.LABEL_FAULT] = error
        return
    st.session_state.setdefault(state.LABELLED_TOGETHER, {})[labels.job.id] = given


@guarded
def _take_back(labels: LabelSet) -> None:
    """Have images wait again that were confirmed at once, with what somebody had typed of them. For callbacks."""
    now = LabelSet(labels.space, labels.job)
    typed, read = [], []
    for label in _given_together(now):
        (read if label.text == now.read(label.image) else typed).append(label.image)
    now.say(typed, "typed")
    now.say(read, "open")
    st.session_state[state.LABELLED_TOGETHER].pop(labels.job.id, None)
