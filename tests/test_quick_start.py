"""The quick start is two ordinary jobs, started once."""

import time

from engine.jobs import State, list_jobs, load_job
from engine.quick_start import MINUTES, quick_start
from engine.workspace import Workspace
from tests.helpers.labs import Lab, lab  # noqa: F401  the fixture: its jobs die with the test


def test_the_run_waits_for_the_dataset_and_a_second_click_starts_nothing(workspace: Workspace, lab: Lab):  # noqa: F811
    dataset, run = quick_start(workspace, nonce="click")
    assert quick_start(workspace, nonce="click") == (dataset, run)
    assert len(list_jobs(workspace, "datasets")) == len(list_jobs(workspace, "runs")) == 1
    deadline = time.monotonic() + 60
    while (job := load_job(workspace, "runs", run)).state is State.starting:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert job.state is State.waiting
    assert job.config["dataset"] == dataset
    assert job.config["minutes"] == MINUTES
