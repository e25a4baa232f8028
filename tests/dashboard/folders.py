"""Job folders as real jobs leave them, for pages to show: written with the engine's own records."""

import json
import math
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from PIL import Image

from engine.config.base import Config
from engine.config.generate import GenerateConfig
from engine.config.run import RunConfig
from engine.config.train import TrainConfig, TrainLocatorConfig
from engine.evaluation.pinned_photos import PINNED_PHOTOS, map_path, photo_path
from engine.jobs import locks, paths, records
from engine.jobs.records import Exit, Heartbeat, JobRecord, ProcessRecord, Progress, Reason, boot_id
from engine.workspace import Collection, Workspace, new_id

DATASET_SUMMARY = {"images": 600, "bytes": 1_500_000, "charset_size": 36, "max_length": 10, "labels": ["cat", "1984"]}
RUN_SUMMARY = {
    "dataset": "0" * 26,
    "dataset_name": "words",
    "parameters": 1_200_000,
    "steps": 300,
    "best": {"step": 300, "word_accuracy": 0.83, "cer": 0.05, "word_accuracy_alone": 0.8},
    "last": {"loss": 0.2, "perplexity": 1.22},
    "test": {
        "word_accuracy": 0.81,
        "cer": 0.06,
        "images": 1000,
        "interval": [0.785, 0.833],
        "word_accuracy_alone": 0.775,
    },
    "images_per_second": 310.0,
    "training_seconds": 200.0,
}


@dataclass(frozen=True)
class Made:
    """A folder that was written."""

    id: str
    folder: Path


def dataset(workspace: Workspace, name: str = "words", reason: Reason | None = "finished") -> Made:
    """Write a dataset's job folder (no shards); without a reason it has no exit file, as a lost one."""
    made = job(workspace, "datasets", "generate", name, GenerateConfig(images=600), reason)
    _json(made.folder / paths.SUMMARY, DATASET_SUMMARY)
    return made


def scenes(workspace: Workspace, name: str, kind: str = "generate-scenes", validation: int = 30) -> Made:
    """Write the job folder of a finished dataset of scenes (no shards)."""
    made = job(workspace, "datasets", kind, name, GenerateConfig(), "finished")
    counts = {"train": 312 - validation, "validation": validation, "test": 0}
    figures = {"holds": "scenes", "images": 312, "bytes": 90_000_000, "regions": 4120, "counts": counts}
    _json(made.folder / paths.SUMMARY, figures)
    return made


def run(
    workspace: Workspace,
    name: str = "run 1",
    reason: Reason | None = "finished",
    dataset_id: str = "0" * 26,
    **changes: object,
) -> Made:
    """Write a run's folder with the events of 300 steps; a summary only if it finished."""
    config = TrainConfig.parse({"dataset": dataset_id, **changes})
    made = job(workspace, "runs", "train", name, config, reason)
    lines = [json.dumps(event) for event in _events(300)]
    (made.folder / paths.EVENTS).write_text("\n".join(lines) + "\n")
    (made.folder / paths.LOG).write_text("epoch 1\n\x1b[31mred\x1b[0m <b>bold</b>\n")
    if reason == "finished":
        _json(made.folder / paths.SUMMARY, RUN_SUMMARY)
    return made


def locator_run(workspace: Workspace, name: str = "locator 1", dataset_id: str = "0" * 26, **changes: object) -> Made:
    """Write the folder of a finished locator's run: two validations, in each one photo with a hit and a miss."""
    config = TrainLocatorConfig.parse({"dataset": dataset_id, **changes})
    made = job(workspace, "runs", "train-locator", name, config, "finished")
    figures = {"h_mean": 0.5, "precision": 0.5, "recall": 0.5, "pixel_f1": 0.7, "pixel_iou": 0.5, "pixel_accuracy": 0.9}
    corners = [[0.1, 0.1], [0.5, 0.1], [0.5, 0.3], [0.1, 0.3]]
    box = {"quad": corners, "score": 0.9, "hit": True}
    events = []
    for step in (100, 200):
        events.append({"kind": "train", "step": step, "seconds": step, "epoch": 1, "loss": 200 / step})
        events.append({"kind": "validation", "step": step, "epoch": 1, "loss": 3.0, **figures, "images": 1})
        photos = [{"image": 0, "boxes": [box], "missed": [corners] * (step == 100)}]
        events.append({"kind": PINNED_PHOTOS, "step": step, "epoch": 1, "photos": photos})
        map_path(made.folder, 0, step).parent.mkdir(parents=True, exist_ok=True)
        Image.new("L", (40, 30), 255).save(map_path(made.folder, 0, step))
    Image.new("RGB", (80, 60), "white").save(photo_path(made.folder, 0))
    (made.folder / paths.EVENTS).write_text("".join(json.dumps(event) + "\n" for event in events))
    best = {"step": 200, "loss": 3.0, **figures, "images": 1}
    _json(made.folder / paths.SUMMARY, {"steps": 200, "bundle_step": 200, "best": best, "parameters": 528_435})
    return made


