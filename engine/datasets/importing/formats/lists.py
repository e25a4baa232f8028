"""The lists of a source: each file's format by its first rows, its rows, and what stands beside its images' names."""

import glob
import itertools
import posixpath
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from engine.datasets.importing.formats.base import HEAD_ROWS, Format, ImportIssue, ListRow, Rows
from engine.datasets.importing.formats.kinds import Kind, kind_of
from engine.datasets.importing.formats.lines import ANNOTATIONS, IAM, ICDAR, MJSYNTH
from engine.datasets.importing.formats.listing import Listing
from engine.datasets.importing.formats.records import DICTIONARY, EACH, XML, entry_of, rows_together
from engine.datasets.importing.formats.table import TABLE
from engine.errors import SourceError, UnsafeSourceError
from engine.sources.image_index import LOOSE, Match
from engine.sources.label_files import is_named_like_labels
from engine.sources.tree import is_image

LIST_FORMATS = (DICTIONARY, XML, ICDAR, MJSYNTH, IAM, TABLE, ANNOTATIONS)
"""In the order of their strictness."""

_MIN_SHARE = 0.5  # of the first rows that must name an image, there or not
_NEARLY = 0.9  # of the best share of rows: the strictest of such formats is taken
_MANY = 0.3  # share of the images of a list that may have several texts by mistake
_SAMPLE = 1_000  # rows that say what a list holds
_LOOKS = 40  # files of single images that are looked into first


@dataclass
class LabelList:
    """A file that lists images, one a row, or files of one image each.

    Attributes:
        file, format: its name, and how it is written; of several files the pattern of their names.
        entries: its rows with the images that they name, if those are there, and rows that are not understood.
        kind: what stands beside the names.
    """

    file: str
    format: Format
    entries: list[tuple[ListRow, Match | None] | ImportIssue] = field(default_factory=list)
    kind: Kind = "texts"

    @property
    def files(self) -> list[str]:
        """The files that it was read from."""
        return list(dict.fromkeys(row.file or self.file for row, _ in self.rows)) or [self.file]

    @property
    def rows(self) -> Iterator[tuple[ListRow, Match | None]]:
        """The rows that are understood."""
        return (entry for entry in self.entries if not isinstance(entry, ImportIssue))

    @property
    def images(self) -> set[str]:
        """The images that it names and that are there."""
        return {match.name for _, match in self.rows if match is not None}

    @property
    def values(self) -> set[str]:
        """The different labels that it gives."""
        return {row.label for row, _ in self.rows}


def parted(listing: Listing, names: Sequence[str]) -> tuple[list[str], list[str], list[list[str]]]:
    """Part files that may hold labels.

    Returns:
        Those that may be lists by their endings, first the ones that are named as lists are; others; and those that
        belong to an image each by their names, by folder and ending.
    """
    lists: list[str] = []
    others: list[str] = []
    own: dict[tuple[str, str], list[str]] = defaultdict(list)
    for name in names:
        if listing.belongs_to_image(name):
            own[posixpath.dirname(name), posixpath.splitext(name)[1]].append(name)
        else:
            (lists if any(_ending(name) in format.endings for format in LIST_FORMATS) else others).append(name)
    lists.sort(key=lambda name: not is_named_like_labels(posixpath.basename(name)))
    return lists, others, list(own.values())


