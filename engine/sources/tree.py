"""The interface of a source: named files that can be read, refused entries, and what names stand for.

Names are plain text, for display and for matching with labels; no path is ever built from a name in a source. The
implementations are in `folder.py` and `archive.py`.
"""

import itertools
import posixpath
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol

from engine.config.generate import Split
from engine.formatting import count
from glyphlab_read.images.open import EXTENSIONS

Refusal = Literal["link", "closed", "encrypted", "nested", "packing", "twin", "nul"]

LISTS = (".txt", ".csv", ".tsv", ".lst", ".list", ".json", ".jsonl", ".ndjson", ".xml")
"""Endings of text files that may name images."""

MAX_LISTS, MAX_LIST_BYTES = 20, 4_000_000
"""Number and size of those that are asked for the encoding of names."""

_SPLIT_NAMES: dict[Split, str] = {
    "train": "train training trn",
    "validation": "val valid validation validate validating dev devel development eval evaluation evaluate",
    "test": "test testing tests tst holdout heldout",
}
_SPLITS: dict[str, Split] = {name: split for split, names in _SPLIT_NAMES.items() for name in names.split()}
_SYSTEM_FILES = {"__macosx", "thumbs.db", "desktop.ini"}
_IMAGE_EXTENSIONS = (*EXTENSIONS, "gif", "avif", "heic", "jp2", "ppm")
IMAGE_ENDINGS = tuple(f".{extension}" for extension in _IMAGE_EXTENSIONS)


class Member(NamedTuple):
    """One file of a source: its name with / between folders, and its size in bytes as its container states it."""

    name: str
    bytes: int


class Refused(NamedTuple):
    """An entry of a source that is never read, and the reason; "closed" is a folder that cannot be listed."""

    name: str
    reason: Refusal


@dataclass(frozen=True)
class Span:
    """A byte range of a file: offset and length."""

    offset: int
    bytes: int


class Tree(Protocol):
    """The files of one source. Reading is safe whatever a name says; members are listed once and sorted."""

    @property
    def title(self) -> str:
        """The source's name for people."""
        ...

    @property
    def members(self) -> list[Member]:
        """The files, sorted by name, without those of operating systems."""
        ...

    @property
    def refused(self) -> list[Refused]:
        """The entries that are never read."""
        ...

    @property
    def undecoded(self) -> Mapping[str, bytes]:
        """The names, refused ones too, whose encoding nothing tells, with their bytes as they are stored."""
        ...

    def read(self, name: str, max_bytes: int, span: Span | None = None) -> bytes:
        """Return a member's content, or one span of it; of a longer member at least `max_bytes` + 1 bytes.

        Raises:
            OSError: it cannot be read, or has no such name.
            SourceError: the archive's headers contradict its content.
        """
        ...


def closed_folders(tree: Tree) -> str:
    """Return a sentence on the folders of a source that cannot be listed; empty where there is none."""
    names = [refused.name for refused in tree.refused if refused.reason == "closed"]
    return f"Left out: {count(len(names), 'folders')} that cannot be read, such as {names[0]!r}." if names else ""


def is_image(name: str) -> bool:
    """Say whether a file's name claims an image, of a format that `open_image` accepts or not."""
    return name.casefold().endswith(IMAGE_ENDINGS)


def has_pages(name: str) -> bool:
    """Say whether a file's name claims a photo or a PDF file."""
    return is_image(name) or name.casefold().endswith(".pdf")


def plain_name(name: str) -> str:
    """Return a name as text for display and matching: NFC, / between folders, no control characters, no "." or ".."."""
    text = unicodedata.normalize("NFC", name.encode(errors="replace").decode().replace("\\", "/"))
    visible = "".join("\ufffd" if unicodedata.category(character) in ("Cc", "Cf") else character for character in text)
    return "/".join(part for part in visible.split("/") if part.strip() not in ("", ".", ".."))


def is_system_file(name: str) -> bool:
    """Say whether an operating system left this file behind: hidden files, previews, resource forks."""
    return any(part.startswith(".") or part.casefold() in _SYSTEM_FILES for part in name.split("/"))


def split_hint(name: str) -> Split | None:
    """Return the split that a file's name or the nearest of its folders stands for, if any does."""
    return _split_word(posixpath.splitext(posixpath.basename(name))[0]) or folder_split_hint(name)


def folder_split_hint(name: str) -> Split | None:
    """Return the split that the nearest of a file's folders stands for, if any does; its own name may be a label."""
    folders = posixpath.dirname(name).split("/")
    return next((split for folder in reversed(folders) if (split := _split_word(folder))), None)


def _split_word(name: str) -> Split | None:
    """Return the split that the last of a name's words stands for that stands for any: "crops-val_2" is validation."""
    words = "".join(character if character.isalpha() else " " for character in name).casefold().split()
    held_out = [one + other for one, other in itertools.pairwise(words) if other == "out"]
    for word in reversed([*words, *held_out]):
        split = _SPLITS.get(word) or _SPLITS.get(word.removesuffix("set").removesuffix("data"))
        if split is not None:
            return split
    return None
