"""Commands that people are told to run, for a shell in Glyphlab's folder: by the Python that runs now.

No environment need be active: `.venv/bin/python` is what `make` installs. Nothing is run here.
"""

import os
import shlex
import shutil
import sys
from pathlib import Path

_ROOT = Path(__file__).parent.parent


def python_command() -> str:
    """Return the word that starts this Python: of the folder's own environment, of the PATH, or by its whole path."""
    if os.path.realpath(sys.prefix) == os.path.realpath(_ROOT / ".venv"):
        return ".venv/bin/python"
    found = shutil.which("python")
    if found and os.path.dirname(found) == os.path.dirname(sys.executable):
        return "python"
    return shlex.quote(sys.executable)


def engine_command(words: str = "") -> str:
    """Return a command of the engine, its words already quoted for a shell."""
    return f"{python_command()} -m engine {words}".rstrip()


def install_command(extra: str) -> str:
    """Return the command that installs the packages of a requirements file, such as `sweeps`, for this Python."""
    return f"{python_command()} -m pip install -r requirements-{extra}.txt"
