"""The reporting side of a job, handed to its work: its folder, the request to stop, progress, events and summary.

Everything is written below the job's folder. Reports for display never fail and never wait for the disk; events and
the summary are kept, so they may raise SpaceError. Phases and the events that people follow go to the job's log, too.
This module runs no work and ends no job (worker.py does).
"""

import contextlib
import logging
import os
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from engine.errors import GlyphlabError
from engine.files import write_json
from engine.formatting import duration
from engine.jobs import paths, records
from engine.jobs.events import EventWriter, finite, read_events, truncate_events
from engine.jobs.logs import event_line
from engine.jobs.records import Heartbeat, Progress
from engine.workspace import Workspace

_log = logging.getLogger(__name__)

_HEARTBEAT_INTERVAL = 1.0  # seconds
_WRITE_INTERVAL = 0.5  # seconds between two progress files
_SHOW_INTERVAL = 0.2  # seconds between two reports of work that is no job
_STOP_CHECK_INTERVAL = 0.05  # seconds between two checks for a request to stop
_RATE_WINDOW = 30.0  # seconds
_RATE_SPACING = 0.25  # seconds between two remembered counts


class Stopped(Exception):
    """Raised by work that saw the request to stop and has saved what it needs to go on."""


class Diverged(GlyphlabError):
    """Raised by work whose numbers are no longer numbers."""


class RateMeter:
    """Units a second over the last half minute, and the time that the rest takes; reads no clock itself.

    A count that falls, or changes its unit, starts a new measurement.

    Attributes:
        advanced: when the count last grew, in seconds of the caller's clock.
        slowest: the longest time between two advances, in seconds.
    """

    def __init__(self) -> None:
        self._unit = ""
        self._marks: deque[tuple[float, float]] = deque()
        self._done = 0.0
        self.advanced = 0.0
        self.slowest = 0.0

    def update(self, now: float, done: float, unit: str) -> None:
        """Take in a count of `done` units at `now` seconds."""
        if not self._marks or unit != self._unit or done < self._done:
            self._unit, self._done, self.advanced, self.slowest = unit, done, now, 0.0
            self._marks = deque([(now, done)])
        elif done > self._done:
            self.slowest = max(self.slowest, now - self.advanced)
            self._done, self.advanced = done, now
        if now - self._marks[-1][0] >= _RATE_SPACING:
            self._marks.append((now, done))
        while len(self._marks) > 2 and now - self._marks[0][0] > _RATE_WINDOW:
            self._marks.popleft()

    def rate(self, now: float) -> float | None:
        """Return units a second; None before two counts that lie apart."""
        if not self._marks:
            return None
        start, first = self._marks[0]
        return (self._done - first) / (now - start) if now > start and self._done > first else None

    def eta(self, now: float, total: float | None) -> float | None:
        """Return the seconds that the rest of `total` units takes at this rate; None when that is unknown."""
        rate = self.rate(now)
        return None if rate is None or total is None else max(0.0, total - self._done) / rate


def metered(phase: str, show: Callable[[Progress], None]) -> Callable[[float, float | None, str], None]:
    """Return a function for work that is no job: told what is done, of how much, in which unit, it shows the progress.

    At most five reports a second are shown, and the last one.
    """
    meter, shown = RateMeter(), float("-inf")

    def report(done: float, total: float | None, unit: str) -> None:
        nonlocal shown
        now = time.monotonic()
        meter.update(now, done, unit)
        if now - shown >= _SHOW_INTERVAL or done == total:
            shown = now
            show(
                Progress(
                    phase=phase,
                    done=done,
                    total=total,
                    unit=unit,
                    rate=meter.rate(now),
                    eta_seconds=meter.eta(now, total),
                )
            )

    return report


