"""The beginning of a run: the starter suggested where it fits the data, and the shape of the network taken over.

Weights fit a network of their own shape only. So the form tells where its network has another, and takes over the
settings that decide it at a click. This module starts nothing.
"""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from dashboard.caches.datasets import opened
from dashboard.caches.files import bundles, locator_bundles
from dashboard.common.callbacks import guarded
from dashboard.common.markdown import literal
from dashboard.common.setting_words import value_words
from dashboard.train.run_kinds import READERS, RunKind
from engine.config.run import RunConfig
from engine.errors import BundleError, DatasetError, JobError
from engine.evaluation.starters import card_words, parent_network
from engine.formatting import count, sentence
from engine.jobs import Job, State
from engine.workspace import STARTER, Workspace
from glyphlab_read.location.bundle import LocatorBundle
from glyphlab_read.reading.bundle import Bundle

_FITS = 0.9  # of a dataset's characters the starter knows so many at least, where it is suggested


def starter_choice(kind: RunKind) -> dict[str, str]:
    """Return the starter of a kind as an older run is chosen: its name by its id."""
    return {STARTER: f"the starter {kind.network}"}


def suggest_starter(workspace: Workspace, kind: RunKind, dataset: Job, chosen: str | None, key: str) -> None:
    """Say what starting from the starter would save, with a button for it, where it fits the data and is not chosen."""
    starter = _starter(workspace, kind)
    if chosen or starter is None:
        return
    knows = _fit(starter, dataset)
    if knows is None:
        return
    step, card = starter.manifest.step, card_words(starter.manifest.scores)
    with st.container(border=True, key="card-starter", gap="xsmall"):
        st.markdown(f":material/flag: **Start from the starter {kind.network}?**")
        st.caption(
            f"{knows}Its {count(step, 'steps')} of learning are behind it, and this run goes on from there."
            + (f" By its card: {literal(card)}." if card else "")
        )
        taken = parent_network(workspace, kind.config, STARTER)
        st.button("Start from it", key="start-from-starter", on_click=_begin, args=(kind, taken, STARTER, key))


def parent_line(workspace: Workspace, kind: RunKind, start: RunConfig, parent: str | None, name: str, key: str) -> None:
    """Say whether the network of the form has the shape of what the run starts from.

    One that nobody has changed takes it over by itself; for another it is offered.

    Args:
        workspace: where the runs are.
        kind: of the run.
        start: the settings that the form began with.
        parent: id of what it starts from; None: from nothing.
        name: of that.
        key: begins the keys of the inputs.
    """
    if not parent:
        return
    try:
        taken = parent_network(workspace, kind.config, parent)
    except (BundleError, JobError) as error:
        st.caption(f":orange[:material/warning:] {literal(str(error))}")
        return
    before = getattr(start, kind.network)
    untouched = {name: getattr(before, name) for name in taken}
    here = {name: st.session_state.get(_input(kind, key, name), value) for name, value in untouched.items()}
    if here == untouched:
        _take(kind, taken, key)
        here = taken
    differing = shape_words(taken, here)
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.caption(
            f":orange[:material/warning:] What it starts from is of another shape: {differing}."
            if differing
            else f":material/flag: Starts from {literal(name)}, and has its shape: {_settings(taken)}."
        )
        if differing:
            st.button("Take its network", key="take-network", on_click=_begin, args=(kind, taken, parent, key))
        st.button("Start afresh", key="start-afresh", type="tertiary", on_click=_begin, args=(kind, {}, "", key))


def shape_words(theirs: Mapping[str, Any], ours: Mapping[str, Any]) -> str:
    """Return the settings that decide a network's shape and differ, in words; empty where none does."""
    return ", ".join(
        f"{sentence(name).lower()} {value_words(value)}, not {value_words(ours[name])}"
        for name, value in theirs.items()
        if ours[name] != value
    )


def _starter(workspace: Workspace, kind: RunKind) -> Bundle | LocatorBundle | None:
    known = bundles(workspace) if kind is READERS else locator_bundles(workspace)
    return next((bundle for bundle in known if bundle.name == STARTER), None)


def _fit(starter: Bundle | LocatorBundle, dataset: Job) -> str | None:
    """Return what the starter knows of a dataset's characters; None where it does not fit."""
    if isinstance(starter, LocatorBundle):
        return ""
    if dataset.state is not State.finished:  # its characters are not known yet
        return None
    try:
        characters = opened(dataset.folder).manifest.charset
    except DatasetError:  # a damaged one is told elsewhere
        return None
    new = starter.charset.missing(characters)
    if not characters or len(new) > (1 - _FITS) * len(characters):
        return None
    if not new:
        return f"It knows all {count(len(characters), 'characters')} of this dataset. "
    return f"It knows {count(len(characters) - len(new))} of the {count(len(characters), 'characters')}. "


@guarded
def _begin(kind: RunKind, taken: Mapping[str, Any], parent: str, key: str) -> None:
    """Choose what the run starts from, and set the inputs of the network to its settings."""
    st.session_state[f"{key}.start_from"] = parent
    _take(kind, taken, key)


def _take(kind: RunKind, taken: Mapping[str, Any], key: str) -> None:
    """Set the inputs of the network, which are drawn later, to the settings that were taken over."""
    for name, value in taken.items():
        st.session_state[_input(kind, key, name)] = value


def _input(kind: RunKind, key: str, name: str) -> str:
    return f"{key}.{kind.network}.{name}"


def _settings(taken: Mapping[str, Any]) -> str:
    return ", ".join(f"{sentence(name).lower()} {value_words(value)}" for name, value in taken.items())
