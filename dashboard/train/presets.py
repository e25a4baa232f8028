"""Initial settings of a new run: a named preset, or the settings of a run that is cloned (`?like=ID`)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import streamlit as st

from dashboard.common import state
from dashboard.common.markdown import literal
from dashboard.common.state import asked_for, choose
from engine.config.presets import TRAIN_PRESETS, train_preset
from engine.config.train import TrainConfig
from engine.errors import ConfigError, JobError
from engine.jobs import load_job
from engine.workspace import Workspace


@dataclass(frozen=True)
class StartingPoint:
    """A named set of settings; `label` says whose in Markdown, `key` begins the keys of widgets that change it."""

    name: str
    label: str
    config: TrainConfig
    key: str


def cloned(workspace: Workspace, datasets: Sequence[str]) -> StartingPoint | None:
    """Return the settings of the run that is cloned, if any; a clone that was just asked for resets all widgets.

    Args:
        workspace: where the run is.
        datasets: ids of those that can be trained on.
    """
    asked = asked_for("like")
    id = asked or st.session_state.get(state.CLONED_RUN)
    if id is None:
        return None
    try:
        run = load_job(workspace, "runs", id)
        found = StartingPoint(f"as {run.name}", literal(run.name), TrainConfig.parse(run.config), f"train.{run.id}")
    except (JobError, ConfigError):
        return None
    if asked:
        for key in [key for key in st.session_state if str(key).startswith(found.key)]:
            del st.session_state[key]
        st.session_state[state.CLONED_RUN], st.session_state[state.TRAIN_PRESET] = asked, found.name
        choose(state.TRAIN_DATASET, datasets, found.config.dataset)
    return found


def choose_preset(clone: StartingPoint | None, dataset: str) -> StartingPoint:
    """Draw the choice among presets and the cloned run; return what was chosen, for a dataset."""
    names = [*([clone.name] if clone else []), *TRAIN_PRESETS]
    choose(state.TRAIN_PRESET, names, None)
    name = str(st.selectbox("Preset", names, key=state.TRAIN_PRESET, persist_state="session"))
    if clone and name == clone.name:
        st.caption("All settings as that run had them.")
        return replace(clone, config=clone.config.changed(dataset=dataset))
    st.caption(TRAIN_PRESETS[name].about)
    return StartingPoint(name, name, train_preset(name, dataset), f"train.{name}")
