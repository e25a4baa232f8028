"""Inputs drawn from a config's own declaration: label from the field's name, its help, unit, bounds and choices.

A form never repeats what the config says. Numbers with few possible values get a slider, short choices stay visible,
and None is an empty box. What may be one number or two ends gets one handle or two, and a button that changes between
both. Shares are shown in per cent, weights with the share that they come to. Lists are the pages' business.
"""

import types
from collections.abc import Callable, Iterable
from typing import Any, Literal, Union, get_args, get_origin

import streamlit as st
from pydantic.fields import FieldInfo

from dashboard.common.sliders import slider
from engine.config.base import Config
from engine.config.distributions import Weights, Within, ends
from engine.formatting import sentence

_SLIDER_STEPS = 120  # more values than that are better typed
_LARGEST = 2**53 - 1  # what a browser's numbers can count to


def group(config: Config, key: str, leave_out: Iterable[str] = ()) -> dict[str, Any]:
    """Draw inputs for a whole config, nested ones under their names; return all its plain values.

    What has no input (lists, and what is left out) keeps its value.
    """
    values = config.plain()
    total = _weight_total(config, key) if isinstance(config, Weights) else None
    for name in type(config).model_fields:
        value = getattr(config, name)
        if name in leave_out or (isinstance(value, tuple) and not _is_span(value)):
            continue
        if isinstance(value, Config):
            st.markdown(f"**{sentence(name)}**", help=type(config).model_fields[name].description)
            values[name] = group(value, f"{key}.{name}")
        elif isinstance(config, Weights) or name == "weight":
            values[name] = weight_slider(config, name, key, total)
        else:
            values[name] = field(config, name, key)
    return values


def weight_slider(config: Config, name: str, key: str, total: float | None = None) -> float:
    """Draw a weight, how often one choice is drawn against those beside it, as a slider from 0 to 1 or its value.

    With the `total` of all of them its label tells the share that it comes to.
    """
    info = type(config).model_fields[name]
    value, widget_key = float(getattr(config, name)), f"{key}.{name}"
    share = "" if total is None else f" · {100 * _weight(widget_key, value) / (total or 1):.0f} %"
    return slider(
        f"{sentence(name)}{share}", value, (0.0, max(1.0, value)), 0.05, key=widget_key, help=info.description
    )


def _weight_total(config: Config, key: str) -> float:
    return sum(_weight(f"{key}.{name}", getattr(config, name)) for name in type(config).model_fields)


def _weight(key: str, value: float) -> float:
    """Return a weight as it was last set: titles tell of inputs below them."""
    return float(st.session_state.get(key, value))


def fields(config: Config, names: Iterable[str], key: str) -> dict[str, Any]:
    """Draw inputs for some settings of `config`, starting at its values; return what they hold now.

    A new `key` resets the inputs: use one that holds the preset's name.
    """
    return {name: field(config, name, key) for name in names}


def field(config: Config, name: str, key: str) -> Any:
    """Draw the input of one setting and return its value, which the config may still refuse."""
    info = type(config).model_fields[name]
    value, widget_key = getattr(config, name), f"{key}.{name}"
    common = {"label": label(name, info), "key": widget_key, "help": info.description, "persist_state": "session"}
    kind, optional = _kind(info)
    if get_origin(kind) is Literal:
        return _choice(get_args(kind), value, common)
    if kind is bool:
        return st.toggle(value=value, **common)
    if within := next((rule for rule in info.metadata if isinstance(rule, Within)), None):
        return _one_or_two(kind, info, within, value, common)
    if kind in (int, float):
        return _number(kind, info, value, optional, common)
    text = st.text_input(value="" if value is None else str(value), **common)
    return text or None if optional else text


def open_names(config: type[Config]) -> list[str]:
    """Return the settings that forms show at once; lists have no input here."""
    return [name for name, info in config.model_fields.items() if not _extra(info).get("folded") and not _is_list(info)]


def folded_names(config: type[Config]) -> list[str]:
    """Return the settings that forms keep behind "more"; lists have no input here."""
    return [name for name, info in config.model_fields.items() if _extra(info).get("folded") and not _is_list(info)]


def _is_list(info: FieldInfo) -> bool:
    return get_origin(info.annotation) is tuple


def label(name: str, info: FieldInfo) -> str:
    """Return a setting's label with its unit, unless its name says it: `Max width (px)`."""
    unit = _extra(info).get("unit")
    return f"{sentence(name)} ({unit})" if unit and unit not in name else sentence(name)


def is_share(info: FieldInfo) -> bool:
    """Say whether a setting is a part of a whole, which people read in per cent."""
    return bool(_extra(info).get("share"))


def zero_words(info: FieldInfo) -> str:
    """Return the word that a form has in place of 0, such as `never`; empty where 0 is a number like others."""
    return str(_extra(info).get("zero") or "")


def _extra(info: FieldInfo) -> dict[str, Any]:
    return info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}


