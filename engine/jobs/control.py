"""Launch, resume and stop jobs: what a page or a command may do to one. Deleting them is in trash.py.

Nothing here signals a process by its number: a job is asked to stop by a file, and is known to live by its lock. What
users type travels in config.json and job.json only; the arguments of every child are fixed. No handle is kept.
"""

import contextlib
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from engine.config.base import Config
from engine.config.launchers import LOCAL
from engine.errors import JobError, SpaceError
from engine.files import new_folder, space_errors, write_bytes, write_json
from engine.jobs import locks, paths
from engine.jobs.devices import available_devices, single_devices
from engine.jobs.job import Job, list_jobs, load_job
from engine.jobs.kinds import KINDS, Kind
from engine.jobs.launchers import check_launcher
from engine.jobs.launchers.slurm_commands import cancel_submitted
from engine.jobs.records import JobRecord
from engine.jobs.states import State
from engine.labels import label
from engine.processes import bytecode_variables
from engine.workspace import Collection, Workspace, new_id
from glyphlab_read.processes import import_path

_ROOT = Path(__file__).parent.parent.parent
_DETACH = Path(__file__).with_name("detach.py")
_LEFT_SECONDS = 600.0  # age of a launch that was never finished
_LOCK_TIMEOUT = 5.0  # seconds that an ended job's processes have to let go of its lock
_RESERVE_BYTES = 1 << 16  # for the first and the last files of a job, whatever else fills the disk
_ENVIRONMENT = re.compile(
    r"PATH|HOME|USER|LANG|LC_\w+|TZ|TMPDIR|LD_LIBRARY_PATH|XDG_CACHE_HOME|(CUDA|NVIDIA|TF|XLA|JAX|KERAS|OMP|ONEDNN)_\w+"
    r"|GLYPHLAB_(?!TOKEN)\w+"
    r"|SLURM_CONF|RAY_AUTH_MODE|RAY_AUTH_TOKEN_PATH|RAY_USE_TLS|RAY_TLS_\w+"  # how clusters are reached
    # what people set so that libraries call nobody
    r"|ORT_DISABLE_TELEMETRY|DO_NOT_TRACK|(HF_HUB|HF_DATASETS|TRANSFORMERS)_OFFLINE|HF_HUB_DISABLE_TELEMETRY"
)


def launch(
    workspace: Workspace,
    kind: str,
    config: Config,
    *,
    name: str = "",
    nonce: str | None = None,
    group: str | None = None,
) -> str:
    """Start a job and return its id, at once: the job may still wait for its data or its device.

    Args:
        workspace: where its folder is made.
        kind: one of KINDS.
        config: of that kind's class.
        name: a label, cut to 80 characters and freed of control characters; empty: "run 3".
        nonce: drawn when a form is shown; the same nonce twice starts one job and returns its id twice.
        group: the same word for jobs that belong together, to be compared.

    Raises:
        JobError: an unknown kind, a device that is not there, or data that is missing or failed.
        SpaceError: the disk is full.
    """
    with space_errors(workspace.root):
        return _launch(workspace, _known(kind, config), config, name, nonce, group)


def check_launch(workspace: Workspace, kind: str, config: Config) -> None:
    """Raise the JobError that `launch` would raise before it makes anything."""
    known = _known(kind, config)
    _checked_device(workspace, known, config)
    pending_needs(workspace, known, config)


def _known(kind: str, config: Config) -> Kind:
    known = KINDS.get(kind)
    if known is None or not isinstance(config, known.config):
        raise JobError(f"{kind!r} with a {type(config).__name__} is no job. There are: {', '.join(KINDS)}.")
    return known


def _launch(
    workspace: Workspace, known: Kind, config: Config, name: str, nonce: str | None, group: str | None = None
) -> str:
    if nonce is None:
        return _start(workspace, known, config, name, group)
    claim = workspace.nonces / _digest(nonce)
    with locks.held(claim):
        earlier = claim.read_text()
        if earlier and workspace.folder(known.collection, earlier).exists():
            return earlier
        return _start(workspace, known, config, name, group, claim)


def _digest(nonce: str) -> str:
    return hashlib.sha256(nonce.encode(errors="replace")).hexdigest()


def resume(workspace: Workspace, collection: Collection, id: str, *, again: bool = False) -> None:
    """Take an ended job up again in its own folder; `again` also takes a finished one, which has more to do since.

    Raises:
        JobError: it is live, finished or unreadable, or what it needs is missing or failed.
        SpaceError: the disk is full.
    """
    job = load_job(workspace, collection, id)
    if not (job.state.resumable or (again and job.state is State.finished)):
        raise JobError(f"{job.name!r} is {job.state.words}, so there is nothing to resume. Start a new one instead.")
    kind = KINDS[job.kind]
    pending_needs(workspace, kind, kind.config.parse(job.config))
    lock = take_ended(job)
    try:
        for name in (paths.STOP, paths.PROCESS, paths.PROGRESS, paths.EXIT):
            (job.folder / name).unlink(missing_ok=True)
        with space_errors(job.folder):
            _reserve(job.folder)
            _detach(job.folder, lock)
    finally:
        os.close(lock)


def stop(workspace: Workspace, collection: Collection, id: str, why: str = "") -> None:
    """Ask a job to finish its step, save and end, with `why` as its last words. Harmless if asked twice or too late.

    What a lost one has in Slurm's queue is cancelled: nobody watches it any more.
    """
    job = load_job(workspace, collection, id)
    if job.state is State.lost:
        cancel_submitted(job.folder)
    if not job.state.live:
        return
    try:
        write_json(job.folder / paths.STOP, {"asked": _now().isoformat(), "why": why})
    except SpaceError:
        (job.folder / paths.STOP).touch()  # a name takes no block


