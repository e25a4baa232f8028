"""What every source looks like to the formats: named files that can be read, and entries that were refused.

Names are text, for people and for matching with labels; no path is ever built of a name that a stranger chose. What
lies behind them, `folder.py` and `archive.py` know.
"""

import posixpath
import unicodedata
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol

from engine.config.generate import Split

Refusal = Literal["link", "encrypted", "nested", "packing", "twin"]

# Names of folders and files that stand for a split, and of those that computers leave behind.
_SPLITS: dict[str, Split] = {
    "train": "train", "training": "train", "val": "validation", "valid": "validation", "validation": "validation",
    "dev": "validation", "test": "test", "testing": "test",
}  # fmt: skip
_LITTER = {"__macosx", "thumbs.db", "desktop.ini"}


class Member(NamedTuple):
    """One file of a source: its name with / between folders, and its size in bytes as its container states it."""

    name: str
    bytes: int


class Refused(NamedTuple):
    """An entry of a source that is never read, and why."""

    name: str
    reason: Refusal


@dataclass(frozen=True)
class Span:
    """A part of a file: where it begins and how long it is, in bytes."""

    offset: int
    bytes: int


class Tree(Protocol):
    """The files of one source. Reading is safe whatever a name says; members are listed once and sorted."""

    @property
    def title(self) -> str:
        """What people call the source."""
        ...

    @property
    def members(self) -> list[Member]:
        """The files, sorted by name, without what computers leave behind."""
        ...

    @property
    def refused(self) -> list[Refused]:
        """The entries that are never read."""
        ...

    def read(self, name: str, most: int, span: Span | None = None) -> bytes:
        """Return a member's content, or one span of it; of one over `most` bytes, at least `most` + 1 of them.

        Raises:
            OSError: it cannot be read, or there is none of that name.
            SourceError: the archive that holds it is not what it says.
        """
        ...


def plain_name(name: str) -> str:
    """Return a name as text that may be shown and matched: NFC, / between folders, no control characters, no dots."""
    text = unicodedata.normalize("NFC", name.encode(errors="replace").decode().replace("\\", "/"))
    visible = "".join("\ufffd" if unicodedata.category(character) in ("Cc", "Cf") else character for character in text)
    return "/".join(part for part in visible.split("/") if part.strip() not in ("", ".", ".."))


def is_litter(name: str) -> bool:
    """Say whether a computer left this behind: hidden files, previews, resource forks."""
    return any(part.startswith(".") or part.casefold() in _LITTER for part in name.split("/"))


def split_hint(name: str) -> Split | None:
    """Return the split that a file's name or the nearest of its folders stands for, if any does."""
    stem = posixpath.splitext(posixpath.basename(name))[0]
    words = "".join(character if character.isalpha() else " " for character in stem).casefold().split()
    return next((_SPLITS[word] for word in reversed(words) if word in _SPLITS), None) or folder_hint(name)


def folder_hint(name: str) -> Split | None:
    """Return the split that the nearest of a file's folders stands for, if any does; its own name may be a label."""
    folders = posixpath.dirname(name).casefold().split("/")
    return next((_SPLITS[folder] for folder in reversed(folders) if folder in _SPLITS), None)
