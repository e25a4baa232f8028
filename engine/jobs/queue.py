"""Waiting of a job for its inputs (the jobs whose results it needs), then for its turn on its device.

There is no scheduler: whoever holds the kernel lock of a device has it, the kernel frees it at any death, and among
those that wait the oldest goes first, unless a user put another one before it. Trials go last, and are asked to stop
when another job waits for their device. This module starts nothing.
"""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from engine.config.base import Config
from engine.errors import GlyphlabError, JobError
from engine.files import write_json
from engine.jobs import locks, paths, records
from engine.jobs.context import Stopped
from engine.jobs.control import pending_needs, stop
from engine.jobs.devices import overlap, single_devices
from engine.jobs.job import Job, find_live
from engine.jobs.kinds import KINDS, Kind
from engine.jobs.mounts import is_shared
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
        report(f"for {_called(pending[0])}")


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
    """Return the jobs that wait for a device of this machine, the next one first."""
    here = (job for job in find_live(workspace) if not job.elsewhere)
    return sorted((job for job in here if _in_line(workspace, job)), key=_turn)


def move(workspace: Workspace, id: str, places: int) -> None:
    """Put a waiting job so many places later (earlier if negative) among those that wait for the same device.

    Trials go last whatever their turn, so that a trial moves among trials and any other job among the others.

    Raises:
        JobError: it does not wait for a device any more.
    """
    waiting = queued(workspace)
    job = next((job for job in waiting if job.id == id), None)
    if job is None:
        raise JobError("This job waits no longer: it has started or was stopped. Only waiting ones can be moved.")
    others = [
        other
        for other in waiting
        if overlap(other.device, job.device) and KINDS[other.kind].keeps == KINDS[job.kind].keeps and other.id != id
    ]
    if not others:
        return
    now = sum(_turn(other) < _turn(job) for other in others)
    place = max(0, min(len(others), now + places))
    turns = [turn for _, turn, _ in map(_turn, others)]
    before = turns[place - 1] if place else turns[0] - _GAP
    after = turns[place] if place < len(others) else turns[-1] + _GAP
    write_json(job.folder / paths.TURN, Turn(turn=(before + after) / 2).plain())


def _wait_for_device(
    workspace: Workspace, id: str, device: str, report: Report, stop_requested: StopRequested, yields: bool
) -> int:
    """Wait for one device.

    A job that holds another device already does not yield to those ahead, or two could wait for each other.
    """
    path = _device_lock(workspace, device)
    for _ in _polls(stop_requested):
        lock = locks.take(path)
        live = [job for job in find_live(workspace) if overlap(job.device, device) and not job.elsewhere]
        me = next((job for job in live if job.id == id), None)
        mine = _turn(me) if me else (False, 0.0, id)
        line = [job for job in sorted(live, key=_turn) if _turn(job) < mine and _in_line(workspace, job)]
        ahead = line if yields else []
        if lock is not None and not ahead:
            return lock
        if lock is not None:
            os.close(lock)
        at_work = [job for job in live if _is_working(job)]
        if me and KINDS[me.kind].keeps:
            _send_trials_away(workspace, at_work, me)
        report(_queue_note(at_work + ahead, device))
    raise Stopped


def _device_lock(workspace: Workspace, device: str) -> Path:
    """Return the lock file of a device: on storage that machines share, each has its own devices."""
    machine = f"{records.boot_id()}-" if is_shared(workspace.root) else ""
    return workspace.devices / f"{machine}{device.replace(':', '-')}.lock"


def _polls(stop_requested: StopRequested) -> Iterator[None]:
    """Yield four times a second until the job is asked to stop. Raises Stopped then."""
    while True:
        yield
        deadline = time.monotonic() + _POLL
        while time.monotonic() < deadline:
            if stop_requested():
                raise Stopped
            time.sleep(_STOP_CHECK_INTERVAL)


def _send_trials_away(workspace: Workspace, jobs: list[Job], waiting: Job) -> None:
    for job in jobs:
        if not KINDS[job.kind].keeps and job.state is not State.stopping:
            stop(workspace, job.collection, job.id, f"It gave way to {_called(waiting)}.")


def _turn(job: Job) -> tuple[bool, float, str]:
    """Return the sort key of a waiting job: trials last, the turn a user gave it or its creation (s since 1970), id."""
    given = records.optional_record(job.folder / paths.TURN, Turn)
    return (not KINDS[job.kind].keeps, given.turn if given else job.created.timestamp(), job.id)


def _is_working(job: Job) -> bool:
    return job.state not in (State.waiting, State.starting)


def _in_line(workspace: Workspace, job: Job) -> bool:
    """Say whether a job waits for its device, or is about to: it starts, or all that it waited for is finished."""
    process = records.optional_record(job.folder / paths.PROCESS, ProcessRecord)
    if process is None:  # started a moment ago: jobs that are started together keep their order
        return job.state is State.starting and job.device is not None
    if job.state is not State.waiting or process.queue is None or job.device is None:
        return False
    return process.queue == "device" or (process.queue == "inputs" and not _unfinished(workspace, job))


def _unfinished(workspace: Workspace, job: Job) -> bool:
    """Say whether a job waits for its inputs, or is about to fail for want of them."""
    kind = KINDS[job.kind]
    try:
        return bool(pending_needs(workspace, kind, kind.config.parse(job.config)))
    except GlyphlabError:
        return True


def _called(job: Job) -> str:
    return f"{KINDS[job.kind].noun} {job.name!r}"


def _queue_note(ahead: list[Job], device: str) -> str:
    if not ahead:
        return f"for {device} to be free"
    return f"for {_called(ahead[0])}" + (f" and {len(ahead) - 1} more" if len(ahead) > 1 else "")
