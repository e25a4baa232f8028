"""The node's end of a cluster's launcher: starts the worker of a job where the cluster granted a place.

The worker is a process of its own there, too: it dies with the process that the cluster started, and is asked by a
signal to save when the cluster wants its place back.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
import traceback
from dataclasses import replace
from pathlib import Path

from engine.config.device import CPU, gpu_id
from engine.errors import JobError
from engine.files import is_there
from engine.jobs import paths
from engine.jobs.devices import GRANTED, environment
from engine.jobs.exit_reasons import end_of_error
from engine.jobs.launchers import Ending
from engine.jobs.launchers.cores import kept_to, own_cores
from engine.jobs.launchers.local import LocalWorker
from engine.processes import bytecode_variables
from glyphlab_read.processes import dying_with_this, import_path

MOVED = 75
"""Exit code of a worker that saved and left because the cluster wanted its place back (EX_TEMPFAIL of sysexits.h)."""

LOCKED = 3
"""Exit code of a worker that did nothing, since another process holds the lock of its job."""

SIGNALS = (signal.SIGTERM, signal.SIGUSR2)
"""Signals by which clusters ask for a place; submitit's is the second."""

SAVE_SECONDS = 100.0
"""Seconds that a worker has to save when the cluster wants its place back."""

_POLL = 0.1  # seconds
_ROOT = Path(__file__).parents[3]


class NodeWorker:
    """The worker of a job, to be called on a node; pickled to get there.

    Args:
        folder: the job's.
        gpus: how many GPUs were asked for; the cluster says which in CUDA_VISIBLE_DEVICES.
        cpus: how many cores were asked for, which are all that it uses.
    """

    def __init__(self, folder: Path, gpus: int, cpus: int) -> None:
        self.folder, self.gpus, self.cpus = folder, gpus, cpus
        self._worker: LocalWorker | None = None

    def __call__(self) -> Ending:
        """Run the worker to its end, and return that; an error of this end is told as the end of the job."""
        try:
            return self._run()
        except Exception as error:
            reason, message = end_of_error(error)
            with contextlib.suppress(OSError), open(self._open_log(), "a") as log:
                traceback.print_exc(file=log)
            return Ending(None, reason=reason, told=f"The work could not begin on {os.uname().nodename}. {message}")

    def _run(self) -> Ending:
        if not is_there(self.folder / paths.JOB):
            raise JobError(
                f"That node does not see the job's folder {str(self.folder)!r}. Mount the workspace there under the "
                "same path (docs/shared-storage.md), then resume."
            )
        with own_cores(self.cpus) as cores:
            with kept_to(cores):
                worker = self._worker = LocalWorker(self._start())
            try:
                _wait(worker)
            finally:
                worker.kill()  # also when the cluster ends this process in between
            ending = worker.ending()
        return replace(ending, lost=ending.code in (MOVED, LOCKED, *(-number for number in SIGNALS)))

    def leave(self) -> None:
        """Have the worker save and end, since the place is lost."""
        if self._worker is not None:
            self._worker.terminate()
            _wait(self._worker, SAVE_SECONDS)
            self._worker.kill()

    def _start(self) -> subprocess.Popen[bytes]:
        gpus = _granted_gpus(self.gpus)
        numbers = [int(word) if word.isdecimal() else place for place, word in enumerate(gpus)]
        device = gpu_id(numbers) if gpus else CPU
        log = self._open_log()
        given = {**import_path("engine"), **environment(device), **dying_with_this(), **bytecode_variables()}
        try:
            return subprocess.Popen(
                [sys.executable, "-m", "engine.jobs.worker", str(self.folder)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=_ROOT,
                process_group=0,
                env={**os.environ, **given, "CUDA_VISIBLE_DEVICES": ",".join(gpus), GRANTED: device},
            )
        finally:
            os.close(log)

    def _open_log(self) -> int:
        return os.open(self.folder / paths.LOG, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)


def _wait(worker: LocalWorker, seconds: float = float("inf")) -> None:
    deadline = time.monotonic() + seconds
    while not worker.ended() and time.monotonic() < deadline:
        time.sleep(_POLL)


def _granted_gpus(number: int) -> list[str]:
    """Return the cluster's words for that many GPUs: numbers, or UUIDs of GPUs or slices (MIG). Raises JobError."""
    granted = os.environ.get("CUDA_VISIBLE_DEVICES")
    if granted is None:  # all that are there
        return [str(place) for place in range(number)]
    words = [word.strip() for word in granted.split(",") if word.strip()]
    if len(words) < number:
        raise JobError(
            f"gpus {number}: the cluster granted {len(words)} (CUDA_VISIBLE_DEVICES is {granted!r} there). Set gpus "
            "lower, or have the cluster count that node's GPUs."
        )
    return words[:number]
