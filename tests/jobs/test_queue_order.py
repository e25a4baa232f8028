"""First in, first out: a job lets those pass that were started before it, though their processes are not as far yet."""

import os
from collections.abc import Iterator

import pytest

from engine.files import write_json
from engine.jobs import load_job, locks, paths
from engine.jobs.context import Stopped
from engine.jobs.queue import wait_for_devices
from engine.jobs.records import ProcessRecord, boot_id, identity
from engine.jobs.states import State
from engine.workspace import Workspace
from tests.dashboard import folders


@pytest.fixture
def held() -> Iterator[list[int]]:
    descriptors: list[int] = []
    yield descriptors
    for descriptor in descriptors:
        os.close(descriptor)


def waits(workspace: Workspace, name: str, queue: str | None, held: list[int], dataset_id: str) -> str:
    """Write a live run that waits for its inputs or its device; None: its process has not signed in yet."""
    made = folders.run(workspace, name, None, dataset_id, device="cpu")
    descriptor = locks.take(made.folder / paths.LOCK)
    assert descriptor is not None
    held.append(descriptor)
    if queue:
        process = ProcessRecord(boot_id=boot_id(), runner=identity(), queue=queue)  # pyright: ignore[reportArgumentType]
        write_json(made.folder / paths.PROCESS, process.plain(), durable=False)
    return made.id


def turn_of(workspace: Workspace, id: str, held: list[int]) -> str:
    """Return what a run waits for on the device; empty where it has its turn."""
    told: list[str] = []
    try:
        held += wait_for_devices(workspace, id, "cpu", told.append, lambda: bool(told))
    except Stopped:
        return told[0]
    return ""


@pytest.mark.parametrize("queue", ["inputs", "device", None])
def test_a_run_that_was_started_before_goes_first_from_whatever_it_waits_for(
    workspace: Workspace, held: list[int], queue: str | None
):
    dataset = folders.dataset(workspace).id
    first = waits(workspace, "first", queue, held, dataset_id=dataset)
    second = waits(workspace, "second", "device", held, dataset_id=dataset)
    assert load_job(workspace, "runs", first).state is (State.waiting if queue else State.starting)
    assert turn_of(workspace, second, held) == "for run 'first'"
    assert turn_of(workspace, first, held) == ""


def test_a_run_whose_dataset_is_not_there_yet_keeps_nobody_waiting(workspace: Workspace, held: list[int]):
    drawing = folders.dataset(workspace, "drawing", None)
    with folders.alive(drawing):
        waits(workspace, "first", "inputs", held, dataset_id=drawing.id)
        second = waits(workspace, "second", "device", held, dataset_id=folders.dataset(workspace).id)
        assert turn_of(workspace, second, held) == ""


def test_a_run_whose_dataset_failed_keeps_nobody_waiting(workspace: Workspace, held: list[int]):
    failed = folders.dataset(workspace, "failed", "failed").id
    waits(workspace, "first", "inputs", held, dataset_id=failed)
    second = waits(workspace, "second", "device", held, dataset_id=folders.dataset(workspace).id)
    assert turn_of(workspace, second, held) == ""
