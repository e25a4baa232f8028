"""The end of a job: one reason and one sentence for every error and death, written once to the exit file and the log.

The worker reports an orderly end or an error; the runner reports a worker that died without a result. This module
knows the errors of learning libraries by name only.
"""

import contextlib
import logging
import signal
from datetime import UTC, datetime
from pathlib import Path

from engine.errors import GlyphlabError, SpaceError
from engine.files import is_disk_full, is_there, json_bytes, space_remedy, write_new
from engine.formatting import duration
from engine.jobs import paths, records
from engine.jobs.context import Diverged, Stopped
from engine.jobs.launchers import Ending
from engine.jobs.records import Exit, Heartbeat, Reason

_log = logging.getLogger(__name__)

_FULL = "The disk is full, or takes no file as large. What was saved before is whole."
_MEMORY = "Memory ran out. Close other programs and resume, or start a new job with a smaller batch or network."
_MEMORY_WORDS = ("resource_exhausted", "resourceexhausted", "out of memory", "oom when allocating")
_CRASHES = {signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGILL, signal.SIGFPE, signal.SIGTRAP}


def end_of_error(error: BaseException) -> tuple[Reason, str]:
    """Return the reason and the sentence for what the work raised; the log gets the traceback of what is a bug."""
    if isinstance(error, Stopped):
        return "stopped", "Stopped as asked."
    if isinstance(error, SpaceError):
        return "no_space", str(error)
    if isinstance(error, GlyphlabError):
        return ("diverged" if isinstance(error, Diverged) else "failed"), str(error)
    _log.error("The work failed:", exc_info=error)
    if is_disk_full(error):
        return "no_space", f"{_FULL} {space_remedy(error)}"
    if is_out_of_memory(error):
        return "out_of_memory", _MEMORY
    text = " ".join(str(error).split())[:300]
    return "failed", f"{type(error).__name__}: {text} (details in the log)"


def end_of_death(ending: Ending, *, overdue: bool) -> tuple[Reason, str]:
    """Return the reason and the sentence for a worker that left no exit file.

    Args:
        ending: how it ended.
        overdue: the runner ended it, since it did not stop in time.
    """
    code = ending.code
    if overdue:
        return "stopped", "It did not stop in time and was ended. Resume goes on from what it saved last."
    if ending.reason is not None:
        return ending.reason, ending.told
    if ending.lost:
        return (
            "killed",
            f"Its place was lost again and again without any progress. {ending.told} Resume tries again.",
        )
    if code is None:
        return "killed", f"It was ended from outside. {ending.told} Resume goes on from what it saved last."
    if code >= 0:
        return "failed", f"The process ended with exit code {code} and no result (details in the log)."
    name = signal.Signals(-code).name if -code in signal.valid_signals() else f"signal {-code}"
    if -code in _CRASHES:
        return "failed", f"The process crashed ({name}; details in the log)."
    if -code == signal.SIGKILL and ending.kernel_kills > 0:
        return "out_of_memory", _MEMORY
    return "killed", f"The process was killed from outside ({name}). Resume goes on from what it saved last."


def is_out_of_memory(error: BaseException) -> bool:
    """Say whether memory ran out: Python's own error, or the words of Keras, TensorFlow or JAX for a full device."""
    text = f"{type(error).__name__} {error}".lower()
    return isinstance(error, MemoryError) or any(word in text for word in _MEMORY_WORDS)


def write_exit(folder: Path, reason: Reason, message: str, code: int | None, seconds: float | None = None) -> None:
    """Write a job's exit file and the end of its log, unless there is an exit file: none is ever replaced.

    Without `seconds` the last heartbeat tells how long it worked. Of a job that was stopped for a reason, the reason
    is told instead of `message`.
    """
    path = folder / paths.EXIT
    if is_there(path):
        return
    with contextlib.suppress(OSError):
        (folder / paths.RESERVE).unlink(missing_ok=True)
    if seconds is None:
        beat = records.optional_record(folder / paths.HEARTBEAT, Heartbeat)
        seconds = beat.seconds if beat else 0.0
    if reason == "stopped":
        message = str(records.optional_object(folder / paths.STOP).get("why") or message)
    end = Exit(
        reason=reason,
        message=message,
        exit_code=code if code is not None and code >= 0 else None,
        signal=-code if code is not None and code < 0 else None,
        finished=datetime.now(UTC),
        seconds=seconds,
    )
    level = logging.INFO if reason in ("finished", "stopped") else logging.ERROR
    why = " ".join(message.split()) or "All of its work is done."
    _log.log(level, "%s after %s. %s", reason.replace("_", " ").capitalize(), duration(seconds), why)
    write_new(path, json_bytes(end.plain()))  # last: whoever sees it finds the whole log


def kernel_kills() -> int:
    """Return how many processes the kernel has killed since boot because memory ran out; 0 where it does not tell."""
    try:
        lines = Path("/proc/vmstat").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("oom_kill ")), 0)
