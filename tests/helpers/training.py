"""A run of seconds: a tiny reader on a tiny dataset, in this process or in a child that may be killed."""

import math
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np

from engine.config.base import Config
from engine.config.train import TrainConfig, TrainLocatorConfig
from engine.files import read_json, write_json
from engine.jobs import paths
from engine.jobs.context import JobContext, Stopped
from engine.jobs.events import read_events
from engine.training import checkpoint as checkpoints
from engine.workspace import Workspace, new_id

ROOT = Path(__file__).parents[2]


def tiny_config(dataset: str, **changes: Any) -> TrainConfig:
    """Return a config of 2 steps an epoch, with dropout, so that its random state matters."""
    reader = {"scale": 0.125, "max_length": 4, "max_width": 64, "dropout": 0.3, **changes.pop("reader", {})}
    values = {"dataset": dataset, "reader": reader, "minutes": None, "epochs": 6, "batch": 8, "evaluate_every": 4}
    values["optimiser"] = "adamw"  # its graph is built in a third of the time
    values["precision"] = "float32"  # some CPUs would choose bfloat16, and read otherwise than the bundle, in float32
    return TrainConfig.parse({**values, "learning_rate": 0.01, "device": "cpu", **changes})


def tiny_locator_config(dataset: str, **changes: Any) -> TrainLocatorConfig:
    """Return a config of 2 steps an epoch, on crops of 64 px."""
    values = {"dataset": dataset, "locator": {"scale": 0.25, "side": 128}, "crop": 64, "minutes": None, "epochs": 4}
    values |= {"batch": 4, "evaluate_every": 4, "precision": "float32", "device": "cpu"}
    return TrainLocatorConfig.parse({**values, **changes})


def new_run(workspace: Workspace, config: Config) -> Path:
    """Make a run's folder and return it."""
    folder = workspace.folder("runs", new_id())
    folder.mkdir()
    write_json(folder / paths.CONFIG, config.plain())
    return folder


def train(run: Path) -> None:
    """Do the work of a run's folder in this process, or go on with it. Raises what the work raises."""
    from engine.training.job import work

    values = read_json(run / paths.CONFIG)
    config = TrainLocatorConfig.parse(values) if "locator" in values else TrainConfig.parse(values)
    with JobContext(run) as job:
        work(config, job)


def train_in_child(run: Path, wait: bool = True) -> subprocess.Popen[bytes]:
    """Do the work of a run's folder in a process of its own, as jobs do; by default wait for its end."""
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.helpers.training", str(run)],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "CUDA_VISIBLE_DEVICES": ""},
    )
    if wait and child.wait():
        raise RuntimeError(f"the child ended with {child.returncode}")
    return child


def events(run: Path, kind: str) -> list[dict[str, Any]]:
    """Return a run's events of one kind, without the times."""
    timed = {"seconds", "images_per_second", "memory_bytes", "write_seconds", "waiting", "cpu", "gpu"}
    found, _ = read_events(run / paths.EVENTS)
    return [{k: v for k, v in event.items() if k not in timed} for event in found if event["kind"] == kind]


def weights(run: Path, step: int) -> dict[str, np.ndarray]:
    """Return every tensor of a run's checkpoint."""
    found = checkpoints.load(run, step)
    assert found is not None
    return {f"{group}/{name}": tensor for group, named in found.groups.items() for name, tensor in named.items()}


def differences(left: dict[str, np.ndarray], right: dict[str, np.ndarray]) -> dict[str, float]:
    """Return the largest difference of each tensor that is not equal bit for bit; infinity where one side has none."""
    return {
        name: float(np.abs(left[name].astype(float) - right[name].astype(float)).max()) if name in both else math.inf
        for both in [left.keys() & right.keys()]
        for name in sorted(left.keys() | right.keys())
        if name not in both or not np.array_equal(left[name], right[name])
    }


if __name__ == "__main__":
    try:
        train(Path(sys.argv[1]))
    except Stopped:
        sys.exit(0)
