"""Labelling one image after the other: it large, what it may say, and keys for all that one does with it.

Enter takes what the field says and goes on; 1 to 3 take a candidate; typing replaces what was read, wherever the focus
is, and Backspace corrects it. What is typed is on disk after a moment, before it is confirmed.
"""

import contextlib
from collections.abc import Sequence
from functools import partial
from hashlib import blake2b
from pathlib import Path

import streamlit as st
from streamlit.components.v2 import component

from dashboard.common import state
from dashboard.common.callbacks import guarded
from dashboard.common.images import picture
from dashboard.common.markdown import literal
from dashboard.common.page import show_error
from dashboard.read.label_set import MOST_SUGGESTED, LabelSet, Order, Suggestion
from dashboard.readings.image import shown
from engine.errors import GlyphlabError
from engine.formatting import count, percent
from engine.sources.labelling import LONGEST, LabelState
from glyphlab_read.reading.bundle import Bundle

_ZONE, _FIELD, _NEXT = "card-label", "label-text", "primary-label-next"
_PROPOSAL = "Read as "
_WAYS = (
    ("Back", "back", ":material/arrow_upward:", "Up", "ArrowUp"),
    ("Later", "later", ":material/arrow_downward:", "Down", "ArrowDown"),
    ("Leave out", "out", ":material/block:", "Delete", "Delete"),
)
"""Titles, keys and icons of the other buttons, their shortcuts, and how a browser calls those keys."""

_LEAST = 0.0005  # of a share that is written in figures
_keys = component(
    "glyphlab_label_keys",
    html='<p class="hint" style="margin: 0; font: 14px/1.5 var(--st-font); color: var(--st-gray-text-color)"></p>',
    js=Path(__file__).with_name("label_keys.js").read_text(encoding="utf-8"),
)


def label_one(labels: LabelSet, order: Order, readers: Sequence[tuple[str, Bundle]]) -> None:
    """Draw the image whose turn it is, or that all are done."""
    name = _current(labels, order)
    with st.container(border=True, key=_ZONE, gap="small"):
        if name is None:
            _done(labels)
            return
        _image(labels, name)
        fault: GlyphlabError | None = st.session_state.get(state.LABEL_FAULT)
        if fault is not None:
            show_error(fault)
        found: list[Suggestion] = []
        with contextlib.suppress(GlyphlabError):  # which is told in place of the image
            found = labels.suggestions(name, readers)
        _text(labels, order, name, found)
        _candidates(labels, order, name, found)
        _ways(labels, order, name)
        buttons = {shortcut: f"label-{key}" for _, key, _, _, shortcut in _WAYS} | {"Enter": _NEXT}
        buttons |= {str(number): f"label-take-{number}" for number in range(1, 1 + len(found))}
        over = "" if labels.blank else " over what was read"
        hint = (
            f"Type{over}, wherever you are; Backspace corrects it; Space goes into the field, for a text that begins "
            "with 1, 2 or 3. What is typed is kept at once. Enter takes what the field says and goes on."
        )
        parts = {"zone": _ZONE, "field": _FIELD, "proposal": _PROPOSAL, "buttons": buttons, "hint": hint}
        _keys(key="label-keys", data=parts)


def _place() -> dict[str, list[str]]:
    """Return the images that were looked at in each transcript; the last one is looked at now."""
    return st.session_state.setdefault(state.LABEL_TRAILS, {})


def _current(labels: LabelSet, order: Order) -> str | None:
    trail = _place().setdefault(labels.job.id, [])
    while trail and trail[-1] not in labels.rows:
        trail.pop()
    if not trail and (first := labels.after(order, "")):
        trail.append(first)
    return trail[-1] if trail else None


def _is_looked_at(labels: LabelSet, name: str) -> bool:
    """Say whether an image is looked at now: not any more where its button was pressed twice before it was redrawn."""
    return _place().get(labels.job.id, [])[-1:] == [name]


def _go_on(labels: LabelSet, order: Order, name: str) -> None:
    """Go to the next image that waits behind this one; where none does, say that all is done."""
    if not _is_looked_at(labels, name):
        return
    st.session_state.pop(state.LABEL_FAULT, None)
    st.session_state.pop(_field_key(labels, name), None)
    fresh = LabelSet(labels.space, labels.job)
    following = fresh.after(order, name)
    trail = _place()[labels.job.id]
    if following is None:
        trail.clear()
    else:
        trail.append(following)


