"""Initial settings of a new run: a named preset, or the settings of a run that is cloned (`?like=ID`)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import streamlit as st

from dashboard.common import state
from dashboard.common.callbacks import guarded
from dashboard.common.markdown import literal
from dashboard.common.page import show_error
from dashboard.common.state import asked_for, choose
from dashboard.train.run_kinds import RunKind
from engine.config.run import RunConfig
from engine.errors import ConfigError, JobError
from engine.jobs import Job, load_job
from engine.jobs.summaries import can_draw_more
from engine.workspace import Workspace


@dataclass(frozen=True)
class StartingPoint:
    """A named set of settings; `label` says whose in Markdown, `key` begins the keys of widgets that change it."""

    name: str
    label: str
    config: RunConfig
    key: str


def cloned(workspace: Workspace, kind: RunKind, datasets: Sequence[str]) -> StartingPoint | None:
    """Return the settings of the run that is cloned, if any; a clone that was just asked for resets all widgets.

    Where they cannot be taken, say why, until a preset is chosen.

    Args:
        workspace: where the run is.
        kind: the run is to be of it.
        datasets: ids of those that can be trained on.
    """
    asked = asked_for("like")
    id = asked or st.session_state.get(state.cloned_run(kind.key))
    if id is None:
        return None
    try:
        run = load_job(workspace, "runs", id)
        config = kind.config.parse(run.config)
    except (JobError, ConfigError) as error:
        st.session_state[state.cloned_run(kind.key)] = id
        show_error(error)
        st.caption("The settings of that run cannot be taken. Choose a preset instead.")
        return None
    found = StartingPoint(f"as {run.name}", literal(run.name), config, f"{kind.key}.{run.id}")
    if asked:
        for key in [key for key in st.session_state if str(key).startswith(found.key)]:
            del st.session_state[key]
        st.session_state[state.cloned_run(kind.key)] = asked
        st.session_state[state.train_preset(kind.key)] = found.name
        choose(state.train_dataset(kind.key), datasets, found.config.dataset)
    return found


def choose_preset(kind: RunKind, clone: StartingPoint | None, dataset: Job) -> StartingPoint:
    """Draw the choice among presets and the cloned run; return what was chosen, for a dataset."""
    names = [*([clone.name] if clone else []), *kind.presets]
    key = state.train_preset(kind.key)
    choose(key, names, None)
    name = str(
        st.selectbox(
            "Preset",
            names,
            key=key,
            persist_state="session",
            on_change=guarded(_forget_unread_clone),
            args=(kind, clone),
        )
    )
    if clone and name == clone.name:
        st.caption("All settings as that run had them.")
        return replace(clone, config=clone.config.changed(dataset=dataset.id))
    st.caption(kind.presets[name].about)
    start = StartingPoint(name, name, kind.preset(name, dataset.id), f"{kind.key}.{name}")
    if start.config.fresh == "on" and not can_draw_more(dataset):
        st.caption("This dataset was not drawn by a recipe: the run learns from what it holds, and draws nothing new.")
        return replace(start, config=start.config.changed(fresh="auto"), key=f"{start.key}.stored")
    return start


def _forget_unread_clone(kind: RunKind, clone: StartingPoint | None) -> None:
    if clone is None:
        st.session_state.pop(state.cloned_run(kind.key), None)
