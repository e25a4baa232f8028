"""The events of a job: append-only JSON lines with one writer and any number of readers.

A line is written by one call, so that a crash tears the last line at most; readers take whole lines only. Each has a
checksum (see `engine.files`); a line that is damaged is told as an event of the kind DAMAGED. This module knows no
other kinds of events and draws no charts.
"""

import errno
import json
import math
import os
from pathlib import Path
from typing import Any

from engine.files import has_seal, sealed, space_errors, unsealed, write_bytes
from engine.formatting import count
from engine.jobs import paths

DAMAGED = "damaged"
"""The kind of event that stands for a line that cannot be read any more; nothing else is known of it."""


class EventWriter:
    """The only writer of one events file; a torn last line of a former writer is cut off when it opens."""

    def __init__(self, path: Path) -> None:
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW
        self._path = path
        self._descriptor = os.open(path, flags, 0o600)
        content = path.read_bytes()
        whole = _complete_length(content)
        ends = _lost_its_end(content[whole:])
        os.ftruncate(self._descriptor, len(content) - 1 if ends else whole)
        if ends:
            os.write(self._descriptor, b"\n")

    def append(self, event: dict[str, Any]) -> None:
        """Append one event; numbers that JSON lacks (NaN, infinities) become null. Raises SpaceError."""
        line = _line(event)
        with space_errors(self._path.parent):
            written = os.write(self._descriptor, line)
            if written < len(line):  # the disk has room for a part of it
                os.ftruncate(self._descriptor, os.fstat(self._descriptor).st_size - written)
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def close(self) -> None:
        """Close the file; the writer is of no use afterwards."""
        os.close(self._descriptor)


def read_events(path: Path, offset: int = 0) -> tuple[list[dict[str, Any]], int]:
    """Return the events from a byte offset on, and the offset from which to read on later.

    Whole lines only; in place of one that is no JSON object or does not fit its checksum there is an event of the kind
    DAMAGED. A missing file has no events. A resumed job drops the events of the steps that it will do again: when the
    file became shorter than `offset`, it is read from its start, the returned offset is below the given one, and the
    caller must forget the events that it has. Where a (kind, step) comes twice, for the same `dataset` if events of
    the kind name one, the later one holds.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return [], 0
    with open(descriptor, "rb") as file:
        size = os.fstat(descriptor).st_size
        start = offset if 0 <= offset <= size else 0
        file.seek(start)
        content = file.read(size - start)
    whole = _complete_length(content)
    events = [_parse(line) for line in content[:whole].split(b"\n") if line]
    if _lost_its_end(content[whole:]):
        events.append(_parse(content[whole:-1]))
        whole = len(content)
    return events, start + whole


def truncate_events(path: Path, step: int) -> None:
    """Drop the events of steps after `step`, and a torn tail; to be called while no writer has the file open."""
    events, _ = read_events(path)
    first = next((place for place, event in enumerate(events) if _after(event, step)), len(events))
    kept = events[:first] + [event for event in events[first:] if not _after(event, step) and not _is_damaged(event)]
    write_bytes(path, b"".join(map(_line, kept)))


def damage(lines: int) -> str:
    """Return the sentence for so many damaged lines."""
    return f"{count(lines, 'lines')} of {paths.EVENTS} cannot be read, as the disk damaged them: left out."


def finite(value: Any) -> Any:
    """Return a value as JSON can hold it: numpy numbers as Python's, NaN and infinities as None."""
    if isinstance(value, dict):
        return {str(key): finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [finite(item) for item in value]
    if hasattr(value, "item") and getattr(value, "ndim", 0) == 0:
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _complete_length(content: bytes) -> int:
    """Return the length of `content` up to its last line break."""
    return content.rfind(b"\n") + 1


def _line(event: dict[str, Any]) -> bytes:
    return sealed(json.dumps(finite(event), allow_nan=False)) + b"\n"


def _parse(line: bytes) -> dict[str, Any]:
    try:
        value = unsealed(line)
    except ValueError:
        value = None
    return value if isinstance(value, dict) else {"kind": DAMAGED, "step": None}


def _lost_its_end(tail: bytes) -> bool:
    """Say whether the bytes after the last line break are a whole line whose own line break was damaged."""
    return has_seal(tail[:-1])


def _is_damaged(event: dict[str, Any]) -> bool:
    return event.get("kind") == DAMAGED


def _after(event: dict[str, Any], step: int) -> bool:
    own = event.get("step")
    return isinstance(own, int | float) and own > step
