"""Killed and resumed runs against an undisturbed one: `python -m bench.resume --dataset ID [--kills N] [--set YAML]`.

Trains a short run, then repeats it, each time killed (SIGKILL, the worker alone or the runner with it) at random
moments and resumed, and compares all files of all checkpoints and bundles bit for bit and the metric logs line by
line. Prints a Markdown table. Each row is kept in `kills.jsonl` of the workspace, so that the command goes on with its
count after it was stopped; runs that end alike are deleted, those that differ stay.
"""

import argparse
import hashlib
import json
import os
import random
import signal
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from bench.command import run
from bench.race import finished, made_once
from engine.config.train import TrainConfig
from engine.errors import JobError
from engine.files import read_json
from engine.jobs import Job, erase, launch, load_job, paths, read_events, resume, trash
from engine.training import checkpoint as checkpoints
from engine.workspace import Collection, Workspace
from glyphlab_read.parsing import canonical_json

ROWS = "kills.jsonl"
_TIMED = {"seconds", "images_per_second", "waiting", "cpu", "gpu", "memory_bytes", "write_seconds"}
_VICTIMS = (("worker",), ("worker", "runner"))
_POLL = 0.05  # seconds
_TRIES = 24  # of five seconds each
_HEADER = """\
| run | killed after (s) | tensors that differ | files that differ | metric logs differ |
| --- | --- | --- | --- | --- |"""

Row = dict[str, Any]


def killed_and_resumed(
    workspace: Workspace, config: TrainConfig, name: str, moments: random.Random, within: float
) -> Row:
    """Launch a run, kill and resume it as often as `within` seconds of learning allow, and return what was done.

    Returns:
        `id` of the finished run; `kills`, each as who was killed and the seconds after the first step of that process.
    """
    id = launch(workspace, "train", config, name=name)
    kills: list[str] = []
    for _ in range(3):
        after = moments.uniform(0, within)
        victims = moments.choice(_VICTIMS)
        if not _learns(workspace, id, after):
            break
        kill(load_job(workspace, "runs", id), victims)
        while (job := load_job(workspace, "runs", id)).state.live:
            time.sleep(_POLL)
        if not job.state.resumable:
            break
        kills.append(f"{after:.2f} {' and '.join(victims)}")
        resumed(workspace, "runs", id)
    finished(workspace, "runs", id)
    return {"id": id, "kills": kills}


def resumed(workspace: Workspace, collection: Collection, id: str) -> None:
    """Resume a job; on a busy machine its processes need a while to end. Raises JobError when they do not."""
    for patience in reversed(range(_TRIES)):
        try:
            resume(workspace, collection, id)
        except JobError:
            if not patience:
                raise
        else:
            return


def _learns(workspace: Workspace, id: str, seconds: float) -> bool:
    """Wait until a run's process has learned for so long; return False where the run ended before."""
    while (job := load_job(workspace, "runs", id)).state.live and not (job.progress or 0):
        time.sleep(_POLL)
    time.sleep(seconds)
    return load_job(workspace, "runs", id).state.live


def kill(job: Job, victims: Sequence[str]) -> None:
    """Kill (SIGKILL) processes of a job: its worker, its runner or both."""
    record = read_json(job.folder / paths.PROCESS)
    for who in victims:
        try:
            os.kill(record[who]["pid"], signal.SIGKILL)
        except (ProcessLookupError, KeyError, TypeError):
            continue


def _curve(run: Path) -> list[Row]:
    events, _ = read_events(run / paths.EVENTS)
    kinds = ("train", "validation")
    return [{k: v for k, v in event.items() if k not in _TIMED} for event in events if event["kind"] in kinds]


def differing_files(left: Path, right: Path) -> list[str]:
    """Return the files that differ of all checkpoints and bundles that both runs have: `checkpoints/120/state.json`.

    The manifest of a bundle is left out, which says of which run it is and when it was made.
    """
    return [
        f"{kind}/{step}/{name}"
        for kind in (paths.CHECKPOINTS, paths.BUNDLES)
        for step in sorted({*checkpoints.numbered(left / kind)} & {*checkpoints.numbered(right / kind)})
        for name in sorted({path.name for run in (left, right) for path in (run / kind / str(step)).iterdir()})
        if (kind, name) != (paths.BUNDLES, paths.MANIFEST)
        and _content(left / kind / str(step) / name) != _content(right / kind / str(step) / name)
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


def rows_before(workspace: Workspace, about: str) -> list[Row]:
    """Return the rows of earlier calls with the same settings; a line that a kill cut off does not count."""
    path = workspace.root / ROWS
    rows = []
    for line in path.read_text().splitlines() if path.is_file() else ():
        try:
            row = json.loads(line)
        except ValueError:
            continue
        rows += [row] if row["about"] == about else []
    return rows


def keep(workspace: Workspace, row: Row) -> None:
    """Add a row to those of the workspace, on a line of its own even after one that was cut off."""
    with (workspace.root / ROWS).open("a") as file:
        file.write(f"\n{json.dumps(row)}\n")


def line(row: Row) -> str:
    """Return a row of the table."""
    cells = [row["number"], ", ".join(row["kills"]), row["tensors"], ", ".join(row["files"]) or "none"]
    return f"| {' | '.join(map(str, [*cells, 'yes' if row['logs'] else 'no']))} |"


def main(arguments: list[str] | None = None) -> None:
    """Kill and resume, and print what differs."""
    parser = argparse.ArgumentParser(prog="python -m bench.resume", description=__doc__)
    parser.add_argument("--dataset", required=True, help="id of a small dataset")
    parser.add_argument("--kills", type=int, default=20, help="with those of earlier calls")
    parser.add_argument("--seed", type=int, default=0, help="of the random moments")
    parser.add_argument("--set", default="{epochs: 1, checkpoint_minutes: 0}", help="settings of the run, as YAML")
    options = parser.parse_args(arguments)
    workspace = Workspace.default()
    config = TrainConfig.parse({"minutes": None, **yaml.safe_load(options.set), "dataset": options.dataset})
    about = hashlib.sha256(canonical_json([config.plain(), options.seed])).hexdigest()
    straight = made_once(workspace, "train", f"straight {about[:8]}", config)
    events, _ = read_events(straight.folder / paths.EVENTS)
    learned = events[-1]["seconds"] - events[0]["seconds"]
    rows = rows_before(workspace, about)
    print("\n".join([_HEADER, *map(line, rows)]), flush=True)
    while sum(len(row["kills"]) for row in rows) < options.kills:
        rows.append(_row(workspace, config, straight, {"about": about, "number": len(rows) + 1}, options.seed, learned))
        keep(workspace, rows[-1])
        print(line(rows[-1]), flush=True)
    alike = sum(not (row["tensors"] or row["files"] or row["logs"]) for row in rows)
    print(f"{sum(len(row['kills']) for row in rows)} kills in {len(rows)} runs; {alike} ended like the straight one.")


def _row(workspace: Workspace, config: TrainConfig, straight: Job, row: Row, seed: int, learned: float) -> Row:
    """Return a row with what a new run that was killed has in common with the straight one."""
    moments = random.Random(f"{seed} {row['number']}")
    done = killed_and_resumed(workspace, config, f"killed {row['number']}", moments, learned / 2)
    folder = workspace.folder("runs", done["id"])
    tensors, logs = differences(straight.folder, folder)
    files = differing_files(straight.folder, folder)
    if not (tensors or files or logs):
        trash(workspace, "runs", done["id"])
        erase(workspace, "runs", done["id"])
    return {**row, **done, "tensors": tensors, "files": files, "logs": logs}


if __name__ == "__main__":
    run(main)
