"""Folders of jobs as they lie on disk, made without starting a process; and a lab to start real ones in.

A conftest that imports the fixtures has them for its folder.
"""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
import pytest

from engine import jobs
from engine.config.generate import GenerateConfig
from engine.files import write_json
from engine.jobs import control, paths, records
from engine.jobs.records import Exit, JobRecord, ProcessRecord
from engine.workspace import Workspace, new_id

MakeFolder = Callable[..., Path]


class Lab:
    """Real jobs in a workspace; whatever is left of them dies with the test."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.forgotten = GenerateConfig(images=1_000_000, processes=1)

    def launch(self, **options: Any) -> str:
        """Start a generate job that would take an hour."""
        return jobs.launch(self.workspace, "generate", self.forgotten, **options)

    def job(self, id: str) -> jobs.Job:
        return jobs.load_job(self.workspace, "datasets", id)

    def wait(self, id: str, *states: jobs.State, seconds: float = 120.0) -> jobs.Job:
        """Wait until a job is in one of the states, or fail with its log."""
        deadline = time.monotonic() + seconds
        while (job := self.job(id)).state not in states:
            assert time.monotonic() < deadline, f"{job.state}: {job.message}\n{jobs.tail_log(job.folder)}"
            time.sleep(0.05)
        return job

    def wait_for_images(self, id: str) -> jobs.Job:
        """Wait until a job has drawn its first images."""
        deadline = time.monotonic() + 60
        while not ((job := self.job(id)).progress and job.progress.done):
            assert job.state.live, f"{job.state}: {job.message}\n{jobs.tail_log(job.folder)}"
            assert time.monotonic() < deadline, f"{job.state}\n{jobs.tail_log(job.folder)}"
            time.sleep(0.05)
        return job

    def wait_for_note(self, id: str, note: str) -> None:
        """Wait until a job's progress says `note`."""
        deadline = time.monotonic() + 30
        while not ((progress := self.job(id).progress) and progress.note == note):
            assert time.monotonic() < deadline, progress
            time.sleep(0.05)

    def processes(self, id: str) -> tuple[psutil.Process, psutil.Process]:
        """Return the runner and the worker of a running job."""
        process = records.read_record(self.job(id).folder / paths.PROCESS, ProcessRecord)
        assert process.worker is not None
        return psutil.Process(process.runner.pid), psutil.Process(process.worker.pid)

    def end(self) -> None:
        """Kill every process whose arguments name this workspace, and their descendants."""
        mine = [p for p in psutil.process_iter(["cmdline"]) if self._is_ours(p.info["cmdline"] or [])]
        mine += [child for process in mine if process.is_running() for child in process.children(recursive=True)]
        for process in mine:
            try:
                process.kill()
            except psutil.NoSuchProcess:
                continue
        psutil.wait_procs(mine, timeout=5)

    def _is_ours(self, arguments: list[str]) -> bool:
        return any(argument.startswith(str(self.workspace.root)) for argument in arguments)


@pytest.fixture
def make_folder(workspace: Workspace) -> MakeFolder:
    """Make the folder of a generate job: `make_folder(reason=None | "finished" | …, **fields of job.json)`."""

    def make(reason: str | None = None, **fields: Any) -> Path:
        id = new_id()
        folder = workspace.collection("datasets") / id
        folder.mkdir()
        values = {"kind": "generate", "name": "a job", "created": datetime.now(UTC), "device": None, **fields}
        write_json(folder / paths.JOB, JobRecord(id=id, **values).plain(), durable=False)
        write_json(folder / paths.CONFIG, GenerateConfig().plain(), durable=False)
        (folder / paths.LOCK).touch()
        if reason is not None:
            end = Exit.model_validate({"reason": reason, "finished": datetime.now(UTC), "seconds": 3.0})
            write_json(folder / paths.EXIT, end.plain(), durable=False)
        return folder

    return make


@pytest.fixture
def lab(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lab]:
    monkeypatch.setattr(control, "_LOCK_TIMEOUT", 60.0)  # a busy machine takes its time to end a process
    made = Lab(workspace)
    yield made
    made.end()
