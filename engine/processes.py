"""Common parts of processes: output that any terminal takes, helpers that die with their parent, whole modules.

Helpers are spawned, not forked, and killed with their parent, however that ends: by the variable `PARENT` of their
environment, which `import engine` heeds before anything that takes long is imported.
"""

import contextlib
import ctypes
import io
import os
import select
import shutil
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

from engine import PARENT

_PR_SET_PDEATHSIG = 1
_BY_INPUT = "stdin"
_SPARE = 100e6  # bytes that are to be free where the program lies before compiled modules are written there


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


def _die_with_input() -> None:
    watch = select.poll()
    watch.register(sys.stdin.fileno(), 0)  # no event but the other end's closing; what was written may be unread
    watch.poll()
    os.kill(os.getpid(), signal.SIGKILL)


def write_no_bytecode() -> None:
    """Compile no module to a file from now on, here and in children.

    On a disk that gets full such a file is cut off, and the module stays broken for every later process.
    """
    sys.dont_write_bytecode = True
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"


def bytecode_variables() -> dict[str, str]:
    """Return the variables with which a new process compiles no module to a file; none where there is room for it."""
    free = shutil.disk_usage(Path(__file__).parent).free
    return {"PYTHONDONTWRITEBYTECODE": "1"} if free < _SPARE else {}
