"""The process that supervises one job: `python -m engine.jobs.runner FOLDER LOCK`, started by control.py only.

It waits for the job's inputs and its device, starts the worker in a process group of its own, and records how the
worker died when the worker could not. It is a child of init and knows no server; should it die, the worker goes on,
for the locks are the worker's too.
"""

import contextlib
import logging
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import deque
from pathlib import Path

from engine.errors import GlyphlabError
from engine.files import write_json
from engine.jobs import locks, paths, records
from engine.jobs.context import Stopped
from engine.jobs.devices import environment
from engine.jobs.exit_reasons import end_of_death, end_of_error, kernel_kills, write_exit
from engine.jobs.job import Job, read_job
from engine.jobs.kinds import KINDS
from engine.jobs.logs import start_logging, trim_log
from engine.jobs.queue import wait_for_devices, wait_for_inputs
from engine.jobs.records import ProcessRecord, Progress
from engine.workspace import Workspace

_log = logging.getLogger("engine.jobs.runner")  # run as __main__

STOP_GRACE = 60.0  # seconds from the request to stop to the end of the process group
TRIAL_GRACE = 2.0  # the same for a job that keeps nothing
EXIT_GRACE = 15.0  # seconds from the exit file to the end of the process group
_POLL = 0.1  # seconds
_CHECK_INTERVAL = 5.0  # seconds between two checks of the log and the memory


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
    me = ProcessRecord(boot_id=records.boot_id(), runner=records.identity(), queue="inputs")
    reported = ""

    def report(text: str) -> None:
        nonlocal reported
        if text != reported:
            reported = text
            _log.info("Waiting %s", text)
            _write(folder / paths.PROGRESS, Progress(phase="waiting", note=text))
            _write(folder / paths.PROCESS, me)

    def stop_requested() -> bool:
        return os.path.lexists(folder / paths.STOP)

    wait_for_inputs(workspace, kind, kind.config.parse(job.config), report, stop_requested)
    me = me.model_copy(update={"queue": "device"})
    reported = ""
    held = wait_for_devices(workspace, job.id, job.device, report, stop_requested) if job.device else []
    _write(folder / paths.PROCESS, me.model_copy(update={"queue": None}))
    _write(folder / paths.PROGRESS, Progress(phase="starting"))
    if stop_requested():
        raise Stopped
    return held


def _write(path: Path, record: records.Record) -> None:
    with contextlib.suppress(OSError, GlyphlabError):
        write_json(path, record.plain(), durable=False)


def _run_worker(folder: Path, descriptors: list[int]) -> None:
    """Run the worker to its end and write the exit file if it could not."""
    job = read_job(folder)
    numbers = [str(descriptor) for descriptor in descriptors]
    worker = subprocess.Popen(
        [sys.executable, "-m", "engine.jobs.worker", str(folder), *numbers],
        stdin=subprocess.DEVNULL,
        pass_fds=descriptors,
        process_group=0,
        env={**os.environ, **environment(job.device)},
    )
    overdue, kills = watch(worker.pid, folder, STOP_GRACE if KINDS[job.kind].keeps else TRIAL_GRACE)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(worker.pid, signal.SIGKILL)  # its helpers; the dead leader is not reaped yet, so the group is ours
    reason, message = end_of_death(worker.wait(), overdue=overdue, kernel_kills=kills)
    write_exit(folder, reason, message, worker.returncode)


def watch(pid: int, folder: Path, stop_grace: float) -> tuple[bool, int]:
    """Watch our own child, leader of a process group, until it is dead; do not reap it.

    Args:
        pid: the child's.
        folder: the job's.
        stop_grace: seconds that it has from a request to stop to its end.

    Returns:
        whether it had to be ended because it did not stop in time, and how many processes the kernel killed because
        memory ran out around its death.
    """
    asked = ended = None
    overdue, last_check = False, time.monotonic()
    kills = deque([kernel_kills()], maxlen=3)  # of the last ten seconds or so: a large process dies slowly
    while os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is None:
        now = time.monotonic()
        asked = asked or (now if os.path.lexists(folder / paths.STOP) else None)
        ended = ended or (now if os.path.lexists(folder / paths.EXIT) else None)
        overdue = asked is not None and now - asked > stop_grace
        if overdue or (ended is not None and now - ended > EXIT_GRACE):
            os.killpg(pid, signal.SIGKILL)
        if now - last_check > _CHECK_INTERVAL:
            trim_log(folder)
            kills.append(kernel_kills())
            last_check = now
        time.sleep(_POLL)
    return overdue, kernel_kills() - kills[0]


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2])))
