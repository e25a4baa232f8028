"""What processes have in common: output that any terminal takes, and helpers that die with their parent.

Helpers are spawned, not forked, and killed with their parent, however that ends.
"""

import ctypes
import io
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


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
