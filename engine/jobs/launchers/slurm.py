"""Workers on nodes that Slurm grants: queued by submitit, whose protocol requeues those that lose their place.

A worker that is preempted, or reaches its time limit, saves and is queued again, and goes on exactly where it was.
Slurm is asked for the state of a job by `scontrol`, as its accounting may be off.
"""

import contextlib
import math
import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import submitit
from submitit.core.utils import FailedJobError, FailedSubmissionError
from submitit.helpers import DelayedSubmission
from submitit.local.local import LocalJob

from engine.config.launchers import SlurmConfig, launchers_config
from engine.errors import JobError
from engine.files import is_there
from engine.jobs import paths
from engine.jobs.launchers import Ending, check_launcher
from engine.jobs.launchers.node import SAVE_SECONDS, NodeWorker
from engine.jobs.launchers.slurm_commands import NAME, cancel_submitted, slurm
from engine.workspace import Workspace

_SOON, _LATE = 1.0, 30.0  # seconds between two questions to Slurm: after news, and when there is none for long
_LONGER = 1.5  # factor of the time to the next question where there was no news
_CANCEL_INTERVAL = 10.0  # seconds between two orders to cancel
_NOTICE_SECONDS = int(SAVE_SECONDS) + 20  # before the time limit: time to save, and to be queued again
_TIMEOUTS = 1_000_000  # time limits that a job may reach, one after another
_MISSING = ""  # state of a job that Slurm does not know any more
_CANCELLED = "CANCELLED"
_OUT_OF_MEMORY = "OUT_OF_MEMORY"
_FAILED = "FAILED"
_FINAL = {
    *(_MISSING, _CANCELLED, "BOOT_FAIL", "COMPLETED", "DEADLINE", _FAILED),
    *("NODE_FAIL", _OUT_OF_MEMORY, "PREEMPTED", "TIMEOUT"),
}  # a job in any other state, such as one that a later Slurm has, may go on


class _QueuedWorker(NodeWorker):
    """A worker that submitit queues again when it loses its place."""

    def checkpoint(self) -> DelayedSubmission:
        """Have the worker save and end, and return the order to go on; submitit calls this when the place is lost."""
        self.leave()
        return DelayedSubmission(_QueuedWorker(self.folder, self.gpus, self.cpus))


class SlurmLauncher:
    """Queues workers in Slurm."""

    def __init__(self, config: SlurmConfig) -> None:
        self._config = config

    def start(self, folder: Path, device: str | None, gpus: int, descriptors: Sequence[int]) -> "SlurmWorker":
        """Queue the worker of a job; see `Launcher`. What an earlier runner queued for it is cancelled."""
        place = folder / paths.SUBMISSION
        cancel_submitted(folder)
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(mode=0o700)
        try:
            executor = submitit.AutoExecutor(place, cluster=self._config.cluster, slurm_max_num_timeout=_TIMEOUTS)
            executor.update_parameters(**self._parameters(gpus))
            job = executor.submit(_QueuedWorker(folder, gpus, self._config.cpus))
        except (FailedJobError, FailedSubmissionError, RuntimeError) as error:
            words = " ".join(str(error).split())[:300]
            raise JobError(f"Slurm does not take the job: {words}. Change launchers.yaml, or the GPUs asked.") from None
        return SlurmWorker(job, folder)

    def _parameters(self, gpus: int) -> dict[str, str | int | float]:
        config = self._config
        asked: dict[str, str | int | float | None] = {
            "name": NAME,
            "timeout_min": math.ceil(config.hours * 60),
            "cpus_per_task": config.cpus,
            "mem_gb": config.memory_gb,
            "gpus_per_node": gpus or None,
            "slurm_partition": config.partition,
            "slurm_account": config.account,
            "slurm_qos": config.qos,
            "slurm_constraint": config.constraint,
            "slurm_signal_delay_s": _NOTICE_SECONDS,
        }
        return {name: value for name, value in asked.items() if value is not None}


