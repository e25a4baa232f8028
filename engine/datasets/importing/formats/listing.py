"""A source with its images matched and its text files told from the rest: what formats look at.

It also holds what formats have in common: whether a list's rows name images that are there.
"""

import itertools
import posixpath
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from engine.config.importing import FormatName, ImportConfig
from engine.datasets.importing.formats.base import ImportIssue, Item, Row, matched, unlabelled
from engine.datasets.importing.text_files import first_lines, read_lines
from engine.sources.tree import ImageIndex, Tree

ROWS_LOOKED_AT = 40  # of a list, to tell what it is
_ENOUGH = 0.5  # share of those rows that must name an image which is there
_LIST_ENDINGS = (".txt", ".csv", ".tsv", ".lst", ".list")
_MOST_LISTS = 1_000  # text files that are looked into: a source with more has something else in them
SIDECAR_ENDINGS = (".txt", ".gt.txt")


class Listing:
    """The files of a source as formats see them; read once, kept while a source is looked at."""

    def __init__(self, tree: Tree, config: ImportConfig) -> None:
        self.tree = tree
        self.config = config
        self.images = ImageIndex(tree)
        self.names = [member.name for member in tree.members]

    @cached_property
    def sidecars(self) -> dict[str, str]:
        """The text file beside each image that has one."""
        there = set(self.names)
        beside = {}
        for image in self.images.names:
            stem = posixpath.splitext(image)[0]
            text = next((stem + ending for ending in SIDECAR_ENDINGS if stem + ending in there), None)
            if text is not None:
                beside[image] = text
        return beside

    @cached_property
    def lists(self) -> list[str]:
        """The text files that may list labels: all but those beside an image of the same name."""
        beside = set(self.sidecars.values())
        lists = (name for name in self.names if name.casefold().endswith(_LIST_ENDINGS) and name not in beside)
        return list(itertools.islice(lists, _MOST_LISTS))

    def head(self, name: str) -> list[str]:
        """Return the first lines of a text file; see `first_lines`."""
        return first_lines(self.tree, name, self.config.encoding)

    def lines(self, name: str) -> list[str]:
        """Return all lines of a text file; see `read_lines`."""
        return read_lines(self.tree, name, self.config.encoding)

    def names_images(self, listed_in: str, rows: Iterable[Row | ImportIssue]) -> bool:
        """Say whether enough of a list's first rows name images that are there."""
        looked = [row for row, _ in zip(rows, range(ROWS_LOOKED_AT), strict=False)]
        found = sum(
            not isinstance(row, ImportIssue) and self.images.find(row[1], listed_in) is not None for row in looked
        )
        return found > 0 and found >= _ENOUGH * len(looked)


@dataclass(frozen=True)
class Format:
    """One way in which labels are written down.

    Attributes:
        name: the word for it in configs.
        title: what it is, in a few words for people.
        files: the files of a source that are written so; none when it is not this format.
        read: what those files list.
    """

    name: FormatName
    title: str
    files: Callable[[Listing], list[str]]
    read: Callable[[Listing, list[str]], Iterator[Item | ImportIssue]]


RowsOf = Callable[[Listing, str, list[str]], Iterator[Row | ImportIssue]]


def list_format(name: FormatName, title: str, rows: RowsOf) -> Format:
    """Return the format of text files with a row an image; `rows` tells listing, file name and lines apart."""

    def files(listing: Listing) -> list[str]:
        return [file for file in listing.lists if listing.names_images(file, rows(listing, file, listing.head(file)))]

    def read(listing: Listing, chosen: list[str]) -> Iterator[Item | ImportIssue]:
        used: set[str] = set()
        for file in chosen:
            yield from matched(listing.images, file, rows(listing, file, listing.lines(file)), used)
        yield from unlabelled(listing.images, used)

    return Format(name, title, files, read)


def parsed_rows(
    lines: list[str], file: str, parse: Callable[[str], tuple[str, str] | None]
) -> Iterator[Row | ImportIssue]:
    """Yield a row for each line that is not blank; `parse` returns name and label, or None for no such line."""
    for number, line in enumerate(lines, 1):
        if line.strip():
            pair = parse(line)
            yield (number, *pair, None) if pair else ImportIssue(f"{file}, line {number}", "line", line[:200])
