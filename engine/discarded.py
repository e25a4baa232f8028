"""Deleted files that can be brought back: set aside beside where they were, and gone for good after a day.

Jobs have a trash of their own (`engine.jobs.trash`); this is for what is a file or two.
"""

import contextlib
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.errors import ConfigError

_RETENTION = 24 * 3600.0  # seconds that they stay aside
_FOLDER = ".deleted"


@dataclass(frozen=True)
class Discarded:
    """A deletion: the name of its files for people, and where they lay, all in one folder."""

    name: str
    files: tuple[Path, ...]

    def bring_back(self) -> None:
        """Put the files back. Raises ConfigError when one is no longer there."""
        missing = [file for file in self.files if not _aside(file).is_file()]
        if missing:
            raise ConfigError(f"{self.name!r} cannot be brought back: what is deleted is kept for a day. Add it again.")
        for file in self.files:
            os.replace(_aside(file), file)


def discard(name: str, files: Sequence[Path]) -> Discarded:
    """Set files aside, the first of them first; what was set aside a day ago goes for good.

    Args:
        name: of what they are, for people.
        files: in one folder; those that are not there are passed over.
    """
    found = tuple(file for file in files if file.is_file())
    for file in found:
        aside = _aside(file)
        aside.parent.mkdir(mode=0o700, exist_ok=True)
        os.replace(file, aside)
        os.utime(aside)  # the time of deletion
        _expire(aside.parent)
    return Discarded(name, found)


def _aside(file: Path) -> Path:
    return file.parent / _FOLDER / file.name


def _expire(folder: Path) -> None:
    for old in list(folder.iterdir()):
        with contextlib.suppress(OSError):  # another process was faster
            if old.stat().st_mtime <= time.time() - _RETENTION:
                old.unlink()
