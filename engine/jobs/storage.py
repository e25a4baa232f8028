"""The storage of a workspace, examined: what it is, and which promises of a file system do not hold there.

All that keeps jobs apart rests on them: a lock is held by one, a name is made once, a rename replaces a file at once
and leaves readers the old one, lines that are appended stay whole. They are tried out in a folder that goes at once.
That locks reach other machines cannot be seen from one; `hold_lock` on one and `storage_faults` on another tell.
"""

import contextlib
import functools
import mmap
import os
import shutil
import socket
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from engine.files import sync_folder
from engine.jobs import locks
from engine.jobs.mounts import Mount, mount_of
from engine.labels import visible

_HELD = "storage.lock"  # in the workspace: who holds it, and when that was said, for another machine to look at
_SAID_SECONDS = 60.0
SAY_SECONDS = 5.0
"""Seconds between two times that a holder says so."""

_POLL = 0.2  # seconds
_DOCS = "docs/shared-storage.md"
_ELSEWHERE = "Keep the workspace on a local disk (GLYPHLAB_WORKSPACE), or on a file system where they do: " + _DOCS


@dataclass(frozen=True)
class StorageFault:
    """A sentence on the storage: of what does not hold there, or, doubtful, of what is to be known."""

    level: Literal["wrong", "doubtful"]
    text: str


@functools.cache
def checked_storage(root: Path) -> tuple[StorageFault, ...]:
    """Return the faults of a workspace's storage, looked for once in a process; none where it cannot be written.

    On the local file systems of Linux, whose promises hold, nothing is tried out.
    """
    if mount_of(root).trusted:
        return ()
    with contextlib.suppress(OSError):
        return tuple(storage_faults(root))
    return ()


def storage_faults(root: Path) -> list[StorageFault]:
    """Examine the storage of a workspace. Raises OSError where nothing can be written there."""
    mount = mount_of(root)
    failed = [what for what, holds in try_out(root).items() if not holds]
    faults = [StorageFault("wrong", _broken(mount, what)) for what in failed]
    holder = _unseen_holder(root)
    if holder:
        text = f"{holder} holds a lock in this workspace that is free here: locks do not reach other machines."
        faults.append(StorageFault("wrong", f"{text} Two machines could work on one job. {_ELSEWHERE}."))
    return [*faults, *_known(mount)]


def storage_words(mount: Mount) -> str:
    """Return what a mount is, in words: `nfs4 of server:/lab at /mnt/lab`."""
    source = f" of {visible(mount.source)[:100]}" if mount.source not in ("", "none", mount.kind) else ""
    return f"{mount.kind or 'an unknown file system'}{source} at {visible(mount.folder)[:100]}"


def try_out(root: Path) -> dict[str, bool]:
    """Return for each promise, by what it says, whether it holds in a folder. Raises OSError for a read-only one."""
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = root / f".{uuid.uuid4().hex}.tmp"
    folder.mkdir(mode=0o700)
    try:
        return {what: _holds(test, folder / str(place)) for place, (what, test) in enumerate(_PROMISES.items())}
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def hold_lock(root: Path) -> Iterator[Callable[[], None]]:
    """Hold a lock for the length of a block, so that another machine can look at it.

    Yields a function that says, in the file, that this machine holds it now; call it every `SAY_SECONDS`.

    Raises BlockingIOError where another holds it.
    """
    descriptor = locks.take(root / _HELD)
    if descriptor is None:
        raise BlockingIOError

    def say() -> None:
        text = f"{time.time():.0f} {socket.gethostname()}\n".encode()
        os.pwrite(descriptor, text, 0)
        os.ftruncate(descriptor, len(text))
        os.fsync(descriptor)

    try:
        say()
        yield say
    finally:
        os.ftruncate(descriptor, 0)
        os.close(descriptor)


def lock_holder(root: Path) -> str:
    """Return the name of the machine that holds the lock, as seen from here; empty without one."""
    return _name(_said(root)) if locks.is_held(root / _HELD) else ""


def _unseen_holder(root: Path) -> str:
    """Return the machine that says that it holds the lock, though that is free as seen from here.

    One that said so and was killed says it no more, so the word of another is waited for.
    """
    first = _said(root)
    deadline = time.monotonic() + 2.5 * SAY_SECONDS
    while first and not locks.is_held(root / _HELD) and time.monotonic() < deadline:
        time.sleep(_POLL)
        now = _said(root)
        if now not in ("", first):
            return "" if locks.is_held(root / _HELD) else _name(now)
    return ""


