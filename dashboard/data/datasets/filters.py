"""Filters of samples by text, split, length or any factor, and their order. Gives conditions, filters nothing."""

import streamlit as st

from engine.datasets.query import Between, Column, Condition, Contains, OneOf
from engine.formatting import count, sentence

_STORED, _OPEN = "as stored", ("label", "split", "length")


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
