"""Whose turn it is on a device: the oldest whose inputs are there, and any job before a trial."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from engine.config.train import TrainConfig
from engine.files import read_json
from engine.jobs import locks, move, paths, queued
from engine.jobs.context import Stopped
from engine.jobs.exit_reasons import write_exit
from engine.jobs.queue import wait_for_devices
from engine.workspace import Workspace
from tests.dashboard import folders

Wait = Callable[[folders.Made], str]


@pytest.fixture
def wait(workspace: Workspace) -> Iterator[Wait]:
    """Let a job wait for the CPU; return what it waits for, "" once it has the device, which it then keeps."""
    with ExitStack() as held:

        def poll(made: folders.Made) -> str:
            told: list[str] = []
            try:
                descriptors = wait_for_devices(workspace, made.id, "cpu", told.append, lambda: bool(told))
            except Stopped:
                return told[0]
            for descriptor in descriptors:
                held.callback(os.close, descriptor)
            return ""

        yield poll


def test_the_oldest_is_first_also_when_it_waited_for_its_dataset(workspace: Workspace, wait: Wait):
    making = folders.dataset(workspace, "being made", reason=None)
    older = folders.run(workspace, "older", None, making.id)
    newer = folders.run(workspace, "newer", None, folders.dataset(workspace).id)
    with folders.waiting(older, "inputs"), folders.waiting(newer, "device"):
        with folders.alive(making):
            assert [job.id for job in queued(workspace)] == [newer.id]
        write_exit(making.folder, "finished", "", 0)
        assert [job.id for job in queued(workspace)] == [older.id, newer.id]
        assert wait(newer) == "for run 'older'"
        assert wait(older) == ""


def test_one_whose_dataset_failed_holds_nobody_up(workspace: Workspace, wait: Wait):
    older = folders.run(workspace, "older", None, folders.dataset(workspace, reason="failed").id)
    newer = folders.run(workspace, "newer", None, folders.dataset(workspace).id)
    with folders.waiting(older, "inputs"), folders.waiting(newer, "device"):
        assert wait(newer) == ""


def test_a_trial_gives_way_to_a_run_and_says_so(workspace: Workspace, wait: Wait):
    config = TrainConfig(dataset=folders.dataset(workspace).id)
    look = folders.trial(workspace, config, None)
    another = folders.trial(workspace, config, None)
    run = folders.run(workspace, "the run", None, config.dataset)
    with folders.alive(look), folders.waiting(another, "device"), folders.waiting(run, "device"):
        device = locks.take(workspace.devices / "cpu.lock")
        assert wait(another) == "for trial 'trial' and 1 more"
        assert not (look.folder / paths.STOP).exists()
        assert wait(run) == "for trial 'trial'"
        assert read_json(look.folder / paths.STOP)["why"] == "It gave way to run 'the run'."
        assert device is not None
        os.close(device)
        assert wait(run) == ""


def test_a_job_moves_among_its_own_kind_whenever_a_trial_was_started(workspace: Workspace):
    config = TrainConfig(dataset=folders.dataset(workspace).id)
    trial = folders.trial(workspace, config, None)
    first, second = (folders.run(workspace, name, None, config.dataset) for name in ("first", "second"))
    with ExitStack() as held:
        for made in (trial, first, second):
            held.enter_context(folders.waiting(made, "device"))
        move(workspace, first.id, 1)
        assert [job.id for job in queued(workspace)] == [second.id, first.id, trial.id]
        move(workspace, trial.id, -1)
        assert [job.id for job in queued(workspace)] == [second.id, first.id, trial.id]
        move(workspace, first.id, -1)
        assert [job.id for job in queued(workspace)] == [first.id, second.id, trial.id]
