"""Killed and resumed runs against an undisturbed one: `python -m bench.resume --dataset ID [--kills N] [--set YAML]`.

Trains a short run, then repeats it several times, each killed (SIGKILL, all its processes) at a random moment and
resumed, and compares all files of all checkpoints bit for bit and the metric logs line by line. Prints a Markdown
table.
"""

import argparse
import os
import random
import signal
import time
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from bench.command import run
from engine.config.train import TrainConfig
from engine.errors import JobError
from engine.files import read_json
from engine.jobs import Job, State, launch, load_job, paths, read_events, resume
from engine.training import checkpoint as checkpoints
from engine.workspace import Workspace

_TIMED = {"seconds", "images_per_second", "waiting", "cpu", "gpu", "memory_bytes", "write_seconds"}


def killed_and_resumed(workspace: Workspace, config: TrainConfig, after: float) -> Job:
    """Launch a run, kill its processes so many seconds after its first step, resume it, and return it finished."""
    id = launch(workspace, "train", config)
    while not (load_job(workspace, "runs", id).progress or 0) or not _steps(workspace, id):
        time.sleep(0.05)
    time.sleep(after)
    job = load_job(workspace, "runs", id)
    if job.state.live:
        _kill(job)
        while load_job(workspace, "runs", id).state.live:
            time.sleep(0.1)
        resume(workspace, "runs", id)
    return finished(workspace, id)


def finished(workspace: Workspace, id: str) -> Job:
    """Wait for a run. Raises JobError when it does not finish."""
    while (job := load_job(workspace, "runs", id)).state.live:
        time.sleep(0.2)
    if job.state is not State.finished:
        raise JobError(f"{job.name} {job.state.words}: {job.message}")
    return job


def _kill(job: Job) -> None:
    record = read_json(job.folder / paths.PROCESS)
    for who in ("worker", "runner"):
        try:
            os.kill(record[who]["pid"], signal.SIGKILL)
        except (ProcessLookupError, KeyError, TypeError):
            continue


def _steps(workspace: Workspace, id: str) -> int:
    return len(_curve(workspace.folder("runs", id)))


def _curve(run: Path) -> list[dict[str, Any]]:
    events, _ = read_events(run / paths.EVENTS)
    kinds = ("train", "validation")
    return [{k: v for k, v in event.items() if k not in _TIMED} for event in events if event["kind"] in kinds]


def differing_files(left: Path, right: Path) -> list[str]:
    """Return the files that differ of all checkpoints that both runs have, such as `120/state.json`."""
    shared = {*checkpoints.saved_steps(left)} & {*checkpoints.saved_steps(right)}
    pairs = [[run / paths.CHECKPOINTS / str(step) for run in (left, right)] for step in sorted(shared)]
    return [
        f"{one.name}/{name}"
        for one, other in pairs
        for name in sorted({path.name for folder in (one, other) for path in folder.iterdir()})
        if _content(one / name) != _content(other / name)
    ]


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def differences(left: Path, right: Path) -> tuple[int, bool]:
    """Return the number of tensors of the last checkpoints that differ, and whether the metric logs do."""
    last = [checkpoints.load_newest(run) for run in (left, right)]
    if last[0] is None or last[1] is None or last[0].step != last[1].step:
        raise JobError("The two runs do not end at the same step, so they cannot be compared. Set epochs, not minutes.")
    pairs = [
        (tensor, last[1].groups[group][name])
        for group, named in last[0].groups.items()
        for name, tensor in named.items()
    ]
    return sum(not np.array_equal(a, b) for a, b in pairs), _curve(left) != _curve(right)


def main(arguments: list[str] | None = None) -> None:
    """Kill and resume, and print what differs."""
    parser = argparse.ArgumentParser(prog="python -m bench.resume", description=__doc__)
    parser.add_argument("--dataset", required=True, help="id of a small dataset")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0, help="of the random moments")
    parser.add_argument("--set", default="{epochs: 1, checkpoint_minutes: 0}", help="settings of the run, as YAML")
    options = parser.parse_args(arguments)
    workspace = Workspace.default()
    config = TrainConfig.parse({"minutes": None, **yaml.safe_load(options.set), "dataset": options.dataset})
    straight = finished(workspace, launch(workspace, "train", config, name="straight"))
    first, last = (read_events(straight.folder / paths.EVENTS)[0][place]["seconds"] for place in (0, -1))
    print("| killed after (s) | tensors that differ | files that differ | metric logs differ |")
    print("| --- | --- | --- | --- |")
    moments = random.Random(options.seed)
    for _ in range(options.kills):
        after = moments.uniform(0, max(0.0, last - first))
        resumed = killed_and_resumed(workspace, config, after)
        tensors, logs = differences(straight.folder, resumed.folder)
        files = ", ".join(differing_files(straight.folder, resumed.folder)) or "none"
        print(f"| {after:.2f} | {tensors} | {files} | {'yes' if logs else 'no'} |", flush=True)


if __name__ == "__main__":
    run(main)
