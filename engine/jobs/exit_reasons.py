"""How a job ends, put into one reason and one sentence, and written once.

The worker tells of an orderly end or an error; the runner tells of a worker that died without a word. This module
knows the errors of learning libraries by name only.
"""

import errno
import os
import signal
import traceback
from datetime import UTC, datetime
from pathlib import Path

from engine.errors import GlyphlabError, SpaceError
from engine.files import write_json
from engine.jobs import paths, records
from engine.jobs.context import Diverged, Stopped
from engine.jobs.records import Exit, Heartbeat, Reason

_FULL = "The disk is full. What was saved before is whole. Delete what you no longer need, then resume."
_MEMORY = "The memory did not suffice. Close other programs and resume, or start anew with a smaller batch or network."
_CRASHES = {signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGILL, signal.SIGFPE, signal.SIGTRAP}


def end_of_error(error: BaseException) -> tuple[Reason, str]:
    """Return the reason and the sentence for what the work raised; faults that are no user's go to the log in full."""
    if isinstance(error, Stopped):
        return "stopped", "Stopped as asked."
    if isinstance(error, SpaceError):
        return "no_space", str(error)
    if isinstance(error, GlyphlabError):
        return ("diverged" if isinstance(error, Diverged) else "failed"), str(error)
    traceback.print_exception(error)
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "no_space", _FULL
    if isinstance(error, MemoryError) or _exhausted(error):
        return "out_of_memory", _MEMORY
    text = " ".join(str(error).split())[:300]
    return "failed", f"{type(error).__name__}: {text} (details in the log)"


def end_of_death(code: int, *, overdue: bool, kernel_kills: int) -> tuple[Reason, str]:
    """Return the reason and the sentence for a worker that left no exit file.

    Args:
        code: as subprocess gives it: the exit code, or minus the signal's number.
        overdue: the runner ended it, since it did not stop in time.
        kernel_kills: processes that the kernel killed for want of memory just before.
    """
    if overdue:
        return "stopped", "It did not stop in time and was ended. Resume goes on from what it saved last."
    if code >= 0:
        return "failed", f"The process ended with exit code {code} and no result (details in the log)."
    name = signal.Signals(-code).name if -code in signal.valid_signals() else f"signal {-code}"
    if -code in _CRASHES:
        return "failed", f"The process crashed ({name}; details in the log)."
    if -code == signal.SIGKILL and kernel_kills > 0:
        return "out_of_memory", _MEMORY
    return "killed", f"The process was killed from outside ({name}). Resume goes on from what it saved last."


def _exhausted(error: BaseException) -> bool:
    """Recognise what Keras, TensorFlow and JAX raise when a device is full."""
    return "ResourceExhausted" in type(error).__name__ or "RESOURCE_EXHAUSTED" in str(error)


def write_exit(folder: Path, reason: Reason, message: str, code: int | None, seconds: float | None = None) -> None:
    """Write a job's exit file unless there is one. Without `seconds` the last heartbeat tells how long it worked."""
    path = folder / paths.EXIT
    if os.path.lexists(path):
        return
    if seconds is None:
        beat = records.optional_record(folder / paths.HEARTBEAT, Heartbeat)
        seconds = beat.seconds if beat else 0.0
    end = Exit(
        reason=reason,
        message=message,
        exit_code=code if code is not None and code >= 0 else None,
        signal=-code if code is not None and code < 0 else None,
        finished=datetime.now(UTC),
        seconds=seconds,
    )
    write_json(path, end.plain())


def kernel_kills() -> int:
    """Return how many processes the kernel has killed for want of memory since boot; 0 where it does not tell."""
    try:
        lines = Path("/proc/vmstat").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("oom_kill ")), 0)
