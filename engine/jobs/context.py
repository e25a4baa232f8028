"""What a job's work is handed: its folder, the request to stop, and the ways to report.

Everything is written below the job's folder. Reports for display never fail and never wait for the disk; events and
the summary are kept, so they may raise SpaceError. This module runs no work and ends no job (worker.py does).
"""

import contextlib
import os
import threading
import time
from pathlib import Path
from typing import Any, Self

from engine.errors import GlyphlabError
from engine.files import write_json
from engine.jobs import paths, records
from engine.jobs.events import EventWriter, finite, read_events, truncate_events
from engine.jobs.job import optional_object
from engine.jobs.rate import RateMeter
from engine.jobs.records import Heartbeat, Progress
from engine.workspace import Workspace

_BEAT = 1.0  # seconds
_WRITE_EVERY = 0.5  # seconds between two progress files
_LOOK_EVERY = 0.05  # seconds between two looks for a request to stop


class Stopped(Exception):
    """Raised by work that saw the request to stop and has saved what it needs to go on."""


class Diverged(GlyphlabError):
    """Raised by work whose numbers are no longer numbers."""


class JobContext:
    """The reporting side of one job, open for the length of a `with` block; methods may be called from any thread.

    Attributes:
        folder, workspace, id: where the job is.
        resuming: whether the work was begun before.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.workspace = Workspace(folder.parent.parent)
        self.id = folder.name
        past = records.optional_record(folder / paths.HEARTBEAT, Heartbeat)
        self.resuming = past is not None
        self._offset = max(past.seconds if past else 0.0, _last_second(folder / paths.EVENTS))
        self._began = time.monotonic()
        self._events: EventWriter | None = None
        self._summary = optional_object(folder / paths.SUMMARY)
        self._mutex = threading.RLock()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._beat_on, name="heartbeat", daemon=True)
        self._stop = False
        self._looked = self._written = float("-inf")
        self._pace = RateMeter()
        self._progress = Progress()
        self._pending = False

    def __enter__(self) -> Self:
        self._beat()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()
        self._beat()
        if self._events is not None:
            self._events.close()

    @property
    def seconds(self) -> float:
        """The seconds worked since the job first began, over all resumes, without the pauses."""
        return self._offset + time.monotonic() - self._began

    def stop_requested(self) -> bool:
        """Say whether the job should save and raise Stopped. Cheap enough to ask each step."""
        now = time.monotonic()
        if not self._stop and now - self._looked >= _LOOK_EVERY:
            self._looked = now
            self._stop = os.path.lexists(self.folder / paths.STOP)
        return self._stop

    def request_stop(self) -> None:
        """Make `stop_requested` true from now on; for the worker's signal handler."""
        self._stop = True

    def phase(self, text: str) -> None:
        """Say what begins now, in words; counts begin anew with the next `progress`."""
        with self._mutex:
            self._pace = RateMeter()
            self._progress = Progress(phase=text)
            self._write()

    def progress(self, done: float, total: float | None, unit: str, note: str = "") -> None:
        """Say how many of `total` units are done, at any frequency; at most two a second reach the disk."""
        now = time.monotonic()
        with self._mutex:
            self._pace.update(now, done, unit)
            self._progress = Progress(
                phase=self._progress.phase, done=done, total=total, unit=unit, note=note,
                rate=self._pace.rate(now), eta_seconds=self._pace.eta(now, total),
                boot_id=records.boot_id(), monotonic=self._pace.advanced, slowest_seconds=self._pace.slowest,
            )  # fmt: skip
            self._pending = True
            if now - self._written >= _WRITE_EVERY or done == total:
                self._write()

    def event(self, kind: str, step: int | None, **fields: Any) -> None:
        """Append one event; `seconds` is added to it. Raises SpaceError."""
        with self._mutex:
            if self._events is None:
                self._events = EventWriter(self.folder / paths.EVENTS)
            self._events.append({"kind": kind, "step": step, "seconds": round(self.seconds, 3), **fields})

    def truncate_events(self, step: int) -> None:
        """Drop the events of later steps, which a resumed job will write again."""
        with self._mutex:
            if self._events is not None:
                self._events.close()
                self._events = None
            truncate_events(self.folder / paths.EVENTS, step)

    def summary(self, **fields: Any) -> None:
        """Merge figures into the summary that lists show; NaN becomes null. Raises SpaceError."""
        with self._mutex:
            self._summary = {**self._summary, **finite(fields)}
            write_json(self.folder / paths.SUMMARY, self._summary)

    def _beat_on(self) -> None:
        while not self._ended.wait(_BEAT):
            self._beat()

    def _beat(self) -> None:
        beat = Heartbeat(boot_id=records.boot_id(), monotonic=time.monotonic(), seconds=self.seconds)
        with contextlib.suppress(OSError, GlyphlabError):
            write_json(self.folder / paths.HEARTBEAT, beat.plain(), durable=False)
        with self._mutex:
            if self._pending:
                self._write()

    def _write(self) -> None:
        self._written, self._pending = time.monotonic(), False
        with contextlib.suppress(OSError, GlyphlabError):
            write_json(self.folder / paths.PROGRESS, finite(self._progress.plain()), durable=False)


def _last_second(path: Path) -> float:
    events, _ = read_events(path)
    seconds = events[-1].get("seconds") if events else None
    return float(seconds) if isinstance(seconds, int | float) else 0.0
