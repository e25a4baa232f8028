"""The interface of an import format, and what its readers give. Nothing here opens an image."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

from engine.config.generate import Split
from engine.config.importing import FormatName
from engine.datasets.importing.formats.listing import Listing
from engine.sources.tree import Refusal, Span

HEAD_ROWS = 40  # of a list, to detect its format

CutReason = Literal["textless", "outline", "partly", "coarse", "finer", "tiny", "upright", "columns"]
"""Reasons particular to regions that are to be cut out of their photos."""

OutlineReason = Literal[
    "turned",
    "resized",
    "joined",
    "shares",
    "percent",
    "swapped",
    "corners",
    "crossing",
    "beyond",
    "marked",
    "foreign",
    "texts",
]
"""Faults of photos and outlines, told in the same words wherever they come in."""

IssueReason = Literal[
    "missing",
    "line",
    "unlabelled",
    "record",
    "features",
    "packed",
    "companion",
    "beside",
    "unused",
    "encoding",
    "undecodable",
    "too_large",
    "unreadable",
    CutReason,
    OutlineReason,
    Refusal,
]


@dataclass(frozen=True, slots=True)
class Item:
    """One image of a source with its label.

    Attributes:
        name: its name for people.
        member: the file that holds it.
        label: its text, as listed.
        split: the split that the source assigns, if any.
        span: the record within the file; None when the file is the image.
        outline: the corners within the photo, in px, of a word that is cut out of it; else empty.
    """

    name: str
    member: str
    label: str
    split: Split | None = None
    span: Span | None = None
    outline: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class ImportIssue:
    """An entry of a source that is no image with a label, or that is odd.

    Attributes:
        name: its name for people.
        reason: what is wrong with it.
        detail: the text found there.
        dropped: whether it is left out because of that.
        item: what is to be seen of it, if anything.
    """

    name: str
    reason: IssueReason
    detail: str = ""
    dropped: bool = True
    item: Item | None = None


class ListRow(NamedTuple):
    """One row of a label list: its line number, the image it names, the label, and a split if it has one.

    `file` holds it where the list is of several files; empty: the list's own.
    """

    line: int
    image: str
    label: str
    split: Split | None = None
    file: str = ""


Rows = Iterator[ListRow | ImportIssue]

RowReader = Callable[[Listing, str, bool], Rows]
"""Reads a listing's file of this name; only its first lines when the third argument is true."""


@dataclass(frozen=True)
class Format:
    """Format of labels in files.

    Attributes:
        name: its name in configs.
        title: its description for people, in a few words.
        endings: of the files that may list images in this format, one a row; none where it is no list.
        rows: reads such a file.
    """

    name: FormatName
    title: str
    endings: tuple[str, ...] = ()
    rows: RowReader | None = None
