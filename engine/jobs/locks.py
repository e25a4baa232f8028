"""Kernel locks on files: held for life by whoever has the descriptor, freed by the kernel at any death.

A lock belongs to an open file, not to a process: a child that inherits the descriptor keeps it locked. Descriptors
are closed to children unless they are handed on by name. This module knows neither jobs nor devices.
"""

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path

_POLL = 0.01  # seconds between two tries; probing readers hold a lock for microseconds only


def take(path: Path, *, timeout: float = 0.0) -> int | None:
    """Open (and make) the file at `path` and lock it, trying for `timeout` seconds.

    Returns:
        the descriptor that holds the lock, or None when another holds it.

    Raises:
        OSError: the path is a link or cannot be written.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    deadline = time.monotonic() + timeout
    while not claim(descriptor):
        if time.monotonic() >= deadline:
            os.close(descriptor)
            return None
        time.sleep(_POLL)
    return descriptor


def claim(descriptor: int) -> bool:
    """Lock an open file without waiting; True too when this very descriptor (or one it was copied from) holds it."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextlib.contextmanager
def held(path: Path) -> Iterator[int]:
    """Hold the lock of `path` for the length of a block, waiting for it as long as it takes; yields the descriptor."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)


def is_held(path: Path) -> bool:
    """Say whether anyone holds the lock of `path`; a file that is missing or cannot be opened is not held."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def same_file(descriptor: int, path: Path) -> bool:
    """Say whether an open descriptor is the file at `path`."""
    try:
        return os.path.samestat(os.fstat(descriptor), os.stat(path, follow_symlinks=False))
    except OSError:
        return False
