"""A disk without room: one sentence, nothing half made, and an end that is told."""

import contextlib
import resource
from collections.abc import Iterator

import pytest

from engine import jobs
from engine.config.generate import GenerateConfig
from engine.errors import SpaceError
from engine.jobs import State, locks, paths
from engine.jobs.job import read_job
from engine.workspace import Workspace
from tests.helpers.labs import MakeFolder


@contextlib.contextmanager
def no_room() -> Iterator[None]:
    """Let no file of this process grow, as on a disk, or within a quota, that is used up."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


@pytest.mark.parametrize("nonce", [None, "a form"])
def test_a_launch_is_refused_in_one_sentence_and_leaves_nothing(workspace: Workspace, nonce: str | None):
    with pytest.raises(SpaceError, match="takes no file as large"), no_room():
        jobs.launch(workspace, "generate", GenerateConfig(), nonce=nonce)
    assert not list(workspace.collection("datasets").iterdir())


def test_a_resume_is_refused_and_can_be_tried_again(workspace: Workspace, make_folder: MakeFolder):
    folder = make_folder("no_space")
    with pytest.raises(SpaceError, match="takes no file as large"), no_room():
        jobs.resume(workspace, "datasets", folder.name)
    assert read_job(folder).state.resumable


def test_a_job_can_be_stopped(workspace: Workspace, make_folder: MakeFolder):
    folder = make_folder()
    with locks.held(folder / paths.LOCK):
        with no_room():
            jobs.stop(workspace, "datasets", folder.name)
        assert read_job(folder).state is State.stopping


def test_notes_stay_as_they_were(workspace: Workspace, make_folder: MakeFolder):
    folder = make_folder("finished")
    jobs.annotate(workspace, "datasets", folder.name, text="before")
    with pytest.raises(SpaceError), no_room():
        jobs.annotate(workspace, "datasets", folder.name, text="after")
    assert read_job(folder).notes.text == "before"
