"""What Slurm says of a job, and what is left in its queue: by stand-ins for its commands, as tests have no Slurm."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import submitit

from engine import jobs
from engine.config.launchers import SlurmConfig
from engine.jobs import paths
from engine.jobs.launchers.slurm import SlurmLauncher, SlurmWorker
from engine.workspace import Collection, Workspace
from tests.helpers.labs import MakeFolder

COMMANDS = {
    "sbatch": "echo Submitted batch job 12",
    "srun": "",
    "scontrol": 'echo >> {folder}/asked; echo "JobId=7 JobName=glyphlab JobState=$(cat {folder}/state) Reason=None"',
    "scancel": 'echo "$@" >> {folder}/cancelled',
}


@pytest.fixture
def says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], object]:
    """Have Slurm say that a job is in a state, count what it is asked, and note what it cancels."""
    bin = tmp_path / "bin"
    bin.mkdir()
    for name, command in COMMANDS.items():
        (bin / name).write_text("#!/bin/sh\n" + command.format(folder=tmp_path))
        (bin / name).chmod(0o700)
    monkeypatch.setenv("PATH", str(bin), prepend=":")
    return (tmp_path / "state").write_text


def worker(folder: Path, clock: Callable[[], float] = lambda: 0.0) -> SlurmWorker:
    return SlurmWorker(submitit.SlurmJob(folder=folder / paths.SUBMISSION, job_id="7"), folder, clock)


@pytest.mark.parametrize(
    ("state", "ended"),
    [
        *((state, False) for state in ("PENDING", "RUNNING", "COMPLETING", "SUSPENDED", "STOPPED", "SIGNALING")),
        *(
            (state, False)
            for state in ("STAGE_OUT", "RESV_DEL_HOLD", "REQUEUE_FED", "SPECIAL_EXIT", "OF_A_LATER_SLURM")
        ),
        *((state, True) for state in ("COMPLETED", "FAILED", "TIMEOUT", "CANCELLED", "NODE_FAIL", "OUT_OF_MEMORY")),
    ],
)
def test_only_final_states_are_an_end(tmp_path: Path, says: Callable[[str], object], state: str, ended: bool):
    says(state)
    assert worker(tmp_path).ended() == ended


def test_slurm_is_asked_seldom_while_there_is_no_news_and_soon_when_there_is(
    tmp_path: Path, says: Callable[[str], object]
):
    now = [0.0]
    says("RUNNING")
    job, asked = worker(tmp_path, lambda: now[0]), tmp_path / "asked"

    def questions(seconds: int) -> int:
        before = asked.stat().st_size if asked.exists() else 0
        for _ in range(seconds):
            job.ended()
            now[0] += 1
        return asked.stat().st_size - before

    questions(120)
    assert 20 <= questions(600) <= 22
    (tmp_path / paths.EXIT).touch()  # the worker has told its end
    assert questions(3) == 3
    (tmp_path / paths.EXIT).unlink()
    questions(120)
    says("PENDING")  # its place was taken
    questions(31)
    assert questions(3) >= 1


@pytest.mark.parametrize("do", [jobs.trash, jobs.stop])
@pytest.mark.usefixtures("says")
def test_what_a_lost_job_has_in_the_queue_is_cancelled(
    workspace: Workspace, tmp_path: Path, make_folder: MakeFolder, do: Callable[[Workspace, Collection, str], None]
):
    lost, here, finished = make_folder(), make_folder(), make_folder("finished")
    SlurmLauncher(SlurmConfig()).start(lost, None, 0, [])
    shutil.copytree(lost / paths.SUBMISSION, finished / paths.SUBMISSION, symlinks=True)
    (here / paths.SUBMISSION).mkdir()
    (here / paths.SUBMISSION / "34_submitted.pkl").touch()  # of a process of this machine
    for folder in (lost, here, finished):
        do(workspace, "datasets", folder.name)
    assert (tmp_path / "cancelled").read_text() == "--name=glyphlab 12\n"
