"""The interface of an import format, and the parts that formats of label lists share. Nothing here opens an image."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

from engine.config.generate import Split
from engine.config.importing import FormatName
from engine.datasets.importing.formats.listing import Listing
from engine.sources.image_index import ImageIndex
from engine.sources.tree import Refusal, Span, folder_split_hint, split_hint

HEAD_ROWS = 40  # of a list, to detect its format
_MIN_SHARE = 0.5  # of those rows that must name an existing image

IssueReason = Literal["missing", "line", "unlabelled", "record", "encoding", Refusal]


@dataclass(frozen=True, slots=True)
class Item:
    """One image of a source with its label.

    Attributes:
        name: its name for people.
        member: the file that holds it.
        label: its text, as listed.
        split: the split that the source assigns, if any.
        span: the record within the file; None when the file is the image.
    """

    name: str
    member: str
    label: str
    split: Split | None = None
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class ImportIssue:
    """An entry of a source that is no image with a label: its name, the reason, and the text found there."""

    name: str
    reason: IssueReason
    detail: str = ""


class ListRow(NamedTuple):
    """One row of a label list: its line number, the image it names, the label, and a split if it has one."""

    line: int
    image: str
    label: str
    split: Split | None = None


Rows = Iterator[ListRow | ImportIssue]


@dataclass(frozen=True)
class Format:
    """Format of labels in files.

    Attributes:
        name: its name in configs.
        title: its description for people, in a few words.
        files: the files of a source in this format; none when the source is in another.
        read: the items that those files list.
    """

    name: FormatName
    title: str
    files: Callable[[Listing], list[str]]
    read: Callable[[Listing, list[str]], Iterator[Item | ImportIssue]]


def list_format(
    name: FormatName,
    title: str,
    rows: Callable[[Listing, str, bool], Rows],
    candidates: Callable[[Listing], list[str]] = lambda listing: listing.lists,
) -> Format:
    """Return the format of files that list one image per row.

    Args:
        name: as in Format.
        title: as in Format.
        rows: reads a listing's file of this name; only its first lines when the third argument is true.
        candidates: the files that may be in this format; they are if enough of their first rows name images.
    """

    def files(listing: Listing) -> list[str]:
        return [file for file in candidates(listing) if _names_images(listing, file, rows(listing, file, True))]

    def read(listing: Listing, files: list[str]) -> Iterator[Item | ImportIssue]:
        listed: set[str] = set()
        for file in files:
            yield from _match(listing.images, file, rows(listing, file, False), listed)
        yield from unlabelled(listing.images, listed)

    return Format(name, title, files, read)


def unlabelled(images: ImageIndex, labelled: set[str]) -> Iterator[ImportIssue]:
    """Yield an issue for each image without a label."""
    for name in images.names:
        if name not in labelled:
            yield ImportIssue(name, "unlabelled")


def _names_images(listing: Listing, file: str, rows: Iterable[ListRow | ImportIssue]) -> bool:
    """Say whether enough of a list's first rows name existing images."""
    first = [row for row, _ in zip(rows, range(HEAD_ROWS), strict=False)]
    found = sum(isinstance(row, ListRow) and listing.images.find(row.image, file) is not None for row in first)
    return found > 0 and found >= _MIN_SHARE * len(first)


def _match(
    images: ImageIndex, file: str, rows: Iterable[ListRow | ImportIssue], listed: set[str]
) -> Iterator[Item | ImportIssue]:
    """Turn the rows of a list into items; adds the images that they name to `listed`."""
    hint = split_hint(file)
    for row in rows:
        if isinstance(row, ImportIssue):
            yield row
            continue
        name = images.find(row.image, file)
        if name is None:
            yield ImportIssue(f"{file}, line {row.line}", "missing", row.image[:200])
        else:
            listed.add(name)
            yield Item(name, name, row.label, row.split or hint or folder_split_hint(name))