def take_ended(job: Job) -> int:
    """Lock the folder of an ended job. Raises JobError while any process of the job lives."""
    path = job.folder / paths.LOCK
    try:
        lock = None if job.state.live else locks.take(path, timeout=_LOCK_TIMEOUT)
    except FileNotFoundError:
        raise gone(job) from None
    if lock is not None and locks.is_held(job.folder / paths.WORKER_LOCK):  # its worker, on another machine
        os.close(lock)
        lock = None
    if lock is None and job.state.live:
        raise JobError(f"{job.name!r} is still at work. Stop it first.")
    if lock is None:
        raise JobError(
            f"{job.name!r} is {job.state.words}, but its processes have not all ended. Try again in a moment."
        )
    if not locks.same_file(lock, path):
        os.close(lock)
        raise gone(job)
    return lock


def gone(job: Job) -> JobError:
    """Return the error of a job whose folder is not where it was any more."""
    return JobError(f"{job.name!r} was deleted or moved meanwhile. Pick another from the list.")


def pending_needs(workspace: Workspace, kind: Kind, config: Config) -> list[Job]:
    """Return the live jobs that a config waits for. Raises JobError when one of its needs is missing or failed."""
    needs = [load_job(workspace, *need) for need in kind.needs(config)]
    for job in needs:
        if not job.state.live and job.state is not State.finished:
            noun = KINDS[job.kind].noun
            raise JobError(f"The {noun} {job.name!r} is {job.state.words}. Resume it, or pick a finished one.")
    return [job for job in needs if job.state.live]


def needs_of(job: Job) -> list[tuple[Collection, str]]:
    """Return what a job needs as (collection, id); nothing for one whose config is no longer valid."""
    try:
        return KINDS[job.kind].needs(KINDS[job.kind].config.parse(job.config))
    except (KeyError, JobError, ValueError):
        return []


def _start(
    workspace: Workspace, kind: Kind, config: Config, name: str, group: str | None, claim: Path | None = None
) -> str:
    device = _checked_device(workspace, kind, config)
    pending_needs(workspace, kind, config)
    parent = workspace.collection(kind.collection)
    _sweep(parent)
    id, number = new_id(), _next_number(workspace, kind.collection)
    if claim is not None:
        claim.write_text(id)  # before the folder: after a crash in between there is no folder
    name = label(name) or f"{kind.noun} {number}"
    record = JobRecord(id=id, number=number, kind=kind.name, name=name, created=_now(), device=device, group=group)
    with new_folder(parent / id) as folder:
        write_json(folder / paths.JOB, record.plain())
        write_json(folder / paths.CONFIG, config.plain())
        _reserve(folder)
        lock = locks.take(folder / paths.LOCK)
        if lock is None:
            raise JobError(f"{folder.name!r} is locked by another process. Launch again.")
    try:
        _detach(parent / id, lock)
    finally:
        os.close(lock)
    return id


def _reserve(folder: Path) -> None:
    """Take the room that the end of a job needs. Raises SpaceError where it is not there."""
    write_bytes(folder / paths.RESERVE, os.urandom(_RESERVE_BYTES), durable=False)  # zeros may take no room


def _sweep(parent: Path) -> None:
    """Delete what launches that were killed left beside the jobs; one that goes on takes seconds."""
    for left in parent.glob(".*.tmp"):
        with contextlib.suppress(OSError):
            if time.time() - left.stat(follow_symlinks=False).st_mtime > _LEFT_SECONDS:
                shutil.rmtree(left, ignore_errors=True)


def _checked_device(workspace: Workspace, kind: Kind, config: Config) -> str | None:
    """Return the device whose turn a job is to wait for. Raises JobError where it, or its launcher, is not there."""
    check_launcher(workspace, kind.launcher(config))
    device = kind.device_here(workspace, config)
    there = [each.id for each in available_devices()]
    for each in single_devices(device) if device else ():
        if each not in there:
            remedy = f"Choose auto or one of: {', '.join(there)}"
            if kind.launcher(config) != LOCAL:
                remedy = f"Set gpus to {len(there) - 1}" + (" or less" if len(there) > 1 else "")
            raise JobError(f"There is no device {each!r} here. {remedy}.")
    return device


def _next_number(workspace: Workspace, collection: Collection) -> int:
    """Return a number that no job of the collection has: those of older versions count by their place."""
    there = list_jobs(workspace, collection)
    return 1 + max([len(there), *(job.number or 0 for job in there)])


def _now() -> datetime:
    return datetime.now(UTC)


def _detach(folder: Path, lock: int) -> None:
    """Start the runner of a locked folder as a child of init. Raises JobError when the machine cannot start it."""
    log = os.open(folder / paths.LOG, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
    runner = [sys.executable, "-m", "engine.jobs.runner", str(folder), str(lock)]
    try:
        subprocess.run(
            [sys.executable, "-I", "-S", str(_DETACH), *runner],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=[lock],
            cwd=_ROOT,
            env={**child_environment(os.environ), **import_path("engine"), **bytecode_variables()},
            check=True,
            timeout=60,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise JobError(f"The job could not be started ({error}). Free memory or processes, then resume it.") from error
    finally:
        os.close(log)


def child_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that a job inherits: an allow-list, so that no secret of the server reaches a log."""
    kept = {key: value for key, value in environment.items() if _ENVIRONMENT.fullmatch(key)}
    return {**kept, "PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"}  # files of a job are UTF-8 in any locale
