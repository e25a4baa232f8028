"""The process that supervises one job: `python -m engine.jobs.runner FOLDER LOCK`, started by control.py only.

It waits for the job's inputs and its device, has a launcher start the worker, and records how the worker died when the
worker could not. It is a child of init and knows no server; should it die, a worker on this machine goes on, for the
locks are the worker's too.
"""

import contextlib
import logging
import os
import shutil
import signal
import sys
import time
from pathlib import Path
from typing import Literal

from engine.config.launchers import LOCAL
from engine.errors import GlyphlabError
from engine.files import is_there, write_json
from engine.formatting import duration
from engine.jobs import locks, paths, records
from engine.jobs.context import Stopped
from engine.jobs.exit_reasons import end_of_death, end_of_error, write_exit
from engine.jobs.job import Job, read_job
from engine.jobs.kinds import KINDS
from engine.jobs.launchers import Worker, open_launcher
from engine.jobs.logs import start_logging, trim_log
from engine.jobs.mounts import mount_of
from engine.jobs.queue import wait_for_devices, wait_for_inputs
from engine.jobs.records import ProcessRecord, Progress
from engine.workspace import Workspace

_log = logging.getLogger("engine.jobs.runner")  # run as __main__

STOP_GRACE = 60.0  # seconds from the request to stop to the end of the process group
TRIAL_GRACE = 2.0  # the same for a job that keeps nothing
EXIT_GRACE = 15.0  # seconds from the exit file to the end of the process group
_POLL = 0.1  # seconds
_CHECK_INTERVAL = 5.0  # seconds between two checks of the log
_VAIN_TRIES = 5  # places in a row that may be lost without any progress
_PAUSE = 5.0  # seconds before a worker that lost its place starts again, after progress


def main(folder: Path, lock: int) -> int:
    """Supervise the job of a locked folder to its end. Refuses a folder whose lock it was not handed."""
    os.set_inheritable(lock, False)
    if not locks.same_file(lock, folder / paths.LOCK) or not locks.claim(lock):
        sys.stderr.write("The lock of this job is held by another process; nothing was done.\n")
        return 3
    start_logging()
    signal.signal(signal.SIGTERM, lambda *_: write_json(folder / paths.STOP, {"asked": "SIGTERM"}))
    sweep(folder)
    try:
        held = _wait(read_job(folder))
        _run_worker(folder, [lock, *held])
    except Exception as error:
        reason, message = end_of_error(error)
        write_exit(folder, reason, message, 0 if isinstance(error, Stopped) else 1)
    return 0


def sweep(folder: Path) -> None:
    """Remove what writers that died in mid-write left; to be called by the holder of the lock only."""
    for left in list(folder.rglob(".*.tmp")):
        if left.is_dir() and not left.is_symlink():
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.unlink(missing_ok=True)


def _wait(job: Job) -> list[int]:
    """Wait for inputs and the device; return the descriptors of the locks to hold. Raises Stopped and JobError."""
    folder, kind = job.folder, KINDS[job.kind]
    workspace = Workspace(folder.parent.parent)
    queue: Literal["inputs", "device"] = "inputs"
    reported = ""

    def report(text: str) -> None:
        nonlocal reported
        if text != reported:
            reported = text
            _tell_waiting(folder, text)
            _sign(folder, queue)

    def stop_requested() -> bool:
        return os.path.lexists(folder / paths.STOP)

    wait_for_inputs(workspace, kind, kind.config.parse(job.config), report, stop_requested)
    queue, reported = "device", ""
    held = wait_for_devices(workspace, job.id, job.device, report, stop_requested) if job.device else []
    _sign(folder, None)
    _write(folder / paths.PROGRESS, Progress(phase="starting"))
    if stop_requested():
        raise Stopped
    return held


def _sign(folder: Path, queue: Literal["inputs", "device", "cluster"] | None) -> None:
    """Write this process into the job's process file, with what it waits for; there is no worker yet."""
    me = ProcessRecord(boot_id=records.boot_id(), runner=records.identity(), queue=queue)
    _write(folder / paths.PROCESS, me)


def _write(path: Path, record: records.Record) -> None:
    with contextlib.suppress(OSError, GlyphlabError):
        write_json(path, record.plain(), durable=False)