def _kind(info: FieldInfo) -> tuple[Any, bool]:
    """Return a field's type without None, and whether None is allowed."""
    if get_origin(info.annotation) not in (Union, types.UnionType):
        return info.annotation, False
    kinds = [kind for kind in get_args(info.annotation) if kind is not type(None)]
    return kinds[0], len(kinds) < len(get_args(info.annotation))


def _bounds(info: FieldInfo) -> dict[str, Any]:
    names = ("ge", "le", "multiple_of")
    return {
        name: getattr(rule, name) for rule in info.metadata for name in names if getattr(rule, name, None) is not None
    }


def _choice(options: tuple[Any, ...], value: Any, common: dict[str, Any]) -> Any:
    if len(options) <= 4 and sum(len(str(option)) for option in options) <= 30:
        return st.segmented_control(options=options, default=value, required=True, **common)
    return st.selectbox(options=options, index=options.index(value), **common)


def _is_span(value: Any) -> bool:
    """Say whether a value is a pair of ends between which samples draw their own."""
    return isinstance(value, tuple) and len(value) == 2 and all(isinstance(end, int | float) for end in value)


def _one_or_two(kind: type, info: FieldInfo, within: Within, value: Any, common: dict[str, Any]) -> Any:
    """Draw one number or two ends, whichever was last asked for, and the button for the other."""
    key, began_as_two = common["key"], _is_span(value)
    two = st.session_state.get(f"{key}-two", began_as_two)
    if two != began_as_two:
        common = common | {"key": f"{key}-other"}

    def switch() -> None:
        st.button(
            "",
            key=f"{key}-switch",
            type="tertiary",
            on_click=st.session_state.__setitem__,
            args=(f"{key}-two", not two),
            icon=":material/commit:" if two else ":material/width:",
            help="One value for all." if two else "Draw between two ends.",
        )

    if two:
        shown = value if began_as_two else _widened(kind, within, value)
        return _span(kind, info, within, shown, common, switch)
    alone = {"up to": "0 to %g", "either way": "±%g"}.get(within.alone, "")
    return _number(kind, info, ends(value)[1], within.optional, common, alone, switch)


def _widened(kind: type, within: Within, value: Any) -> tuple[Any, Any]:
    if value is None:
        return kind(within.ge), kind(within.le)
    return (-value, value) if within.signed else (value, value)


def _span(
    kind: type,
    info: FieldInfo,
    within: Within,
    value: tuple[Any, Any],
    common: dict[str, Any],
    switch: Callable[[], object],
) -> tuple[Any, Any]:
    high = kind(within.le)
    low = -high if within.signed else kind(within.ge)
    _drop_outside(common["key"], low, high)
    step = 1 if kind is int else _step(low, high)
    return _slider(info, common, (kind(value[0]), kind(value[1])), (low, high), step, beside=switch)


def _number(
    kind: type,
    info: FieldInfo,
    value: Any,
    optional: bool,
    common: dict[str, Any],
    written: str = "",
    switch: Callable[[], object] | None = None,
) -> Any:
    """Draw a number as a slider, or as a box where it has too many values or may be empty."""
    bounds = _bounds(info)
    low, high = (kind(min(bounds[name], _LARGEST)) if name in bounds else None for name in ("ge", "le"))
    step = kind(bounds.get("multiple_of") or (1 if kind is int else _step(low, high)))
    _drop_outside(common["key"], low, high)
    if not optional and low is not None and high is not None and (high - low) / step <= _SLIDER_STEPS:
        return _slider(info, common, kind(value), (low, high), step, written, switch)
    shape = {} if kind is int else {"format": "%.4g"}
    number = None if value is None else kind(value)
    zero = zero_words(info)
    if optional or zero:  # only a box that begins empty can be emptied, so the value comes through the session
        st.session_state.setdefault(common["key"], None if zero and not number else number)
        number, shape = None, shape | {"placeholder": zero or "not set"}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall"):
        shown = st.number_input(min_value=low, max_value=high, value=number, step=step, **shape, **common)
        if switch:
            switch()
    return kind(0) if zero and shown is None else shown


def _slider(
    info: FieldInfo,
    common: dict[str, Any],
    value: Any,
    bounds: tuple[float, float],
    step: float,
    written: str = "",
    beside: Callable[[], object] | None = None,
) -> Any:
    return slider(
        common["label"],
        value,
        bounds,
        step,
        key=common["key"],
        help=common["help"],
        share=is_share(info),
        written=written,
        beside=beside,
    )


def _drop_outside(key: str, low: float | None, high: float | None) -> None:
    """Forget what an input holds outside its bounds: a draft of another version may have brought it."""
    value = st.session_state.get(key)
    given = [end for end in ends(value) if isinstance(end, int | float)]
    if any((low is not None and end < low) or (high is not None and end > high) for end in given):
        del st.session_state[key]


def _step(low: float | None, high: float | None) -> float:
    """Return a step that fits the range: hundredths up to 1, tenths up to 10, else whole numbers; finer below 0.1."""
    if low is None or high is None:
        return 0.0001
    if high - low <= 0.1:
        return 0.001
    return 0.01 if high - low <= 1 else 0.1 if high - low <= 10 else 1.0
