"""One workspace and two machines: each sees, stops and takes up the other's jobs, and mistakes none for its own."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine import jobs
from engine.errors import JobError
from engine.jobs import State, paths, records
from engine.jobs.records import ProcessRecord
from tests.helpers.labs import Lab
from tests.helpers.machines import Machine


@pytest.fixture
def other(lab: Lab, tmp_path: Path) -> Iterator[Machine]:
    machine = Machine(tmp_path, lab.workspace.root)
    yield machine
    machine.crash()


def test_a_job_is_seen_taken_up_and_stopped_across_machines(lab: Lab, other: Machine, tmp_path: Path):
    [told] = other.run("generate", "--images", "1000000", "--processes", "1", "--detach")
    id = told.split()[1]
    job = lab.wait_for_images(id)
    assert (job.state, job.elsewhere, job.node) == (State.running, True, "elsewhere")
    process = records.read_record(job.folder / paths.PROCESS, ProcessRecord)
    assert not records.is_alive(process.worker, process.boot_id)  # whatever process has its number here
    with pytest.raises(JobError, match="so there is nothing to resume"):
        jobs.resume(lab.workspace, "datasets", id)
    other.crash()
    lab.wait(id, State.lost)
    jobs.resume(lab.workspace, "datasets", id)
    job = lab.wait_for_images(id)
    assert (job.state, job.elsewhere) == (State.running, False)
    third = Machine(tmp_path, lab.workspace.root)
    try:
        [line] = third.run("datasets", "list")
        assert f"running · on {os.uname().nodename} · drawing" in line
        third.run("datasets", "stop", id)
        lab.wait(id, State.stopped)
    finally:
        third.crash()
