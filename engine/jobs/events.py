"""The events of a job: append-only JSON lines with one writer and any number of readers.

A line is written by one call, so that a crash tears the last line at most; readers take whole lines only. This module
knows no kinds of events and draws no charts.
"""

import json
import math
import os
from pathlib import Path
from typing import Any

from pydantic_core import from_json

from engine.files import space_errors, write_bytes


class EventWriter:
    """The only writer of one events file; a torn last line of a former writer is cut off when it opens."""

    def __init__(self, path: Path) -> None:
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW
        self._path = path
        self._descriptor = os.open(path, flags, 0o600)
        os.ftruncate(self._descriptor, _complete_length(path.read_bytes()))

    def append(self, event: dict[str, Any]) -> None:
        """Append one event; numbers that JSON lacks (NaN, infinities) become null. Raises SpaceError."""
        line = json.dumps(finite(event), allow_nan=False) + "\n"
        with space_errors(self._path.parent):
            os.write(self._descriptor, line.encode())

    def close(self) -> None:
        """Close the file; the writer is of no use afterwards."""
        os.close(self._descriptor)


def read_events(path: Path, offset: int = 0) -> tuple[list[dict[str, Any]], int]:
    """Return the events from a byte offset on, and the offset from which to read on later.

    Whole lines only; lines that are no JSON object are skipped, and a missing file has no events. A resumed job drops
    the events of the steps that it will do again: when the file became shorter than `offset`, it is read from its
    start, the returned offset is below the given one, and the caller must forget the events that it has. Where a
    (kind, step) comes twice, for the same `dataset` if events of the kind name one, the later one holds.
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
    events = (_parse(line) for line in content[:whole].split(b"\n"))
    return [event for event in events if event is not None], start + whole


def truncate_events(path: Path, step: int) -> None:
    """Drop the events of steps after `step`, and a torn tail; to be called while no writer has the file open."""
    events, _ = read_events(path)
    kept = [event for event in events if not _after(event, step)]
    lines = (json.dumps(event) + "\n" for event in kept)
    write_bytes(path, "".join(lines).encode())


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


def _parse(line: bytes) -> dict[str, Any] | None:
    try:
        value = from_json(line)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _after(event: dict[str, Any], step: int) -> bool:
    own = event.get("step")
    return isinstance(own, int | float) and own > step