def _run_worker(folder: Path, descriptors: list[int]) -> None:
    """Run the worker to its end, elsewhere again where it loses its place, and write the exit file if it could not.

    Raises Stopped where that was asked while the worker had no place.
    """
    job = read_job(folder)
    kind = KINDS[job.kind]
    config = kind.config.parse(job.config)
    name = kind.worker_launcher(config)
    launcher = open_launcher(Workspace(folder.parent.parent), name)
    grace = STOP_GRACE if kind.keeps else TRIAL_GRACE
    retries = Retries()
    while True:
        if name != LOCAL:
            _sign(folder, "cluster")
        worker = launcher.start(folder, job.device, kind.gpus(config), descriptors)
        try:
            overdue = watch(worker, folder, grace)
        finally:
            worker.kill()
        ending = worker.ending()
        if name != LOCAL and ending.code is not None and not ending.lost:
            await_exit(folder, mount_of(folder).missing_seconds)
        if not ending.lost or overdue or is_there(folder / paths.EXIT):
            break
        if is_there(folder / paths.STOP):
            raise Stopped
        seconds = retries.pause(records.optional_record(folder / paths.PROGRESS, Progress))
        if seconds is None:
            break
        _log.warning("The worker lost its place and goes on elsewhere in %s. %s", duration(seconds), ending.told)
        _pause(folder, seconds)
    reason, message = end_of_death(ending, overdue=overdue)
    write_exit(folder, reason, message, ending.code)


class Retries:
    """The pauses before a worker that lost its place starts again: longer each time that nothing more was done."""

    def __init__(self) -> None:
        self._furthest: dict[tuple[str, str], float] = {}  # by phase and unit
        self._vain = 0

    def pause(self, progress: Progress | None) -> float | None:
        """Return the seconds to wait after a place was lost; None where it was lost too often in vain.

        Args:
            progress: as the lost worker left it. Only more than any worker had done before it counts, as time passes
                and is worked also by one that always dies at the same step.
        """
        place = (progress.phase, progress.unit) if progress else ("", "")
        done = (progress and progress.done) or 0
        if done > self._furthest.get(place, 0):
            self._furthest[place], self._vain = done, 0
        else:
            self._vain += 1
        return _PAUSE * 2**self._vain if self._vain < _VAIN_TRIES else None


def _pause(folder: Path, seconds: float) -> None:
    """Wait before another try. Raises Stopped where that was asked meanwhile."""
    _sign(folder, "cluster")
    _tell_waiting(folder, f"{duration(seconds)} before the next try")
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if os.path.lexists(folder / paths.STOP):
            raise Stopped
        time.sleep(_POLL)


def await_exit(folder: Path, seconds: float) -> None:
    """Wait until the exit file that a worker on another machine wrote is seen here, for some seconds at the most."""
    deadline = time.monotonic() + seconds
    while not is_there(folder / paths.EXIT) and time.monotonic() < deadline:
        time.sleep(_POLL)


def watch(worker: Worker, folder: Path, stop_grace: float) -> bool:
    """Watch a worker until it is dead, and tell what it waits for while it has no place.

    Args:
        worker: the worker.
        folder: the job's.
        stop_grace: seconds that it has from a request to stop to its end.

    Returns:
        whether it had to be ended because it did not stop in time.

    Raises:
        Stopped: it was asked to stop while it waited, when it had nothing to save.
    """
    asked = ended = None
    waited = False
    overdue, last_check, queue = False, time.monotonic(), _ClusterQueue(worker, folder)
    while not worker.ended():
        now = time.monotonic()
        asked = asked or (now if os.path.lexists(folder / paths.STOP) else None)
        ended = ended or (now if os.path.lexists(folder / paths.EXIT) else None)
        waited = waited or (asked is not None and queue.waits)
        overdue = asked is not None and now - asked > stop_grace
        if waited or overdue or (ended is not None and now - ended > EXIT_GRACE):
            worker.kill()
        queue.look()
        if now - last_check > _CHECK_INTERVAL:
            trim_log(folder)
            last_check = now
        time.sleep(_POLL)
    if waited:
        raise Stopped
    return overdue


class _ClusterQueue:
    """A worker's waits for a place: from its start until it signs in, and again when its place was taken away."""

    def __init__(self, worker: Worker, folder: Path) -> None:
        self._worker, self._folder = worker, folder
        self._told = worker.waits_for()
        self._placed = not self._told  # seen at its place since it last waited
        if self._told:
            _tell_waiting(folder, self._told)

    @property
    def waits(self) -> bool:
        """True where the worker waits, so that it has nothing to save."""
        return bool(self._told)

    def look(self) -> None:
        """Ask what the worker waits for, and tell it where it is news."""
        now = self._worker.waits_for()
        if self._told:
            self._placed = not now
            if self._signed_in():
                self._told = ""
            elif now not in ("", self._told):
                self._tell(now)
        elif not now:
            self._placed = True
        elif self._placed:  # else the cluster's word is older than the sign-in
            self._placed = False
            _sign(self._folder, "cluster")
            self._tell(now)

    def _tell(self, waits_for: str) -> None:
        self._told = waits_for
        _tell_waiting(self._folder, waits_for)

    def _signed_in(self) -> bool:
        process = records.optional_record(self._folder / paths.PROCESS, ProcessRecord)
        return process is None or process.worker is not None


def _tell_waiting(folder: Path, waits_for: str) -> None:
    _log.info("Waiting %s", waits_for)
    _write(folder / paths.PROGRESS, Progress(phase="waiting", note=waits_for))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2])))
