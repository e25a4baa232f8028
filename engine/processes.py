"""What processes have in common: output that any terminal takes, helpers that die with their parent, whole modules.

Helpers are spawned, not forked, and killed with their parent, however that ends.
"""

import ctypes
import io
import os
import shutil
import signal
import sys
from pathlib import Path

_PR_SET_PDEATHSIG = 1
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
