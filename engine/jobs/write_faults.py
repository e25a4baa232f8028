"""A full disk and a workspace that is read-only, told in a sentence wherever something was to be written."""

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path

from engine.files import space_errors
from engine.workspace import Workspace, write_fault

_FORBIDDEN = {errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOTDIR, errno.EEXIST}


@contextlib.contextmanager
def told_write_faults(workspace: Workspace) -> Iterator[None]:
    """Turn errors of the system raised inside, which say that a workspace cannot be written, into errors for people.

    Raises:
        SpaceError: the disk is full.
        WorkspaceError: the workspace may not be written.
    """
    try:
        with space_errors(_there(workspace.root)):
            yield
    except OSError as error:
        if error.errno not in _FORBIDDEN or not _is_inside(error, workspace.root):
            raise
        raise write_fault(workspace.root, error) from None


def _is_inside(error: OSError, root: Path) -> bool:
    named = error.filename2 or error.filename
    return isinstance(named, str | bytes | os.PathLike) and Path(os.fsdecode(named)).is_relative_to(root)


def _there(folder: Path) -> Path:
    """Return the nearest folder above a path that exists."""
    return next(each for each in (folder, *folder.parents) if os.path.isdir(each))
