"""The two kinds of runs as the Train page shows them: their configs, presets, jobs, and the keys of their widgets."""

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from dashboard.common import state
from dashboard.common.forms import Form, keys
from dashboard.common.kinds import DataKind, choose_kind
from engine.config.base import Config
from engine.config.locator_presets import LOCATOR_PRESETS, locator_preset
from engine.config.presets import TRAIN_PRESETS, TrainPreset, train_preset
from engine.config.run import RunConfig
from engine.config.sweeping import BaseSweepConfig, LocatorSweepConfig, SweepConfig
from engine.config.train import TrainConfig, TrainLocatorConfig
from engine.errors import GlyphlabError
from engine.jobs import Job, list_jobs, load_job
from engine.jobs.summaries import finds_text, holds_scenes
from engine.workspace import Workspace


@dataclass(frozen=True)
class RunKind:
    """One kind of run.

    Attributes:
        name: what it learns from.
        config: the class of its configs.
        sweep: the class of the configs of sweeps over its runs.
        network: the setting that holds its network, and the word for what comes of it.
        job, trial: the kinds of jobs that train it, and that try a few steps.
        presets: named starting points.
        key: begins the keys of its widgets.
    """

    name: DataKind
    config: type[RunConfig]
    sweep: type[BaseSweepConfig]
    network: str
    job: str
    trial: str
    presets: Mapping[str, TrainPreset]
    key: str

    @property
    def network_config(self) -> type[Config]:
        """The class of its network's config."""
        return self.config.model_fields[self.network].annotation  # pyright: ignore[reportReturnType]

    def preset(self, name: str, dataset: str) -> RunConfig:
        """Return a preset for a dataset."""
        return locator_preset(name, dataset) if self.name == "photos" else train_preset(name, dataset)

    def learns_from(self, dataset: Job) -> bool:
        """Say whether a dataset is of its kind."""
        return holds_scenes(dataset) == (self.name == "photos")

    def runs(self, workspace: Workspace) -> list[Job]:
        """Return the runs of its kind, newest first."""
        return [job for job in list_jobs(workspace, "runs") if finds_text(job) == (self.name == "photos")]


READERS = RunKind("words", TrainConfig, SweepConfig, "reader", "train", "trial", TRAIN_PRESETS, state.TRAIN_READER)
LOCATORS = RunKind(
    "photos",
    TrainLocatorConfig,
    LocatorSweepConfig,
    "locator",
    "train-locator",
    "trial-locator",
    LOCATOR_PRESETS,
    state.TRAIN_LOCATOR,
)
RUN_KINDS: Mapping[DataKind, RunKind] = {kind.name: kind for kind in (READERS, LOCATORS)}

FORM = Form(
    "train",
    keys(
        state.RUN_NAME,
        *(
            of(kind.key)
            for kind in RUN_KINDS.values()
            for of in (state.cloned_run, state.train_preset, state.train_dataset)
        ),
        starts=tuple(f"{kind.key}." for kind in RUN_KINDS.values()),
    ),
    asked=("like", "dataset", "mix", "test_on"),
)
"""The inputs of the page, of both kinds."""


def choose_asked_kind(workspace: Workspace) -> None:
    """Choose the kind of the dataset or of the run that the address names, if it names one."""
    dataset, run = st.query_params.get("dataset"), st.query_params.get("like")
    try:
        if run:
            choose_kind("photos" if finds_text(load_job(workspace, "runs", run)) else "words")
        elif dataset:
            choose_kind("photos" if holds_scenes(load_job(workspace, "datasets", dataset)) else "words")
    except GlyphlabError:  # it is gone
        return
