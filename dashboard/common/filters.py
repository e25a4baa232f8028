"""Filters of a dataset as inputs: the usual ones at once, all others on request, and the order.

The engine filters; this module draws the choice of conditions.
"""

import math
from collections.abc import Sequence
from typing import Any

import streamlit as st

from dashboard.caches.datasets import Numbers, filter_columns, selected
from dashboard.common import address
from dashboard.common.forms import Form, keys
from engine.datasets.dataset import Dataset
from engine.datasets.query import AnyBetween, Between, Column, Condition, Contains, OneOf
from engine.datasets.scenes.dataset import SceneDataset
from engine.formatting import count, sentence

WHERE, ORDER = "where", "order"
"""Parameters of the address."""

FORM = Form("datasets", keys(starts=("dataset-name-", "dataset-note-", "filter-")), (WHERE, ORDER), "filters and notes")
"""Filters, and names and notes that are not saved: the address tells of filters, too, once the page was drawn again."""

_STORED = "as stored"
_UNITS = {"width": "px", "height": "px", "text_height": "px", "length": "characters"}
_TITLES = {"texts": "Text", "text": "Photos"}
_WIDE = 20.0  # a span of more than this is chosen in whole numbers


def filtered(dataset: Dataset | SceneDataset, open_names: Sequence[str], noun: str) -> Numbers:
    """Draw the filters of a dataset, and return the numbers of what meets them; where nothing does, say so."""
    columns, key = filter_columns(dataset), f"filter-{dataset.folder.name}"
    take_filters(columns, open_names, key)
    conditions, order, descending = filter_bar(columns, open_names, key)
    address.write(WHERE, [_written(condition) for condition in conditions])
    address.write(ORDER, [f"{'-' if descending else ''}{order}"] if order else [])
    numbers = selected(dataset, conditions, order, descending)
    if not len(numbers):
        st.caption(f"No {noun} meets these filters. Widen one of them.")
    return numbers


def take_filters(columns: Sequence[Column], open_names: Sequence[str], key: str) -> None:
    """Let the inputs hold what the address asks for; what fits no column, or none of its values, is passed over.

    `?where=label:street&where=split:train|test&where=length:3..8&order=-length`
    """
    by_name, others = {column.name: column for column in columns}, []
    for name, _, value in (part.partition(":") for part in address.asked(WHERE)):
        if name in by_name and (held := _held(by_name[name], value)) is not None:
            st.session_state[f"{key}-{name}"] = held
            others += [name] if name not in open_names else []
    if others:
        st.session_state[f"{key}-by"] = others
    for value in address.asked(ORDER)[:1]:
        if value.removeprefix("-") in by_name:
            st.session_state[f"{key}-order"] = value.removeprefix("-")
            st.session_state[f"{key}-down"] = value.startswith("-")


def _held(column: Column, value: str) -> Any:
    """Return what the input of a column holds for a value in the address; None where it cannot hold it."""
    if column.kind == "text":
        return value[:200] or None
    if column.kind == "choice":
        return [one for one in value.split("|") if one in column.choices] or None
    if column.low is None or column.high is None:
        return None
    low, high = _ends(column.low, column.high)
    try:
        first, last = (type(low)(float(end)) for end in value.split(".."))
    except (ValueError, OverflowError):
        return None
    return (max(low, min(first, high)), max(low, min(last, high))) if first <= last else None


def _written(condition: Condition) -> str:
    """Return a condition as the address has it."""
    match condition:
        case Contains():
            value = condition.text
        case OneOf():
            value = "|".join(str(value) for value in condition.values)
        case _:
            value = f"{condition.low:g}..{condition.high:g}"
    return f"{condition.column}:{value}"


def filter_bar(
    columns: Sequence[Column], open_names: Sequence[str], key: str, *, ordered: bool = True
) -> tuple[tuple[Condition, ...], str | None, bool]:
    """Draw the filters; return the conditions, the column to sort by (None: as stored) and whether downwards.

    Args:
        columns: what can be filtered by.
        open_names: those that are drawn at once, in this order.
        key: begins the keys of the inputs.
        ordered: whether the order is chosen here, too; else it is as stored.
    """
    by_name = {column.name: column for column in columns}
    shown = [name for name in open_names if name in by_name and not _has_one_value(by_name[name])]
    found: list[Condition | None] = []
    strip = st.container(horizontal=True, vertical_alignment="bottom", key=f"strip-{key}")  # see style.css
    for name in shown:
        with strip.container():
            found.append(_condition(by_name[name], key))
    with strip, st.popover("More filters", icon=":material/filter_list:", width="content"):
        others = [name for name in by_name if name not in shown]
        chosen = st.multiselect("Filter by", others, format_func=_title, key=f"{key}-by", persist_state="session")
        found += [_condition(by_name[str(name)], key) for name in chosen]
        if not ordered:
            return tuple(condition for condition in found if condition is not None), None, False
        sortable = [name for name, column in by_name.items() if column.kind != "numbers"]
        order = st.selectbox(
            "Order", [_STORED, *sortable], format_func=_title, key=f"{key}-order", persist_state="session"
        )
        descending = st.toggle("Greatest first", key=f"{key}-down", disabled=order == _STORED, persist_state="session")
    conditions = tuple(condition for condition in found if condition is not None)
    return conditions, None if order == _STORED else str(order), descending


def found_words(found: int, total: int, what: str) -> str:
    """Say how many of how many samples are shown."""
    return count(total, what) if found == total else f"{count(found)} of {count(total, what)}"


def _title(name: str) -> str:
    unit = _UNITS.get(name)
    return f"{_TITLES.get(name, sentence(name))}{f' ({unit})' if unit else ''}"


def _condition(column: Column, key: str) -> Condition | None:
    """Draw one filter; return None while it lets everything through."""
    key, name = f"{key}-{column.name}", _title(column.name)
    if column.kind == "text":
        text = st.text_input(
            f"{name} contains", key=key, max_chars=200, icon=":material/search:", persist_state="session", live=True
        )
        return Contains(column.name, text) if text else None
    if column.kind == "choice":
        values = st.multiselect(name, column.choices, key=key, placeholder="any", persist_state="session")
        return OneOf(column.name, tuple(values)) if values else None
    if column.low is None or column.high is None or _has_one_value(column):
        return None
    ends = _span(name, column.low, column.high, key)
    if ends is None:
        return None
    return (AnyBetween if column.kind == "numbers" else Between)(column.name, *ends)


def _has_one_value(column: Column) -> bool:
    return column.kind not in ("text", "choice") and column.low == column.high


def _span(name: str, low: float, high: float, key: str) -> tuple[float, float] | None:
    whole = _ends(low, high)
    ends = st.slider(name, *whole, whole, key=key, persist_state="session")
    return None if ends == whole else ends


def _ends(low: float, high: float) -> tuple[Any, Any]:
    """Return the ends of a span as its slider has them: whole numbers where it is wide or holds nothing else."""
    if (low.is_integer() and high.is_integer()) or high - low > _WIDE:
        return math.floor(low), math.ceil(high)
    return low, high
