"""Runs on a real Slurm of one node against the same run on this machine: `python -m bench.slurm`.

Starts Slurm (`bench.slurm_node`), trains a short run on this machine, and the same through Slurm: undisturbed, with its
place taken by an urgent job, stopped and resumed, its process killed, and cancelled by Slurm's own command. Each is
compared with the run of this machine, tensor by tensor and metric by metric. Prints the machine, and a Markdown table.
"""

import argparse
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml

from bench.command import run
from bench.machine import print_machine
from bench.race import finished
from bench.resume import differences, resumed
from bench.slurm_node import PATIENT, URGENT, slurm, slurm_node
from engine.config.generate import GenerateConfig
from engine.config.launchers import FILE
from engine.config.train import TrainConfig
from engine.files import read_json
from engine.jobs import Job, State, launch, load_job, paths, stop, tail_log
from engine.workspace import Workspace

_POLL = 0.1  # seconds
_HEADER = """\
| what happened to the run | seconds | starts | tensors that differ | metric logs differ |
| --- | ---: | ---: | ---: | --- |"""


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.slurm", description=__doc__)
    parser.add_argument("--epochs", type=int, default=4, help="of each run, of 1,700 images (default: 4)")
    options = parser.parse_args()
    print_machine()
    cores = len(os.sched_getaffinity(0))
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder, slurm_node(cores=cores):
        workspace = Workspace(Path(folder).resolve())
        queue = {"partition": PATIENT, "cpus": cores, "memory_gb": 4}  # sums depend on the number of threads
        (workspace.root / FILE).write_text(yaml.safe_dump({"slurm": queue}))
        data = finished(workspace, "datasets", launch(workspace, "generate", GenerateConfig(images=2000)))
        config = TrainConfig(
            dataset=data.id, minutes=None, epochs=options.epochs, evaluate_every=20, checkpoint_minutes=0.05, gpus=0
        )
        reference = finished(workspace, "runs", launch(workspace, "train", config))
        print(f"The run on this machine: {reference.summary['steps']:,} steps\n\n{_HEADER}", flush=True)
        for what, disturb in _DISTURBANCES.items():
            began = time.monotonic()
            id = launch(workspace, "train", config.changed(launcher="slurm"), name=what)
            disturb(workspace, id)
            job = finished(workspace, "runs", id)
            tensors, logs = differences(reference.folder, job.folder)
            starts = tail_log(job.folder).count("INFO Phase: starting")
            print(
                f"| {what} | {time.monotonic() - began:.0f} | {starts} | {tensors} | {'yes' if logs else 'no'} |",
                flush=True,
            )


def _undisturbed(workspace: Workspace, id: str) -> None:
    pass


def _preempted(workspace: Workspace, id: str) -> None:
    _at_work(workspace, id)
    slurm("sbatch", "--wrap", "sleep 10", "--output=/dev/null", f"--partition={URGENT}", "--exclusive", "--mem=1G")
    while load_job(workspace, "runs", id).state is not State.waiting:
        time.sleep(_POLL)


def _stopped(workspace: Workspace, id: str) -> None:
    _at_work(workspace, id)
    stop(workspace, "runs", id)
    _ended(workspace, id, State.stopped)
    resumed(workspace, "runs", id)


def _killed(workspace: Workspace, id: str) -> None:
    job = _at_work(workspace, id)
    os.kill(read_json(job.folder / paths.PROCESS)["worker"]["pid"], signal.SIGKILL)
    _ended(workspace, id, State.killed)
    resumed(workspace, "runs", id)


def _cancelled(workspace: Workspace, id: str) -> None:
    _at_work(workspace, id)
    slurm("scancel", "--name=glyphlab")
    _ended(workspace, id, State.killed)
    resumed(workspace, "runs", id)


def _runner_killed(workspace: Workspace, id: str) -> None:
    """Kill the runner on the machine that launched the job; the worker on the node goes on alone."""
    job = _at_work(workspace, id)
    os.kill(read_json(job.folder / paths.PROCESS)["runner"]["pid"], signal.SIGKILL)


_DISTURBANCES: dict[str, Callable[[Workspace, str], None]] = {
    "nothing": _undisturbed,
    "an urgent job took its place": _preempted,
    "stopped and resumed": _stopped,
    "killed and resumed": _killed,
    "cancelled by scancel, and resumed": _cancelled,
    "its runner was killed": _runner_killed,
}


def _at_work(workspace: Workspace, id: str) -> Job:
    """Wait until a run has learned for a while."""
    while (job := load_job(workspace, "runs", id)).state.live and not (job.progress and job.progress.done):
        time.sleep(_POLL)
    time.sleep(3)
    return job


def _ended(workspace: Workspace, id: str, state: State) -> None:
    while (job := load_job(workspace, "runs", id)).state.live:
        time.sleep(_POLL)
    if job.state is not state:
        raise SystemExit(f"The run is {job.state.words}, not {state.words}: {job.message}\n{tail_log(job.folder)}")


if __name__ == "__main__":
    run(main)
