"""The end of a worker that left no exit file, as its cluster or the node's end of a launcher tells it."""

import os
import time
from pathlib import Path

import pytest
import ray
from ray.exceptions import OutOfMemoryError
from submitit import SlurmJob

from engine.config.launchers import RayConfig, SlurmConfig
from engine.jobs import paths
from engine.jobs.launchers import Ending
from engine.jobs.launchers.ray_cluster import RayLauncher, RayWorker
from engine.jobs.launchers.slurm import SlurmLauncher, SlurmWorker


def test_what_goes_wrong_on_a_ray_node_is_told_and_no_reason_to_try_again(tmp_path: Path):
    def fail(error: Exception) -> Ending:
        raise error

    def ending(worker: RayWorker) -> Ending:
        while not worker.ended():
            time.sleep(0.05)
        return worker.ending()

    launcher = RayLauncher(RayConfig())
    try:
        unseen = ending(launcher.start(tmp_path / "unseen", None, 0, []))
        call = ray.remote(num_cpus=1, max_retries=0)(fail)
        faulty = ending(RayWorker(lambda: call.remote(ModuleNotFoundError("No module named 'engine'")), "Ray cluster"))
        large = ending(RayWorker(lambda: call.remote(OutOfMemoryError("a node was short of memory")), "Ray cluster"))
    finally:
        ray.shutdown()
    assert (unseen.lost, unseen.reason) == (False, "failed")
    assert f"does not see the job's folder '{tmp_path}/unseen'. Mount the workspace there" in unseen.told
    assert (faulty.lost, faulty.reason) == (False, "failed")
    assert "ModuleNotFoundError: No module named 'engine'. Every node needs the same checkout" in faulty.told
    assert (large.lost, large.reason) == (False, "out_of_memory")


def test_what_goes_wrong_on_a_slurm_node_is_told_and_no_reason_to_try_again(tmp_path: Path):
    (tmp_path / paths.JOB).touch()
    (tmp_path / paths.LOG).mkdir()  # keeps the node from starting the worker
    worker = SlurmLauncher(SlurmConfig(cluster="local")).start(tmp_path, None, 0, [])
    while not worker.ended():
        time.sleep(0.05)
    ending = worker.ending()
    assert (ending.lost, ending.reason) == (False, "failed")
    assert f"could not begin on {os.uname().nodename}. IsADirectoryError: " in ending.told


@pytest.mark.parametrize(
    ("state", "lost", "reason", "words"),
    [
        ("OUT_OF_MEMORY", False, "out_of_memory", "Set memory_gb higher in launchers.yaml"),
        ("FAILED", False, "failed", "See submission/7_0_log.err in the job's folder; where there is none, its node"),
        ("NODE_FAIL", True, None, "Slurm says of job 7: NODE_FAIL."),
        ("TIMEOUT", True, None, "Slurm says of job 7: TIMEOUT."),
        ("CANCELLED", False, None, "Slurm says of job 7: CANCELLED."),
    ],
)
def test_a_slurm_job_that_left_no_result_ends_as_slurm_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, state: str, lost: bool, reason: str | None, words: str
):
    program = tmp_path / "scontrol"
    program.write_text(f"#!/bin/sh\necho JobId=7 JobState={state} Reason=None\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    worker = SlurmWorker(SlurmJob(tmp_path / paths.SUBMISSION, "7"), tmp_path)
    assert worker.ended()
    ending = worker.ending()
    assert (ending.lost, ending.reason) == (lost, reason)
    assert words in ending.told
