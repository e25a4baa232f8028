"""What the server does before the first visitor comes."""

import gc

import pytest

from dashboard.server.warmup import prepare
from engine.jobs import job, list_jobs
from engine.workspace import Workspace
from tests.dashboard import folders


def test_the_first_page_finds_ended_runs_in_memory(workspace: Workspace, monkeypatch: pytest.MonkeyPatch):
    made = folders.run(workspace)
    prepare(workspace)
    gc.unfreeze()  # other tests go on in this process
    monkeypatch.setattr(job, "_read_open", lambda folder, _: pytest.fail(f"{folder} was read again"))
    assert [run.id for run in list_jobs(workspace, "runs")] == [made.id]