class JobContext:
    """The reporting side of one job, open for the length of a `with` block; methods may be called from any thread.

    Args:
        folder: the job's folder.
        clock: returns monotonic seconds.

    Attributes:
        folder, workspace, id: the job's folder, workspace and id.
        resuming: whether the work was begun before.
    """

    def __init__(self, folder: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self.folder = folder
        self.workspace = Workspace(folder.parent.parent)
        self.id = folder.name
        earlier = records.optional_record(folder / paths.HEARTBEAT, Heartbeat)
        self.resuming = os.path.lexists(folder / paths.HEARTBEAT)
        self._offset = max(earlier.seconds if earlier else 0.0, _last_event_seconds(folder / paths.EVENTS))
        self._clock = clock
        self._start = clock()
        self._events: EventWriter | None = None
        self._summary = records.optional_object(folder / paths.SUMMARY)
        self._mutex = threading.RLock()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._heartbeat_loop, name="heartbeat", daemon=True)
        self._stop = False
        self._last_check = self._last_write = float("-inf")
        self._rate = RateMeter()
        self._progress = Progress()
        self._pending = False

    def __enter__(self) -> Self:
        _log.info(f"Resumed after {duration(self.seconds)} of work" if self.resuming else "Started")
        self._write_heartbeat()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()
        self._write_heartbeat()
        if self._events is not None:
            self._events.close()

    @property
    def seconds(self) -> float:
        """The seconds worked since the job first began, over all resumes, without the pauses."""
        return self._offset + self._clock() - self._start

    def stop_requested(self) -> bool:
        """Say whether the job should save and raise Stopped. Cheap enough to ask each step."""
        now = self._clock()
        if not self._stop and now - self._last_check >= _STOP_CHECK_INTERVAL:
            self._last_check = now
            self._stop = os.path.lexists(self.folder / paths.STOP)
        return self._stop

    def request_stop(self) -> None:
        """Make `stop_requested` true from now on; for the worker's signal handler."""
        self._stop = True

    def phase(self, text: str) -> None:
        """Report what begins now, in words; the next `progress` starts a new count."""
        _log.info("Phase: %s", text)
        with self._mutex:
            self._rate = RateMeter()
            self._progress = Progress(phase=text)
            self._write_progress()

    def progress(self, done: float, total: float | None, unit: str, note: str = "", *, awaited: bool = False) -> None:
        """Report how many of `total` units are done, at any frequency; at most two reports a second reach the disk.

        Where the units are `awaited`, other jobs or people do them: a count that rests says nothing of its own life.
        """
        now = self._clock()
        with self._mutex:
            self._rate.update(now, done, unit)
            alive = now if awaited else self._rate.advanced
            self._progress = Progress(
                phase=self._progress.phase,
                done=done,
                total=total,
                unit=unit,
                note=note,
                rate=self._rate.rate(now),
                eta_seconds=self._rate.eta(now, total),
                boot_id=records.boot_id(),
                monotonic=alive,
                time=time.time() - (now - alive),
                slowest_seconds=self._rate.slowest,
            )
            self._pending = True
            if now - self._last_write >= _WRITE_INTERVAL or done == total:
                self._write_progress()

    def advance(self, done: float, total: float | None, unit: str) -> None:
        """Report as `progress` does. Raises Stopped where the user asked, so what is done must be safe by then."""
        self.progress(done, total, unit)
        if self.stop_requested():
            raise Stopped

    def event(self, kind: str, step: int | None, **fields: Any) -> None:
        """Append an event with the job's `seconds`; the log has those that people read. Raises SpaceError."""
        with self._mutex:
            event = {"kind": kind, "step": step, "seconds": round(self.seconds, 3), **fields}
            if self._events is None:
                self._events = EventWriter(self.folder / paths.EVENTS)
            self._events.append(event)
        if line := event_line(event):
            _log.info(line)

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

    def _heartbeat_loop(self) -> None:
        while not self._ended.wait(_HEARTBEAT_INTERVAL):
            self._write_heartbeat()

    def _write_heartbeat(self) -> None:
        beat = Heartbeat(boot_id=records.boot_id(), monotonic=self._clock(), seconds=self.seconds, time=time.time())
        with contextlib.suppress(OSError, GlyphlabError):
            write_json(self.folder / paths.HEARTBEAT, beat.plain(), durable=False)
        with self._mutex:
            if self._pending:
                self._write_progress()

    def _write_progress(self) -> None:
        self._last_write, self._pending = self._clock(), False
        with contextlib.suppress(OSError, GlyphlabError):
            write_json(self.folder / paths.PROGRESS, finite(self._progress.plain()), durable=False)


def _last_event_seconds(path: Path) -> float:
    told = (event.get("seconds") for event in reversed(read_events(path)[0]))
    return next((float(seconds) for seconds in told if isinstance(seconds, int | float)), 0.0)
