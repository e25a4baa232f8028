"""The node's end of a launcher starts a worker with what was granted, and tells its end."""

import os
import sys
from pathlib import Path

import pytest

from engine.jobs import paths
from engine.jobs.launchers.cores import kept_to, own_cores
from engine.jobs.launchers.node import NodeWorker


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder whose job's worker is a program that writes what it was given to the log."""
    program = tmp_path / "program"
    program.write_text('#!/bin/sh\necho "$CUDA_VISIBLE_DEVICES $GLYPHLAB_GRANTED_DEVICE $(nproc)"\nexit ${CODE:-0}\n')
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))
    (tmp_path / paths.JOB).touch()
    return tmp_path


@pytest.mark.parametrize(
    ("granted", "gpus", "visible", "device"),
    [
        ("MIG-aa,MIG-bb", 2, "MIG-aa,MIG-bb", "gpu:0,1"),
        ("GPU-7a, GPU-0b", 1, "GPU-7a", "gpu:0"),
        ("3,5", 1, "3", "gpu:3"),
        (None, 2, "0,1", "gpu:0,1"),
        ("MIG-aa", 0, "", "cpu"),
    ],
)
def test_gpus_are_passed_on_in_the_cluster_s_words(
    folder: Path, monkeypatch: pytest.MonkeyPatch, granted: str | None, gpus: int, visible: str, device: str
):
    if granted is None:
        monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    else:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", granted)
    assert NodeWorker(folder, gpus, 64)().code == 0
    assert (folder / paths.LOG).read_text().split(" ")[:2] == [visible, device]


def test_fewer_gpus_than_were_asked_for_are_told(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "GPU-7a")
    ending = NodeWorker(folder, 2, 1)()
    assert ending.reason == "failed"
    assert "gpus 2: the cluster granted 1 (CUDA_VISIBLE_DEVICES is 'GPU-7a' there). Set gpus lower" in ending.told


@pytest.mark.parametrize(
    ("code", "lost"),
    [
        (0, False),
        (1, False),
        (3, True),  # another process still holds the job's lock
        (75, True),  # it saved, since the cluster wanted its place
    ],
)
def test_a_worker_that_could_not_stay_or_begin_goes_on_elsewhere(
    folder: Path, monkeypatch: pytest.MonkeyPatch, code: int, lost: bool
):
    monkeypatch.setenv("CODE", str(code))
    ending = NodeWorker(folder, 0, 1)()
    assert (ending.code, ending.lost) == (code, lost)


def test_a_worker_uses_as_many_cores_as_were_asked_for(folder: Path):
    before = os.sched_getaffinity(0)
    NodeWorker(folder, 0, 1)()
    assert (folder / paths.LOG).read_text().split()[-1] == "1"
    assert os.sched_getaffinity(0) == before


@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="needs two cores")
def test_two_workers_of_a_machine_keep_to_different_cores():
    two, mark = set(sorted(os.sched_getaffinity(0))[:2]), f"test-{os.getpid()}"
    with kept_to(two), own_cores(1, mark) as one, own_cores(1, mark) as other:
        assert one | other == two
        with own_cores(1, mark) as third:  # more were granted than there are
            assert third < two
    with kept_to(two), own_cores(1, mark) as again, own_cores(8, mark) as rest:
        assert (again, rest) == (one, two)
