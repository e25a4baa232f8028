"""Jobs as readers see them: one folder read into one value, whatever its condition.

A broken folder becomes a job in the state "unreadable" with the reason; it never breaks a list. Nothing here writes,
signals or trusts a name: folders are found by id, and links are passed over.
"""

import contextlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from ulid import ULID

from engine.errors import JobError
from engine.jobs import locks, paths, records
from engine.jobs.kinds import kind_of
from engine.jobs.mounts import is_shared
from engine.jobs.records import Exit, Heartbeat, JobRecord, Notes, ProcessRecord, Progress
from engine.jobs.states import Evidence, State, derive_state, last_step_age
from engine.labels import label
from engine.workspace import COLLECTIONS, Collection, Workspace, is_id

T = TypeVar("T")

_TRIES = 5  # to read a folder that is erased and restored while it is read
_BEAT_SECONDS = 60.0  # that a heartbeat of another machine may be old: caches of network storage, clocks that differ
_DAMAGED_END = "Remove it and resume: what is there is checked, and the job ends again."
_DAMAGED = "Delete it, or put the file back from a copy."


@dataclass(frozen=True)
class Job:
    """One job at the time of reading. Its dictionaries are shared between readers: do not change them.

    Attributes:
        id, kind, name, created, device: as launched; `name` is a label that users typed, then or later.
        notes: the name, tags and note that users gave it.
        config: the plain config; parse it with the kind's class before use.
        state, message: its current state, and the sentence it ended with (the reason, for an unreadable one), with
            what cannot be shown because its file is damaged.
        progress: its last report of progress; None before the first.
        summary: the small figures that lists show.
        folder, collection: its place in the workspace.
        seconds: working time over all resumes; pauses and queueing do not count.
        heartbeat_age: seconds since its worker's last sign of life, None without one.
        last_step_age: seconds since it last counted a step, None in phases that count none.
        number: 1-based sequence number within the collection, None for one of an older version.
        group: the same word for jobs that were started together, to be compared; None for one that was started alone.
        node: the name of the machine on which its worker is; empty without one.
        elsewhere: True of a live one whose processes are on another machine, which shares the workspace.
    """

    id: str
    kind: str
    name: str
    created: datetime
    device: str | None
    config: dict[str, Any]
    state: State
    message: str
    progress: Progress | None
    summary: dict[str, Any]
    folder: Path
    collection: Collection
    seconds: float = 0.0
    heartbeat_age: float | None = None
    last_step_age: float | None = None
    number: int | None = None
    group: str | None = None
    elsewhere: bool = False
    notes: Notes = field(default_factory=Notes)
    node: str = ""


@dataclass
class _Cache:
    """The ended jobs of one collection by id, each with the signature of its folder when it was read."""

    jobs: dict[str, tuple[tuple[int, ...], Job]] = field(default_factory=dict)


_caches: dict[Path, _Cache] = {}


def load_job(workspace: Workspace, collection: Collection, id: str) -> Job:
    """Read one job. Raises JobError when there is none of that id; a damaged one is returned as unreadable."""
    folder = workspace.folder(collection, id)
    if not folder.is_dir():
        noun = kind_of(collection).noun
        raise JobError(f"There is no {noun} {id!r} here; it may have been deleted. Pick one from the list.")
    return read_job(folder)


def list_jobs(workspace: Workspace, collection: Collection) -> list[Job]:
    """Return all jobs of a collection, newest first. Ended ones are read once and kept until their folder changes."""
    parent = workspace.collection(collection)
    before = _caches.get(parent, _Cache()).jobs
    after: dict[str, tuple[tuple[int, ...], Job]] = {}
    jobs = []
    for name in sorted(_folders(parent), reverse=True):
        job = _cached_job(parent / name, before.get(name), after)
        if job is not None:
            jobs.append(job)
    _caches[parent] = _Cache(after)
    return jobs


