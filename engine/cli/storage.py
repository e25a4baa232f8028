"""The command `storage`: the file system of the workspace, and what does not hold there; told before a launch, too."""

import sys
import time

from engine.commands import engine_command
from engine.errors import WorkspaceError
from engine.jobs.mounts import mount_of
from engine.jobs.storage import (
    SAY_SECONDS,
    checked_storage,
    hold_lock,
    lock_holder,
    lock_seconds,
    storage_faults,
    storage_words,
    try_out,
)
from engine.workspace import Workspace, write_fault


def storage(workspace: Workspace, *, hold: bool) -> int:
    """Print what the storage is and what holds there; return 1 where something does not.

    Args:
        workspace: whose storage it is.
        hold: hold a lock until Ctrl-C, for another machine to look at.

    Raises:
        WorkspaceError: nothing can be written there, or another machine holds the lock.
    """
    try:
        return _hold(workspace) if hold else _report(workspace)
    except BlockingIOError:
        holder = lock_holder(workspace.root) or "Another process"
        raise WorkspaceError(f"{holder} holds the lock already, and that is seen here. End it there first.") from None
    except OSError as error:
        raise write_fault(workspace.root, error) from None


def tell_storage_faults(workspace: Workspace) -> None:
    """Print to stderr what does not hold where the workspace lies."""
    sys.stderr.writelines(f"{fault.text}\n" for fault in checked_storage(workspace.root) if fault.level == "wrong")


def _report(workspace: Workspace) -> int:
    sys.stdout.write(f"{storage_words(mount_of(workspace.root))}\n")
    for promise, holds in try_out(workspace.root).items():
        sys.stdout.write(f"{'yes' if holds else 'NO':<4} {promise}\n")
    sys.stdout.write(f"     a lock takes {1000 * lock_seconds(workspace.root):.2f} ms\n")
    faults = storage_faults(workspace.root)
    sys.stdout.writelines(f"{fault.text}\n" for fault in faults)
    holder = lock_holder(workspace.root)
    if holder and not any(fault.level == "wrong" for fault in faults):
        sys.stdout.write(f"The lock that {holder} holds is seen here.\n")
    return int(any(fault.level == "wrong" for fault in faults))


def _hold(workspace: Workspace) -> int:
    with hold_lock(workspace.root) as say:
        sys.stdout.write(f"Holding a lock. Run `{engine_command('storage')}` on another machine; Ctrl-C ends this.\n")
        sys.stdout.flush()
        while True:
            time.sleep(SAY_SECONDS)
            say()
