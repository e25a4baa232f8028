"""A run's inputs beside its dataset: others to mix in, to validate, watch and test on, and an older run or the starter.

The choices are ids in the config and names on the page; a link may ask for one to mix in or to test on. This module
checks nothing: the run does, when it starts.
"""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from dashboard.common.fields import label
from dashboard.common.markdown import literal
from dashboard.common.state import asked_for, choose, choose_several
from engine.config.run import Portion, RunConfig

NAMES = ("mix", "validate_on", "watch_on", "test_on", "start_from")
"""The settings drawn here."""

_NONE = ""


def extra_data(config: RunConfig, datasets: Mapping[str, str], runs: Mapping[str, str], key: str) -> dict[str, Any]:
    """Draw the inputs and return their values by setting.

    Args:
        config: what they start at, with the dataset that is chosen.
        datasets: names of all datasets by id.
        runs: names of the runs whose weights can be loaded, by id.
        key: begins the keys of the widgets; a new one resets them.
    """
    others = {id: name for id, name in datasets.items() if id != config.dataset}
    mixed = _several(config, "mix", others, [portion.dataset for portion in config.mix], key)
    given = {portion.dataset: portion.weight for portion in config.mix}
    weight = Portion.model_fields["weight"]
    mix = [
        {
            "dataset": id,
            "weight": st.number_input(
                f"Weight of {literal(others[id])}",
                0.01,
                1000.0,
                given.get(id, weight.default),
                0.25,
                key=f"{key}.weight.{id}",
                help=weight.description,
                persist_state="session",
            ),
        }
        for id in mixed
    ]
    return {
        "mix": mix,
        "validate_on": _one(config, "validate_on", others, key),
        "watch_on": _several(config, "watch_on", others, list(config.watch_on), key),
        "test_on": _several(config, "test_on", others, list(config.test_on), key),
        "start_from": _one(config, "start_from", runs, key),
    }


def _several(config: RunConfig, name: str, options: Mapping[str, str], first: list[str], key: str) -> list[str]:
    info = type(config).model_fields[name]
    choose_several(f"{key}.{name}", list(options), first, asked_for(name))
    return st.multiselect(
        label(name, info),
        list(options),
        format_func=lambda id: options[id],
        key=f"{key}.{name}",
        help=info.description,
        placeholder="none",
        persist_state="session",
    )


def _one(config: RunConfig, name: str, options: Mapping[str, str], key: str) -> str | None:
    info = type(config).model_fields[name]
    widget = f"{key}.{name}"
    st.session_state.setdefault(widget, getattr(config, name) or _NONE)
    choose(widget, [_NONE, *options], None)
    chosen = st.selectbox(
        label(name, info),
        [_NONE, *options],
        format_func=lambda id: options.get(id, "none"),
        key=widget,
        help=info.description,
        persist_state="session",
    )
    return chosen or None
