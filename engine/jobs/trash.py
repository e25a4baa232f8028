"""Deleting with undo: a deleted job lies in the trash for a day, whole, and can be restored.

The trash is a workspace of its own below the workspace, so that its jobs are listed as all others are. It takes disk
until it is emptied. This module stops no job: a live one is refused. What a lost one has in Slurm's queue is cancelled.
"""

import contextlib
import errno
import math
import os
import shutil
import time
import uuid
from pathlib import Path

from engine.errors import JobError
from engine.jobs.control import gone, needs_of, take_ended
from engine.jobs.job import Job, find_live, list_jobs, load_job
from engine.jobs.kinds import kind_of
from engine.jobs.launchers.slurm_commands import cancel_submitted
from engine.jobs.states import State
from engine.workspace import COLLECTIONS, Collection, Workspace

RETENTION = 24 * 3600.0  # seconds in the trash


def trash(workspace: Workspace, collection: Collection, id: str) -> None:
    """Put a job's folder into the trash, and delete for good what has lain there for a day.

    Raises:
        JobError: the job is live, or a live job needs its result.
    """
    job = load_job(workspace, collection, id)
    for other in find_live(workspace):
        if (collection, id) in needs_of(other) or (collection == "runs" and id in _runs_of(other)):
            raise JobError(f"{other.name!r} needs {job.name!r} and is {other.state.words}. Stop it first.")
    place = Workspace(workspace.trash).folder(collection, id)
    lock = take_ended(job)
    try:
        if job.state is State.lost:
            cancel_submitted(job.folder)
        _erase(workspace, place)  # an older copy of the same job
        os.utime(job.folder)  # the time of deletion; before the move, lest another empties the trash between the two
        os.rename(job.folder, place)
    except FileNotFoundError:  # another took it away, or put it back, meanwhile
        raise gone(job) from None
    finally:
        os.close(lock)
    _expire(workspace)


def trashed(workspace: Workspace, collection: Collection) -> list[Job]:
    """Return the jobs of a collection that lie in the trash, the last deleted first."""
    if not (workspace.trash / collection).is_dir():
        return []
    jobs = list_jobs(Workspace(workspace.trash), collection)
    return sorted(jobs, key=lambda job: _deleted(job.folder), reverse=True)


def restore(workspace: Workspace, collection: Collection, id: str) -> None:
    """Put a deleted job back to where it was.

    Raises:
        JobError: it is not in the trash (any more), or a job of its id is there again.
    """
    place, home = Workspace(workspace.trash).folder(collection, id), workspace.folder(collection, id)
    if not place.is_dir():
        noun = kind_of(collection).noun
        raise JobError(f"The {noun} {id!r} is not in the trash: it is kept for a day. Restore it from a copy.")
    if home.exists():
        raise JobError(f"There is a {kind_of(collection).noun} {id!r} already. Delete that one first.")
    try:
        os.rename(place, home)
    except OSError as error:
        if error.errno not in (errno.ENOENT, errno.ENOTEMPTY, errno.EEXIST):
            raise
        raise JobError(f"The {kind_of(collection).noun} {id!r} was restored or deleted meanwhile.") from None


def erase(workspace: Workspace, collection: Collection, id: str) -> None:
    """Delete for good one job that lies in the trash. Harmless when it does not."""
    _erase(workspace, Workspace(workspace.trash).folder(collection, id))


def _runs_of(job: Job) -> set[str]:
    """Return the ids of the runs whose networks a job, or a run of a sweep, reads when it comes to them."""
    run = job.config.get("run")  # an id, or the settings of a sweep's runs
    settings = [job.config, run] if isinstance(run, dict) else [job.config]
    named = (each.get(name) for each in settings for name in ("start_from", "run", "locator"))
    return {id for id in named if isinstance(id, str)}  # the locator of a run is the settings of its network


def _expire(workspace: Workspace) -> None:
    """Delete for good what has lain in the trash for a day, and what interrupted deletions left."""
    for entry in list(workspace.trash.iterdir()):
        if entry.name not in COLLECTIONS:
            shutil.rmtree(entry, ignore_errors=True)
            continue
        for folder in list(entry.iterdir()):
            if _deleted(folder) <= time.time() - RETENTION:
                _erase(workspace, folder)


def _erase(workspace: Workspace, folder: Path) -> None:
    """Delete a folder of the trash; if interrupted, it leaves nothing that would be listed as a job."""
    if not folder.exists():
        return
    temporary = workspace.trash / f".{uuid.uuid4().hex}.tmp"
    with contextlib.suppress(FileNotFoundError):  # restored or erased meanwhile
        os.rename(folder, temporary)
    shutil.rmtree(temporary, ignore_errors=True)


def _deleted(folder: Path) -> float:
    """Return the time (s since 1970) at which a folder came into the trash; infinity for one that has left it."""
    try:
        return folder.stat().st_mtime
    except OSError:
        return math.inf
