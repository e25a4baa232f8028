"""Common parts of the lab's processes: no compiled modules where there is no room for them, and memory given back."""

import contextlib
import ctypes
import os
import shutil
import sys
from pathlib import Path

_SPARE = 100e6  # bytes that are to be free where the program lies before compiled modules are written there


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


def give_memory_back() -> None:
    """Hand freed memory to the system, by glibc's malloc_trim; nothing where there is none.

    The allocator keeps what large arrays of many sizes leave in pieces, so that a long job grows without a leak.
    """
    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(None).malloc_trim(0)
