"""What a format finds in a source: images with their labels as listed, and entries that make no such pair.

Nothing here opens an image or judges a label.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from engine.config.generate import Split
from engine.sources.tree import ImageIndex, Refusal, Span, folder_split_hint, split_hint

IssueReason = Literal["missing", "line", "unlabelled", "record", Refusal]


@dataclass(frozen=True, slots=True)
class Item:
    """One image of a source with its label.

    Attributes:
        name: what it is called, for people.
        member: the file it is in.
        label: its text, as listed.
        split: the split that the source gives it, if it says so.
        span: the record within the file; None when the file is the image.
    """

    name: str
    member: str
    label: str
    split: Split | None = None
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class ImportIssue:
    """An entry of a source that is no image with a label: its name, why, and what stands there."""

    name: str
    reason: IssueReason
    detail: str = ""


Row = tuple[int, str, str, Split | None]  # a line's number, the image it names, the label, and a split if one is given


def matched(
    images: ImageIndex, listed_in: str, rows: Iterable[Row | ImportIssue], used: set[str]
) -> Iterator[Item | ImportIssue]:
    """Turn the rows of a list into items; `used` gathers the images that were named."""
    hint = split_hint(listed_in)
    for row in rows:
        if isinstance(row, ImportIssue):
            yield row
            continue
        number, called, label, split = row
        name = images.find(called, listed_in)
        if name is None:
            yield ImportIssue(f"{listed_in}, line {number}", "missing", called[:200])
        else:
            used.add(name)
            yield Item(name, name, label, split or hint or folder_split_hint(name))


def unlabelled(images: ImageIndex, used: set[str]) -> Iterator[ImportIssue]:
    """Yield a flaw for each image that no list names."""
    for name in images.names:
        if name not in used:
            yield ImportIssue(name, "unlabelled")
