"""Waiting of a job for its inputs (the jobs whose results it needs), then for its turn on its device.

There is no scheduler: whoever holds the kernel lock of a device has it, the kernel frees it at any death, and among
those that wait the oldest goes first, unless a user put another one before it. This module starts nothing.
"""

import os
import time
from collections.abc import Callable, Iterator

from engine.config.base import Config
from engine.errors import JobError
from engine.files import write_json
from engine.jobs import locks, paths, records
from engine.jobs.context import Stopped
from engine.jobs.control import pending_needs
from engine.jobs.devices import overlap, single_devices
from engine.jobs.job import Job, find_live
from engine.jobs.kinds import KINDS, Kind
from engine.jobs.records import ProcessRecord, Turn
from engine.jobs.states import State
from engine.workspace import Workspace

_POLL = 0.25  # seconds
_GAP = 1.0  # seconds by which a job is put before the first or behind the last
_STOP_CHECK_INTERVAL = 0.05  # seconds between two checks for a request to stop

Report = Callable[[str], None]
StopRequested = Callable[[], bool]


def wait_for_inputs(
    workspace: Workspace, kind: Kind, config: Config, report: Report, stop_requested: StopRequested
) -> None:
    """Wait until all jobs that a config needs have finished.

    `report` is called with a description of what is waited for. `stop_requested` returns True once the job was asked
    to stop.

    Raises:
        JobError: one of them is missing or has failed.
        Stopped: the job was asked to stop.
    """
    for _ in _polls(stop_requested):
        pending = pending_needs(workspace, kind, config)
        if not pending:
            return
        report(f"for {KINDS[pending[0].kind].noun} {pending[0].name!r} to be finished")


def wait_for_devices(
    workspace: Workspace, id: str, device: str, report: Report, stop_requested: StopRequested
) -> list[int]:
    """Wait for the turn of job `id` on each device that its id stands for.

    All take them in the same order, so that no two wait for each other.

    Returns:
        the descriptors that hold them.

    Raises:
        Stopped: the job was asked to stop; what it held is free again when its runner ends.
    """
    held: list[int] = []
    for each in single_devices(device):
        held.append(_wait_for_device(workspace, id, each, report, stop_requested, yields=not held))
    return held


def queued(workspace: Workspace) -> list[Job]:
    """Return the jobs that wait for a device, the next one first."""
    return sorted(filter(_waits_for_device, find_live(workspace)), key=_turn)


def move(workspace: Workspace, id: str, places: int) -> None:
    """Put a waiting job so many places later (earlier if negative) among those that wait for the same device.

    Raises:
        JobError: it does not wait for a device any more.
    """
    waiting = queued(workspace)
    job = next((job for job in waiting if job.id == id), None)
    if job is None:
        raise JobError("This job waits no longer: it has started or was stopped. Only waiting ones can be moved.")
    others = [other for other in waiting if overlap(other.device, job.device) and other.id != id]
    if not others:
        return
    now = sum(_turn(other) < _turn(job) for other in others)
    place = max(0, min(len(others), now + places))
    before = _turn(others[place - 1])[0] if place else _turn(others[0])[0] - _GAP
    after = _turn(others[place])[0] if place < len(others) else _turn(others[-1])[0] + _GAP
    write_json(job.folder / paths.TURN, Turn(turn=(before + after) / 2).plain())


def _wait_for_device(
    workspace: Workspace, id: str, device: str, report: Report, stop_requested: StopRequested, yields: bool
) -> int:
    """Wait for one device.

    A job that holds another device already does not yield to those ahead, or two could wait for each other.
    """
    path = workspace.devices / f"{device.replace(':', '-')}.lock"
    for _ in _polls(stop_requested):
        lock = locks.take(path)
        live = [job for job in find_live(workspace) if overlap(job.device, device)]
        mine = next((_turn(job) for job in live if job.id == id), (0.0, id))
        ahead = (
            [job for job in sorted(live, key=_turn) if _waits_for_device(job) and _turn(job) < mine] if yields else []
        )
        if lock is not None and not ahead:
            return lock
        if lock is not None:
            os.close(lock)
        report(_queue_note([job for job in live if _is_working(job)] + ahead, device))
    raise Stopped


def _polls(stop_requested: StopRequested) -> Iterator[None]:
    """Yield four times a second until the job is asked to stop. Raises Stopped then."""
    while True:
        yield
        deadline = time.monotonic() + _POLL
        while time.monotonic() < deadline:
            if stop_requested():
                raise Stopped
            time.sleep(_STOP_CHECK_INTERVAL)


def _turn(job: Job) -> tuple[float, str]:
    """Return the sort key of a waiting job: the turn a user gave it, else its creation (s since 1970), and its id."""
    given = records.optional_record(job.folder / paths.TURN, Turn)
    return (given.turn if given else job.created.timestamp(), job.id)


def _is_working(job: Job) -> bool:
    return job.state not in (State.waiting, State.starting)


def _waits_for_device(job: Job) -> bool:
    if job.state is not State.waiting:
        return False
    process = records.optional_record(job.folder / paths.PROCESS, ProcessRecord)
    return process is not None and process.queue == "device"


def _queue_note(ahead: list[Job], device: str) -> str:
    if not ahead:
        return f"for {device} to be free"
    first = f"{KINDS[ahead[0].kind].noun} {ahead[0].name!r}"
    return f"behind {first}" if len(ahead) == 1 else f"behind {first} and {len(ahead) - 1} more"
