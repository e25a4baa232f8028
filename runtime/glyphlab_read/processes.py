"""Common parts of processes: output that any terminal takes, and helpers that die with their parent.

Helpers are spawned, not forked, and killed with their parent, however that ends: by the variable `PARENT` of their
environment, which `import glyphlab_read` heeds before anything that takes long is imported. They import what their
parent imported: see `import_path`.
"""

import contextlib
import ctypes
import io
import os
import select
import signal
import sys
import sysconfig
import threading
from collections.abc import Iterator
from pathlib import Path

from glyphlab_read import PARENT

_PR_SET_PDEATHSIG = 1
_BY_INPUT = "stdin"


def write_to_any_terminal() -> None:
    """Have standard output and errors write ? for what their encoding lacks; called first by each command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def die_with(parent: int) -> None:
    """Have the system kill this process when its parent dies, and leave keyboard interrupts to the parent.

    Args:
        parent: the parent's process id, as it was when this process was requested.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before prctl took effect
        sys.exit(1)


def dying_with_this() -> dict[str, str]:
    """Return the variables of a child that is to die with the thread of this process that starts it."""
    return {PARENT: str(os.getpid())}


def dying_with_input() -> dict[str, str]:
    """Return the variables of a child that is to die once nobody can write to its standard input any more.

    The one for children that outlive the thread that starts them, as a page's thread ends when the page is drawn.
    """
    return {PARENT: _BY_INPUT}


@contextlib.contextmanager
def helpers_die_with_this() -> Iterator[None]:
    """Have processes that a library starts within the block die with this process."""
    os.environ.update(dying_with_this())
    try:
        yield
    finally:
        os.environ.pop(PARENT, None)


def heed_parent() -> None:
    """Do what the variable PARENT asks for, and take it out, as it is not meant for this process's own children."""
    parent = os.environ.pop(PARENT)
    if parent == _BY_INPUT:
        threading.Thread(target=_die_with_input, daemon=True).start()
    else:
        die_with(int(parent))


def import_path(*packages: str) -> dict[str, str]:
    """Return the variables by which a child finds this package, and others that are imported, where this process did.

    A child then runs the very code of its parent, also from another checkout than the installed one.
    """
    found = {str(Path(str(sys.modules[name].__file__)).parents[1]) for name in ("glyphlab_read", *packages)}
    found -= {sysconfig.get_path("purelib")}  # where every process of this Python looks
    return {"PYTHONPATH": os.pathsep.join(sorted(found))} if found else {}


def _die_with_input() -> None:
    watch = select.poll()
    watch.register(sys.stdin.fileno(), 0)  # no event but the other end's closing; what was written may be unread
    watch.poll()
    os.kill(os.getpid(), signal.SIGKILL)