def open_queue(workspace: Workspace) -> SlurmLauncher:
    """Return the queue of a workspace. Raises JobError where it names none, ConfigError for a faulty file."""
    check_launcher(workspace, "slurm")
    return SlurmLauncher(launchers_config(workspace.root).slurm or SlurmConfig())


class SlurmWorker:
    """A worker that was queued, at work, or has ended.

    All jobs of a user ask the same Slurm, each on its own: more and more seldom while nothing happens.

    Args:
        job: what submitit queued.
        folder: the job's, in which the worker writes its end.
        clock: returns monotonic seconds.
    """

    def __init__(self, job: "submitit.Job[Ending]", folder: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._job = job
        self._exit = folder / paths.EXIT
        self._clock = clock
        self._state, self._reason = "PENDING", ""
        self._asked = self._cancelled = -math.inf
        self._interval = _SOON

    def ended(self) -> bool:
        """Say whether it is dead."""
        now = self._clock()
        if now - self._asked >= (_SOON if os.path.lexists(self._exit) else self._interval):
            before = self._state
            self._state, self._reason = self._ask()
            self._asked = now
            quiet = self._state == before and not isinstance(self._job, LocalJob)
            self._interval = min(_LATE, _LONGER * self._interval) if quiet else _SOON
        return self._state in _FINAL

    def waits_for(self) -> str:
        """Return what Slurm gives as the reason of its waiting."""
        reason = f" ({self._reason})" if self._reason not in ("", "None") else ""
        return f"for Slurm to start job {self._job.job_id}{reason}" if self._state == "PENDING" else ""

    def kill(self) -> None:
        """Cancel it; asked again and again, every ten seconds."""
        now = self._clock()
        if now - self._cancelled < _CANCEL_INTERVAL:
            return
        self._cancelled, self._interval = now, _SOON
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            self._job.cancel(check=False)

    def ending(self) -> Ending:
        """Return what the node told; what Slurm says where the node cannot, or somebody cancelled the job there."""
        told = f"Slurm says of job {self._job.job_id}: {self._state or 'unknown'}."
        if self._state == _CANCELLED:
            return Ending(None, told=told)
        if is_there(self._job.paths.result_pickle):
            return self._result()
        if self._state == _OUT_OF_MEMORY:
            remedy = "Set memory_gb higher in launchers.yaml and resume, or start a new job with a smaller batch."
            return Ending(None, reason="out_of_memory", told=f"{told} {remedy}")
        if self._state == _FAILED:
            unseen = "where there is none, its node does not see that folder (docs/shared-storage.md)"
            return Ending(None, reason="failed", told=f"{told} See {self._log}; {unseen}.")
        return Ending(None, lost=True, told=told)

    def _result(self) -> Ending:
        """Return what the node told, or the error that kept it from that."""
        try:
            return self._job.result()
        except Exception as error:  # submitit's own, with the traceback of the node, or one of reading what it wrote
            last = re.findall(r"^\w[\w.]*(?:Error|Exception)\b.*", str(error), re.MULTILINE)
            text = (last or [f"{type(error).__name__}: {' '.join(str(error).split())}"])[-1][:300]
            return Ending(None, reason="failed", told=f"The work could not begin on its node: {text}. See {self._log}.")

    @property
    def _log(self) -> str:
        return f"{paths.SUBMISSION}/{self._job.paths.stderr.name} in the job's folder"

    def _ask(self) -> tuple[str, str]:
        """Return the state of the job in Slurm's words, and its reason."""
        if isinstance(self._job, LocalJob):
            return ("RUNNING" if not self._job.done() else "COMPLETED"), ""
        answer = slurm("scontrol", "--oneliner", "show", "job", self._job.job_id)
        if answer is None or (answer.returncode and "Invalid job id" not in answer.stderr):
            return self._state, self._reason  # Slurm does not answer; it may again
        found = dict(re.findall(r"\b(JobState|Reason)=(\S+)", answer.stdout))
        return found.get("JobState", _MISSING), found.get("Reason", "")