def spread(files: Sequence[str]) -> Sequence[str]:
    """Return some files, evenly spaced over all; all of a few."""
    return files[:: max(1, len(files) // _LOOKS)]


def _ending(name: str) -> str:
    return posixpath.splitext(name)[1].casefold() or ".txt"


def read_list(listing: Listing, file: str, formats: Sequence[Format] = LIST_FORMATS) -> LabelList | None:
    """Read a list in the format that fits it best; None where none does.

    Raises:
        SourceError: it cannot be read, or the user has to say which column holds the label.
    """
    format = _format_of(listing, file, formats)
    if format is None or format.rows is None:
        return None
    return _filled(listing, LabelList(file, format), format.rows(listing, file, False))


def read_together(listing: Listing, files: Sequence[str]) -> tuple[LabelList | None, list[str]]:
    """Read files of one folder and ending that say something of one image each as one list.

    Returns:
        The list, None where no file is of that kind; and the files that are not.

    Raises:
        ColumnQuestion: which of their values is the label, the user has to say.
    """
    folder, ending = posixpath.dirname(files[0]), posixpath.splitext(files[0])[1]
    entries = {file: entry for file in files if (entry := entry_of(listing, file)) is not None}
    rows = rows_together(listing, posixpath.join(folder, f"*{ending}"), entries)
    name = files[0] if len(files) == 1 else posixpath.join(glob.escape(folder), f"*{ending}")
    found = _filled(listing, LabelList(name, EACH[ending.casefold()]), rows)
    return (found if found.entries else None), [file for file in files if file not in entries]


def _filled(listing: Listing, found: LabelList, rows: Rows) -> LabelList:
    """Return a list with its rows, and what they hold."""
    for row in rows:
        known = isinstance(row, ListRow)
        found.entries.append((row, listing.images.match(row.image, row.file or found.file)) if known else row)
    named = [row.label for row, match in found.rows if match is not None]
    kind = kind_of(named[:: max(1, len(named) // _SAMPLE)])
    if kind in ("numbers", "alike") and "state" in found.file.casefold():
        kind = "states"
    found.kind = "several" if _says_several(found) else kind
    return found


def _says_several(found: LabelList) -> bool:
    """Say whether a list gives many of its images several texts, as lists of words in photos do."""
    texts: dict[str, set[str]] = defaultdict(set)
    for row, match in found.rows:
        if match is not None and match.looseness < LOOSE:
            texts[match.name].add(row.label)
    several = sum(len(labels) > 1 for labels in texts.values())
    return several >= max(2, _MANY * len(texts))


def _format_of(listing: Listing, file: str, formats: Sequence[Format]) -> Format | None:
    """Return the strictest format of those by which most of a list's first rows name images.

    Raises:
        SourceError: a stricter format than any that fits has a question, or a fault of the file to tell.
    """
    shares: list[tuple[float, Format]] = []
    fault: SourceError | None = None
    ending = _ending(file)
    for format in formats:
        if format.rows is None or ending not in format.endings:
            continue
        try:
            share = _share(listing, file, format)
        except UnsafeSourceError:
            raise
        except SourceError as error:
            if shares or not _is_telling(listing, file, format):
                continue
            fault = error
            break
        if share:
            shares.append((share, format))
    if fault is not None:
        raise fault
    best = max((share for share, _ in shares), default=0)
    return next((format for share, format in shares if share >= _NEARLY * best), None)


def _is_telling(listing: Listing, file: str, format: Format) -> bool:
    """Say whether it matters that a format does not read a file: any text may be tried as JSON."""
    return format is not DICTIONARY or file.casefold().endswith((".json", ".jsonl", ".ndjson"))


def _share(listing: Listing, file: str, format: Format) -> float:
    """Return the share of a list's first rows that name images; 0 where they are too few, or none is there."""
    if format.rows is None:
        return 0
    first = list(itertools.islice(format.rows(listing, file, True), HEAD_ROWS))
    named = [row.image for row in first if isinstance(row, ListRow)]
    there = sum(listing.images.find(name, file) is not None for name in named)
    looks = sum(is_image(name) or listing.images.find(name, file) is not None for name in named)
    counted = named if format in (DICTIONARY, XML) else first  # an entry without a label is one all the same
    if not named or looks < _MIN_SHARE * len(counted):
        return 0
    if not there:  # most of what is listed is missing: some may be there further on
        rows = format.rows(listing, file, False)
        there = any(isinstance(row, ListRow) and listing.images.find(row.image, file) is not None for row in rows)
    return looks / len(counted) if there else 0
