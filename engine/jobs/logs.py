"""The log of a job as a page may show it: the last lines, without terminal codes.

A log is untrusted text: pages show it as text only. This module interprets nothing in it.
"""

import os
import re
from pathlib import Path

from engine.jobs import paths

LARGEST = 20_000_000  # bytes of a log before its older part is dropped
_KEPT = 1_000_000
_DROPPED = "… earlier lines were dropped …\n"
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def tail_log(folder: Path, limit: int = 20_000) -> str:
    """Return the last whole lines of a job's log, at most `limit` bytes; a missing log is empty.

    Terminal codes, control and direction characters are taken out, and of a line that was redrawn in place (a
    progress bar) only the last drawing stays.
    """
    try:
        content = _tail(folder / paths.LOG, limit)
    except OSError:
        return ""
    text = _ESCAPES.sub("", content.decode("utf-8", "replace")).replace("\r\n", "\n")
    return "\n".join(_CONTROLS.sub("", line.rstrip("\r").rpartition("\r")[2]) for line in text.split("\n"))


def trim_log(folder: Path) -> None:
    """Drop the older part of a log over 20 MB; its writers append, so they go on undisturbed."""
    path = folder / paths.LOG
    if path.stat().st_size <= LARGEST:
        return
    kept = _tail(path, _KEPT)
    os.truncate(path, 0)
    with open(path, "ab") as file:
        file.write(_DROPPED.encode() + kept)


def _tail(path: Path, limit: int) -> bytes:
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with open(descriptor, "rb") as file:
        start = max(0, os.fstat(descriptor).st_size - limit)
        file.seek(start)
        content = file.read(limit)
    return content.partition(b"\n")[2] if start else content
