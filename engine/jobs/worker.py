"""The process that does a job's work: `python -m engine.jobs.worker FOLDER LOCK…`, started by a launcher only.

It holds the job's lock (and its device's) for life, signs in, writes heartbeats, calls the work that the job's kind
names, and writes the exit file. On a node of a cluster it can inherit no lock, so none is named and it takes one of its
own; there a signal means that the cluster wants its place back: it saves and leaves no exit file, as the work goes on
elsewhere. It retries nothing.
"""

import contextlib
import faulthandler
import importlib
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

from engine.files import write_json
from engine.jobs import locks, paths, records
from engine.jobs.context import JobContext, Stopped
from engine.jobs.exit_reasons import end_of_error, write_exit
from engine.jobs.job import read_job
from engine.jobs.kinds import KINDS
from engine.jobs.launchers.node import LOCKED, MOVED, SIGNALS
from engine.jobs.logs import start_logging
from engine.jobs.records import ProcessRecord
from engine.processes import write_no_bytecode

_NICENESS = 10  # the pages stay quick while a job takes every core; a job alone is as fast as without
_AUTOGROUP = Path("/proc/self/autogroup")
_TRIES = 10
_LOCK_TIMEOUT = 180.0  # seconds: a server of network files frees the locks of a dead machine after 90 s or more
_OOM_SCORE = b"300"  # when memory runs out the kernel should end the job, not the dashboard


def main(folder: Path, descriptors: list[int]) -> int:
    """Do the work of a locked folder and return the exit code. Refuses a folder whose lock it was not handed."""
    for descriptor in descriptors:
        os.set_inheritable(descriptor, False)
    if not (_holds(folder, descriptors[0]) if descriptors else _take_own_lock(folder)):
        sys.stderr.write("The lock of this job is held by another process; nothing was done.\n")
        return LOCKED
    start_logging()
    _lower_priority()
    with JobContext(folder) as job:
        for number in SIGNALS:
            signal.signal(number, lambda *_: job.request_stop())
        try:
            sign_in(folder)  # here, as the disk may be full by now
            _work(folder)(job)
            reason, message = "finished", ""
        except BaseException as error:
            if isinstance(error, Stopped) and not descriptors and not os.path.lexists(folder / paths.STOP):
                return MOVED
            reason, message = end_of_error(error)
        code = 0 if reason in ("finished", "stopped") else 1
        write_exit(folder, reason, message, code, job.seconds)
    return code


def _holds(folder: Path, lock: int) -> bool:
    return locks.same_file(lock, folder / paths.LOCK) and locks.claim(lock)


def _take_own_lock(folder: Path) -> bool:
    """Lock a job for a worker on a node, for life; one that lost its place may still be about to end."""
    return locks.take(folder / paths.WORKER_LOCK, timeout=_LOCK_TIMEOUT) is not None


def sign_in(folder: Path) -> None:
    """Add this process to the job's process file as its worker."""
    runner = records.read_record(folder / paths.PROCESS, ProcessRecord)
    here = {"worker": records.identity(), "node": os.uname().nodename, "worker_boot_id": records.boot_id()}
    signed = runner.model_copy(update={**here, "queue": None})
    write_json(folder / paths.PROCESS, signed.plain(), durable=False)


def _work(folder: Path) -> Callable[[JobContext], None]:
    """Return the work of a job, its config already checked and handed in."""
    job = read_job(folder)
    kind = KINDS[job.kind]
    config = kind.config.parse(job.config)
    module, _, name = kind.work.partition(":")
    function = getattr(importlib.import_module(module), name)
    write_no_bytecode()  # the job may fill the disk
    return lambda context: function(config, context)


def _lower_priority() -> None:
    faulthandler.enable()
    os.nice(_NICENESS)
    _lower_session_priority()
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_bytes(_OOM_SCORE)


def _lower_session_priority() -> None:
    """Make the job's session as nice as its processes, where Linux shares cores among sessions first (`autogroup`).

    There a process's own niceness counts among those of its session alone, and a job has a session of its own.
    """
    for _ in range(_TRIES):
        try:
            _AUTOGROUP.write_text(str(_NICENESS))
        except BlockingIOError:  # Linux takes ten such requests a second, all sessions together
            time.sleep(0.1)
        except OSError:  # there are no autogroups here
            return
        else:
            return


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), [int(number) for number in sys.argv[2:]]))
