"""What a layout decides: the name of each image's file, the files that list the labels, and a word on their use.

Names are made of numbers alone; no label and no name that a person typed becomes part of a path.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from engine.config.exporting import LayoutName
from engine.config.generate import Split
from engine.errors import DatasetError


class Entry(NamedTuple):
    """One exported image: its file's path below the export, its label, and its split."""

    file: str
    label: str
    split: Split


@dataclass(frozen=True)
class Layout:
    """How another program wants its data.

    Attributes:
        name: the word for it in configs.
        title: it in a few words for people.
        file: path of an image by split, number and the ending of its file, such as ".jpg".
        lists: the text files that list the labels, by path.
        use: how the other program takes it, for the export's README.txt.
        png: whether every image becomes a PNG; otherwise each stays the JPEG or PNG it is.
    """

    name: LayoutName
    title: str
    file: Callable[[Split, int, str], str]
    lists: Callable[[list[Entry]], dict[str, str]]
    use: str
    png: bool = False


def number(index: int) -> str:
    """Return a sample's number as the stem of a file name; unique over all splits."""
    return f"{index:08}"


def by_split(entries: Iterable[Entry]) -> dict[Split, list[Entry]]:
    """Return the entries of each split that has any."""
    parted: dict[Split, list[Entry]] = {}
    for entry in entries:
        parted.setdefault(entry.split, []).append(entry)
    return parted


def lines(entries: list[Entry], line: Callable[[Entry], str]) -> str:
    """Return a list with a line an image.

    Raises:
        DatasetError: a label holds a tab or the end of a line, which such a list cannot say.
    """
    for entry in entries:
        if any(character in entry.label for character in "\t\r\n"):
            raise DatasetError(
                f"The label {entry.label[:60]!r} holds a tab or an end of line, which this layout cannot hold. "
                "Choose the docTR layout, or correct the label."
            )
    return "".join(f"{line(entry)}\n" for entry in entries)
