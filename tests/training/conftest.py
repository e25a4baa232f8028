"""One straight run that many tests look at."""

import math
from pathlib import Path

import pytest

from engine.training import trial
from engine.workspace import Workspace
from tests.helpers.tiny_datasets import save_dataset
from tests.helpers.training import new_run, tiny_config, train


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace with one dataset, for the whole session; do not change what is there."""
    return Workspace(tmp_path_factory.mktemp("training") / "artifacts")


@pytest.fixture
def few_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a trial take three steps of each size, however long they take."""
    monkeypatch.setattr(trial, "_STEPS", 1)
    monkeypatch.setattr(trial, "_LIMIT", math.inf)


@pytest.fixture(scope="session")
def dataset(shared: Workspace) -> str:
    return save_dataset(shared)


@pytest.fixture(scope="session")
def straight_run(shared: Workspace, dataset: str) -> Path:
    """A finished run of 12 steps that nothing disturbed, taken eagerly, as those that are to end alike must be."""
    import tensorflow as tf

    run = new_run(shared, tiny_config(dataset))
    tf.config.run_functions_eagerly(True)
    train(run)
    tf.config.run_functions_eagerly(False)
    return run