def _said(root: Path) -> str:
    """Return what the lock's file says, when it is of the last minute: a time and a machine; else nothing."""
    try:
        with open(root / _HELD, encoding="utf-8", errors="replace") as file:
            text = file.read(100).strip()
        return text if abs(time.time() - float(text.partition(" ")[0])) < _SAID_SECONDS else ""
    except (OSError, ValueError):
        return ""


def _name(said: str) -> str:
    return visible(said.partition(" ")[2])


def _known(mount: Mount) -> Iterator[StorageFault]:
    """Yield what is known of a kind of storage beforehand."""
    words = storage_words(mount)
    if mount.local_locks:
        yield StorageFault(
            "wrong",
            f"The workspace lies on {words}, and its locks stay on each machine ({mount.local_locks}): of two machines "
            f"both could work on one job. Let one machine alone use it, or mount it otherwise: {_DOCS}.",
        )
    elif mount.shared:
        seconds = mount.cache_seconds
        sooner = "mount it with actimeo=3,lookupcache=positive for less"
        late = f"after up to {seconds} s ({sooner})" if seconds > 5 else "after some seconds"
        yield StorageFault(
            "doubtful",
            f"The workspace lies on {words}, which several machines may share. One sees what another changed {late}. "
            f"What else is different there: {_DOCS}.",
        )
    elif mount.kind == "overlay":
        yield StorageFault(
            "doubtful",
            f"The workspace lies in an overlay ({words}), as a container's own files do: it goes with the container. "
            "Mount a volume, and name it by GLYPHLAB_WORKSPACE.",
        )


def _broken(mount: Mount, promise: str) -> str:
    return f"The workspace lies on {storage_words(mount)}, where this does not hold: {promise}. {_ELSEWHERE}."


def _holds(test: Callable[[Path], bool], folder: Path) -> bool:
    folder.mkdir()
    try:
        return test(folder)
    except (OSError, ValueError):
        return False


def _one_lock(folder: Path) -> bool:
    first = locks.take(folder / "lock")
    if first is None:
        return False
    alone = locks.take(folder / "lock") is None and locks.is_held(folder / "lock")
    os.close(first)
    return alone and not locks.is_held(folder / "lock")


def _made_once(folder: Path) -> bool:
    for make in (lambda: open(folder / "file", "xb").close(), (folder / "folder").mkdir):
        make()
        with contextlib.suppress(FileExistsError):
            make()
            return False
    return True


def _replaced(folder: Path) -> bool:
    (folder / "old").write_bytes(b"old")
    (folder / "new").write_bytes(b"new")
    with open(folder / "old", "rb") as reader:
        os.replace(folder / "new", folder / "old")
        return reader.read() == b"old" and (folder / "old").read_bytes() == b"new" and os.listdir(folder) == ["old"]


def _appended(folder: Path) -> bool:
    with open(folder / "lines", "ab", buffering=0) as first, open(folder / "lines", "ab", buffering=0) as second:
        first.write(b"one\n")
        second.write(b"two\n")
    return (folder / "lines").read_bytes() == b"one\ntwo\n"


def _durable(folder: Path) -> bool:
    sync_folder(folder)
    return True


def _mapped(folder: Path) -> bool:
    (folder / "file").write_bytes(b"mapped")
    with (
        open(folder / "file", "rb") as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped,
    ):
        return mapped[:] == b"mapped"


_PROMISES: dict[str, Callable[[Path], bool]] = {
    "a lock that is held is held by one": _one_lock,
    "a file and a folder are made once": _made_once,
    "a rename replaces a file at once, and who reads the old one goes on": _replaced,
    "lines that are appended stay whole": _appended,
    "a folder can be written through to the disk": _durable,
    "a file can be mapped into memory": _mapped,
}


def lock_seconds(root: Path, times: int = 20) -> float:
    """Return the seconds that it takes to lock and free a file, the mean of some."""
    path = root / f".{uuid.uuid4().hex}.tmp"
    began = time.perf_counter()
    try:
        for _ in range(times):
            descriptor = locks.take(path)
            if descriptor is not None:
                os.close(descriptor)
        return (time.perf_counter() - began) / times
    finally:
        path.unlink(missing_ok=True)
