"""Sweeps whose runs take a tenth of a second: a formula of their settings is what they would have learned."""

import json
import math
import os
import threading
import time
from collections.abc import Callable, Collection, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine import jobs
from engine.config.sweeping import SweepConfig
from engine.evaluation.validated import save_validated
from engine.files import read_json, write_json
from engine.jobs import Job, JobContext, control, paths
from engine.jobs.records import Exit, Progress, Reason
from engine.sweeps import job as sweep_job
from engine.workspace import Workspace
from tests.dashboard import folders

VALIDATIONS = 12
IMAGES = 60


def accuracy(config: dict[str, Any], validation: int, luck: float) -> float:
    """Return what a run reads: best at a learning rate of 0.003 and a batch of 32, the less the greater the seed."""
    distance = abs(math.log10(config["learning_rate"] / 0.003)) + abs(math.log2(config["batch"] / 32)) / 8
    return max(0.0, 0.9 - distance / 2 - luck * config["seed"]) * (1 - math.exp(-validation / 4))


class _Seen(JobContext):
    """The context of a sweep that knows what it told each time that it had looked at its runs."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.told: list[tuple[Any, ...]] = []

    def progress(self, *figures: Any, **options: Any) -> None:
        self.told.append(figures)
        super().progress(*figures, **options)


class Toys:
    """Runs in threads of this process. They hold their lock, write what runs write, and obey a request to stop.

    Attributes:
        workspace: theirs.
        dies: says whether a run, by the number of launches and resumes so far, dies in the middle without a word.
        begun: launches and resumes.
        pace: seconds between two validations.
        fails: says of the config of a run whether it fails at once.
        luck: what a run reads less for each seed before its own.
        silent: validations at which a run reads no word yet.
        seen: the sweep at work, and what it told of its progress.
        judged: numbers of validations after which a run goes on once the sweep has looked at it.
    """

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.dies: Callable[[int], bool] = lambda _: False
        self.fails: Callable[[dict[str, Any]], bool] = lambda _: False
        self.begun, self.pace, self.luck = 0, 0.004, 0.001
        self.judged: Collection[int] = ()
        self.silent = 0
        self.seen: _Seen | None = None
        self._threads: list[threading.Thread] = []

    def detach(self, folder: Path, lock: int) -> None:
        """Do what starts a runner."""
        if folder.parent.name == "datasets":
            folders.end(folder)
        if folder.parent.name == "runs":
            self.begun += 1
            arguments = (folder, os.dup(lock), self.dies(self.begun))
            self._threads.append(threading.Thread(target=self._learn, args=arguments))
            self._threads[-1].start()

    def sweep(self, **settings: Any) -> Path:
        """Make the folder of a sweep over learning rates and batches."""
        dataset = folders.dataset(self.workspace, "letters").id
        space = [
            {"path": "learning_rate", "low": 0.0003, "high": 0.03, "scale": "log"},
            {"path": "batch", "values": [8, 16, 32, 64]},
        ]
        config = SweepConfig.parse({"run": {"dataset": dataset}, "space": space, **settings})
        return folders.job(self.workspace, "sweeps", "sweep", "toys", config, None).folder

    def work(self, folder: Path) -> None:
        """Do the work of a sweep, or go on with it."""
        with _Seen(folder) as job:
            self.seen = job
            sweep_job.work(SweepConfig.parse(read_json(folder / paths.CONFIG)), job)

    def runs(self) -> list[Job]:
        """Return all runs, the first one first."""
        return jobs.list_jobs(self.workspace, "runs")[::-1]

    def end(self) -> None:
        """Wait for all of them."""
        for thread in self._threads:
            thread.join()

    def _learn(self, folder: Path, lock: int, dies: bool) -> None:
        """Take all validations of a run, go on after those that are there, and write its end."""
        config, events = read_json(folder / paths.CONFIG), folder / paths.EVENTS
        done = len(events.read_text().splitlines()) if events.exists() else 0
        reason: Reason = "finished"
        for number in range(done + 1, VALIDATIONS + 1):
            fails = self.fails(config)
            if fails or (folder / paths.STOP).exists():
                reason = "failed" if fails else "stopped"
                break
            if dies and number == VALIDATIONS // 2:
                os.close(lock)
                return
            share = accuracy(config, number, self.luck)
            told = {"word_accuracy": share if number > self.silent else 0.0, "loss": 3 - 3 * share}
            rng = np.random.default_rng([number, config["batch"]])
            save_validated(folder, 10 * number, np.clip(share + rng.normal(0, 0.1, IMAGES), 0, 1))
            progress = Progress(done=10 * number, total=10 * VALIDATIONS, unit="steps")
            write_json(folder / paths.PROGRESS, progress.plain(), durable=False)
            with events.open("a") as file:
                file.write(json.dumps({**told, "kind": "validation", "step": 10 * number}) + "\n")
            time.sleep(self.pace)
            if number in self.judged:
                self._await_looks(2)  # the one that goes on when the validation is told may have missed it
        why = read_json(folder / paths.STOP)["why"] if reason == "stopped" else "No GPU." if reason == "failed" else ""
        end = Exit(reason=reason, message=why, finished=datetime.now(UTC), seconds=60.0)
        write_json(folder / paths.EXIT, end.plain(), durable=False)
        os.close(lock)

    def _await_looks(self, number: int) -> None:
        """Wait until the sweep at work has looked so many times."""
        seen, until = self.seen, time.monotonic() + 10
        first = len(seen.told) if seen else 0
        while seen and len(seen.told) < first + number and time.monotonic() < until:
            time.sleep(0.005)


@pytest.fixture
def toys(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Iterator[Toys]:
    """Let runs be toys."""
    made = Toys(workspace)
    monkeypatch.setattr(control, "_detach", made.detach)
    monkeypatch.setattr(sweep_job, "_POLL", 0.01)
    yield made
    made.end()