def trial(
    workspace: Workspace, config: RunConfig, reason: Reason | None = "finished", drawn: float | None = None
) -> Made:
    """Write a trial's folder: three batches tried, the largest the fastest, `drawn` images made a second meanwhile."""
    kind = "trial" if isinstance(config, TrainConfig) else "trial-locator"
    made = job(workspace, "trials", kind, "trial", config, reason)
    sizes = [config.batch // 2, config.batch, 2 * config.batch]
    trials = [
        {"batch": size, "seconds_per_step": 0.1, "images_per_second": 10.0 * size, "peak_bytes": 10**9}
        | ({"learned_per_second": 10.0 * size, "drawn_per_second": drawn} if drawn else {})
        for size in sizes
    ]
    found = {"trials": trials, "suggested_batch": sizes[-1], "steps_per_epoch": 16, "steps": None, "seconds": None}
    _json(made.folder / paths.SUMMARY, {**found, "skipped": {"too long": 3}})
    return made


@contextmanager
def alive(made: Made, phase: str = "learning") -> Iterator[None]:
    """Make a folder without an exit file look as it does while its worker works: locked, with fresh signs of life."""
    descriptor = locks.take(made.folder / paths.LOCK)
    assert descriptor is not None
    own = records.identity()
    now = time.monotonic()
    _json(made.folder / paths.PROCESS, ProcessRecord(boot_id=boot_id(), runner=own, worker=own).plain())
    _json(made.folder / paths.HEARTBEAT, Heartbeat(boot_id=boot_id(), monotonic=now, seconds=42.0).plain())
    progress = Progress(
        phase=phase, done=120, total=300, unit="steps", rate=3.1, eta_seconds=58, boot_id=boot_id(), monotonic=now
    )
    _json(made.folder / paths.PROGRESS, progress.plain())
    try:
        yield
    finally:
        os.close(descriptor)
        (made.folder / paths.PROCESS).unlink(missing_ok=True)  # this process, which signed in, lives on


@contextmanager
def waiting(made: Made, queue: Literal["inputs", "device"]) -> Iterator[None]:
    """Make a folder without an exit file look as it does while its runner waits for its inputs or its device."""
    with alive(made):
        process = ProcessRecord(boot_id=boot_id(), runner=records.identity(), queue=queue)
        _json(made.folder / paths.PROCESS, process.plain())
        yield


def job(
    workspace: Workspace, collection: Collection, kind: str, name: str, config: Config, reason: Reason | None
) -> Made:
    """Write what every job's folder has; without a reason it has no exit file."""
    id = new_id()
    folder = workspace.collection(collection) / id
    folder.mkdir()
    device = None if collection == "datasets" else "cpu"
    record = JobRecord(id=id, kind=kind, name=name, created=datetime.now(UTC), device=device)
    _json(folder / paths.JOB, record.plain())
    _json(folder / paths.CONFIG, config.plain())
    (folder / paths.LOCK).touch()
    if reason:
        message = "" if reason in ("finished", "stopped") else "ValueError: the shapes differ (details in the log)"
        end = Exit(reason=reason, message=message, finished=datetime.now(UTC), seconds=200.0)
        _json(folder / paths.EXIT, end.plain())
    return Made(id, folder)


def end(folder: Path, reason: Reason | None = "finished") -> None:
    """Let a job have ended; without a reason it is lost."""
    (folder / paths.EXIT).unlink(missing_ok=True)
    if reason is not None:
        _json(folder / paths.EXIT, Exit(reason=reason, finished=datetime.now(UTC), seconds=3.0).plain())


def _events(steps: int) -> Iterator[dict[str, object]]:
    for step in range(1, steps + 1):
        loss = 3.2 * math.exp(-step / 80) + 0.15 + 0.05 * math.sin(step)
        seen = {"step": step, "epoch": step // 100, "seconds": step / 3}
        yield {"kind": "train", **seen, "loss": loss, "perplexity": math.exp(loss)}
        if step % 25 == 0:
            accuracy, cer = 0.85 * (1 - math.exp(-step / 90)), 0.05 + 0.8 * math.exp(-step / 60)
            scores = {"loss": 1.1 * loss, "perplexity": math.exp(1.1 * loss), "word_accuracy": accuracy, "cer": cer}
            yield {"kind": "validation", **seen, **scores, "images": 500}


def _json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value))