def find_live(workspace: Workspace) -> list[Job]:
    """Return the live jobs of all collections, oldest first."""
    jobs = (job for collection in COLLECTIONS for job in list_jobs(workspace, collection))
    return sorted((job for job in jobs if job.state.live), key=lambda job: job.id)


def read_job(folder: Path) -> Job:
    """Read a job's folder, whatever its condition."""
    try:
        with _opened(folder) as descriptor:
            return _read_open(folder, descriptor)
    except OSError:
        return _unreadable(folder, f"{paths.JOB} is missing")


@contextlib.contextmanager
def _opened(folder: Path) -> Iterator[int]:
    """Open a folder for as long as it is read. Raises OSError when it is no folder, or is gone."""
    descriptor = os.open(folder, os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _read_open(folder: Path, descriptor: int) -> Job:
    """Read the job of an open folder: all its files come from this very folder, wherever others move it meanwhile."""
    place = Path(f"/proc/self/fd/{descriptor}")
    try:
        record = records.read_record(place / paths.JOB, JobRecord)
        config = records.read_object(place / paths.CONFIG)
        if record.id != folder.name:
            raise ValueError(f"{paths.JOB}: the id inside is not the folder's name")
        return _read_valid(folder, place, record, config)
    except FileNotFoundError as error:
        return _unreadable(folder, f"{Path(error.filename).name} is missing")
    except (OSError, ValueError) as error:
        return _unreadable(folder, str(error))


def _read_valid(folder: Path, place: Path, record: JobRecord, config: dict[str, Any]) -> Job:
    # before the exit file: whoever writes that still holds the lock
    locked = locks.is_held(place / paths.LOCK) or locks.is_held(place / paths.WORKER_LOCK)
    exit_path = place / paths.EXIT
    end = records.read_record(exit_path, Exit) if os.path.lexists(exit_path) else None
    progress = records.optional_record(place / paths.PROGRESS, Progress)
    heartbeat = process = None
    if end is None:  # else they add nothing, and a list of thousands is read in half the time
        heartbeat = records.optional_record(place / paths.HEARTBEAT, Heartbeat)
        process = records.optional_record(place / paths.PROCESS, ProcessRecord)
    stop = os.path.lexists(place / paths.STOP)
    runner_alive, worker_alive = _alive(process)
    beat_age = records.age(heartbeat) if heartbeat else None
    beats = _beats_elsewhere(folder, heartbeat, beat_age)
    evidence = Evidence(locked, end, stop, process, heartbeat, progress, runner_alive, worker_alive, beats)
    state = derive_state(evidence)
    faults: list[str] = []
    summary = _sound({}, lambda: records.read_object(place / paths.SUMMARY), "Its figures", faults)
    notes = _sound(Notes(), lambda: records.read_record(place / paths.NOTES, Notes), "Its name, tags and note", faults)
    return Job(
        **{key: getattr(record, key) for key in ("id", "kind", "created", "device", "number", "group")},
        name=label(notes.name or record.name),  # a folder that was copied here may say anything
        config=config,
        state=state,
        message=" ".join([*([end.message] if end and end.message else []), *faults]),
        progress=progress,
        summary=summary,
        folder=folder,
        collection=_collection(folder),
        seconds=_seconds(state, end, heartbeat, beat_age),
        heartbeat_age=beat_age,
        last_step_age=last_step_age(progress) if state.live else None,
        elsewhere=state.live and process is not None and process.boot_id != records.boot_id(),
        notes=notes,
        node=process.node if process and process.worker else "",
    )


def _alive(process: ProcessRecord | None) -> tuple[bool, bool]:
    """Return whether the runner and the worker that signed in are there."""
    if process is None:
        return False, False
    worker_boot = process.worker_boot_id or process.boot_id
    return records.is_alive(process.runner, process.boot_id), records.is_alive(process.worker, worker_boot)


def _beats_elsewhere(folder: Path, heartbeat: Heartbeat | None, age: float | None) -> bool:
    """Say whether a worker of another machine, on storage that is shared with it, gave a sign of life just now."""
    elsewhere = heartbeat is not None and heartbeat.boot_id != records.boot_id()
    return elsewhere and age is not None and age < _BEAT_SECONDS and is_shared(folder.parent)


def _sound(missing: T, read: Callable[[], T], what: str, faults: list[str]) -> T:
    """Return what `read` reads, `missing` without the file; of a damaged one, also tell in `faults` what is lost."""
    try:
        return read()
    except FileNotFoundError:
        return missing
    except (OSError, ValueError) as error:
        faults.append(f"{what} cannot be shown: {error}.")
        return missing


def _seconds(state: State, end: Exit | None, heartbeat: Heartbeat | None, beat_age: float | None) -> float:
    if end is not None:
        return end.seconds
    if heartbeat is None:
        return 0.0
    works = state in (State.running, State.stopping, State.stalled)
    return heartbeat.seconds + (beat_age or 0.0 if works else 0.0)


def _unreadable(folder: Path, why: str) -> Job:
    collection = _collection(folder)
    return Job(
        id=folder.name,
        kind=kind_of(collection).name,
        name=folder.name,
        created=datetime.fromtimestamp(_creation_time(folder.name), UTC),
        device=None,
        config={},
        state=State.unreadable,
        message=f"This folder cannot be read: {why}. {_DAMAGED_END if why.startswith(paths.EXIT) else _DAMAGED}",
        progress=None,
        summary={},
        folder=folder,
        collection=collection,
    )


def _creation_time(id: str) -> float:
    """Return the seconds since 1970 that an id was drawn at; 0 for one that no clock could have drawn."""
    try:
        seconds = ULID.from_str(id.upper()).timestamp
    except ValueError:
        return 0.0
    return seconds if seconds < 2**32 else 0.0


def _cached_job(
    folder: Path, known: tuple[tuple[int, ...], Job] | None, keep: dict[str, tuple[tuple[int, ...], Job]]
) -> Job | None:
    """Return the job of a folder, from memory if it ended and nothing changed; None if the folder just vanished."""
    try:
        signature = _signature(folder)
    except OSError:
        return None
    job = known[1] if known and known[0] == signature else _read_settled(folder)
    if job is None:
        return None
    if not job.state.live and job.state is not State.lost:
        keep[folder.name] = (signature, job)
    return job


def _read_settled(folder: Path) -> Job | None:
    """Read a job whose folder others may move, or erase, meanwhile; None where it is gone."""
    job = None
    for _ in range(_TRIES):
        try:
            with _opened(folder) as descriptor:
                job = _read_open(folder, descriptor)
                whole = job.state not in (State.unreadable, State.lost)
                if whole or os.path.samestat(os.fstat(descriptor), os.stat(folder, follow_symlinks=False)):
                    return job
        except OSError:
            return None
    return job


def _signature(folder: Path) -> tuple[int, ...]:
    """Return numbers that change when a file of the folder is replaced, made or removed, or one of two changes:

    the exit file and the notes, which may be written again within one tick of the folder's own clock.
    """
    own = os.stat(folder, follow_symlinks=False)
    signature = [own.st_ino, own.st_mtime_ns]
    for name in (paths.EXIT, paths.NOTES):
        with contextlib.suppress(FileNotFoundError):
            file = os.stat(f"{folder}/{name}", follow_symlinks=False)
            signature += [file.st_ino, file.st_mtime_ns, file.st_size]
    return tuple(signature)


def _folders(parent: Path) -> list[str]:
    with os.scandir(parent) as entries:
        return [entry.name for entry in entries if is_id(entry.name) and entry.is_dir(follow_symlinks=False)]


def _collection(folder: Path) -> Collection:
    parent = folder.parent.name
    return next(name for name in COLLECTIONS if name == parent)
