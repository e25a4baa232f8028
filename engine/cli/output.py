"""Files that commands write where a person says: checked before the work, and a fault told in one sentence.

This module knows no format, and no address but a path.
"""

import os
from pathlib import Path

from engine.errors import ConfigError
from engine.files import write_bytes, write_new


def check_output(path: Path, *, replace: bool = True) -> None:
    """Raise ConfigError where a file cannot be written: its folder is missing or closed, or its name is no file's.

    Args:
        path: where it goes.
        replace: whether it goes in place of a file that is there: only where a person named that file.
    """
    if not os.path.isdir(path.parent):
        raise _fault(path, f"there is no folder {str(path.parent)[:200]!r}")
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise _fault(path, "its folder may not be written")
    if os.path.lexists(path) and not os.path.isfile(path):
        raise _fault(path, "it is there and is no file")  # a folder, or a device, which would be replaced
    if not replace and os.path.lexists(path):
        raise _taken(path)


def write_output(path: Path, content: bytes, *, replace: bool = True) -> None:
    """Write a file, in place of one that is there if `replace` says so.

    Raises:
        ConfigError: it cannot be written there.
        SpaceError: the disk is full.
    """
    check_output(path, replace=replace)
    try:
        if replace:
            write_bytes(path, content)
        elif not write_new(path, content):
            raise _taken(path)
    except OSError as error:
        raise _fault(path, error.strerror or type(error).__name__) from None


def _fault(path: Path, why: str) -> ConfigError:
    return ConfigError(f"{str(path)[:200]!r} cannot be written ({why}). Name another by --output.")


def _taken(path: Path) -> ConfigError:
    return ConfigError(
        f"{str(path)[:200]!r} is there already, and may be something else. Name another file by --output, or this one, "
        "which is then replaced."
    )