@guarded
def _say(labels: LabelSet, order: Order, name: str, said: LabelState, text: str | None = None) -> None:
    """Label an image, by default with what its field says, and go on. For callbacks."""
    if not _is_looked_at(labels, name):
        return
    typed = st.session_state.get(_field_key(labels, name), labels.text(name)) if text is None else text
    try:
        labels.say([name], said, str(typed or ""))
    except GlyphlabError as error:
        st.session_state[state.LABEL_FAULT] = error
        return
    _go_on(labels, order, name)


@guarded
def _keep_typed(labels: LabelSet, name: str) -> None:
    """Keep what is typed before it is confirmed; an image that was confirmed waits again."""
    typed = st.session_state.get(_field_key(labels, name))
    if typed is None or not _is_looked_at(labels, name):  # it was confirmed in the same moment
        return
    try:
        labels.say([name], "typed", str(typed))
    except GlyphlabError as error:
        st.session_state[state.LABEL_FAULT] = error


def _back(labels: LabelSet, name: str) -> None:
    st.session_state.pop(_field_key(labels, name), None)
    st.session_state.pop(state.LABEL_FAULT, None)
    trail = _place().get(labels.job.id, [])
    if len(trail) > 1 and trail[-1] == name:
        trail.pop()
        st.session_state.pop(_field_key(labels, trail[-1]), None)


def _field_key(labels: LabelSet, name: str) -> str:
    return f"{_FIELD}-{labels.job.id}-{blake2b(name.encode(errors='replace'), digest_size=8).hexdigest()}"


def _image(labels: LabelSet, name: str) -> None:
    what = None
    try:
        what = shown(labels.image(name))
        picture(what.picture, f"{name}, to be labelled", room=1000, tall=192, most=420)
    except GlyphlabError as error:
        show_error(error)
    size = f" · {count(what.width)} × {count(what.height)} px" if what else ""
    label = labels.labels.get(name)
    told = {"right": ":green[:material/check: confirmed]", "out": ":orange[:material/block: left out]"}
    said = f" · {told[label.state]}" if label and label.state in told else ""
    st.caption(f"{literal(name)}{size}{said}")


def _text(labels: LabelSet, order: Order, name: str, found: Sequence[Suggestion]) -> None:
    key = _field_key(labels, name)
    proposed = labels.read(name) or (found[0].text if found else "")
    nothing = "Type what it says" if labels.blank else "Nothing was read: type what it says"
    if key not in st.session_state:
        label = labels.labels.get(name)
        st.session_state[key] = label.text if label and label.text else proposed
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.text_input(
            "What it says",
            key=key,
            max_chars=LONGEST,
            live=True,
            placeholder=f"{_PROPOSAL}{proposed}" if proposed else nothing,
            on_change=_keep_typed,
            args=(labels, name),
        )
        st.button(
            "Right, next",
            key=f"{_NEXT}-{key}",
            type="primary",
            icon=":material/check:",
            shortcut="Enter",
            on_click=_say,
            args=(labels, order, name, "right"),
        )


def _candidates(labels: LabelSet, order: Order, name: str, found: Sequence[Suggestion]) -> None:
    several = len({each.reader for each in found}) > 1
    with st.container(horizontal=True, gap="small"):
        for number, each in enumerate(found[:MOST_SUGGESTED], 1):
            sure = percent(each.sure) if each.sure >= _LEAST else "under 0.1 %"
            by = f" · {each.reader}" if several else ""
            st.button(
                f"{literal(each.text)} :gray[{sure}{by}]",
                key=f"label-take-{number}-{_field_key(labels, name)}",
                shortcut=str(number),
                on_click=_say,
                args=(labels, order, name, "right", each.text),
            )


def _ways(labels: LabelSet, order: Order, name: str) -> None:
    key, alone = _field_key(labels, name), len(_place().get(labels.job.id, [])) < 2
    with st.container(horizontal=True, gap="small"):
        acts = {
            "back": partial(_back, labels, name),
            "later": partial(_go_on, labels, order, name),
            "out": partial(_say, labels, order, name, "out"),
        }
        for title, way, icon, shortcut, _ in _WAYS:
            st.button(
                title,
                key=f"label-{way}-{key}",
                icon=icon,
                shortcut=shortcut,
                type="tertiary",
                on_click=guarded(acts[way]),
                disabled=way == "back" and alone,
            )


def _done(labels: LabelSet) -> None:
    st.markdown(f":green[:material/check:] **All {count(len(labels.names), 'images')} are done**")
    st.caption("Keep them as a dataset below, or look at them once more in the table.")
    st.button("Look through them again", key="label-again", on_click=_again, args=(labels,))


@guarded
def _again(labels: LabelSet) -> None:
    _place()[labels.job.id] = labels.names[:1]
