"""Lists that programs write: JSON objects and lists, JSON lines, and XML; each entry becomes a row of a table."""

import posixpath
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any
from xml.etree.ElementTree import Element

from engine.datasets.importing.formats.base import HEAD_ROWS, Format, ImportIssue, ListRow, RowReader, Rows
from engine.datasets.importing.formats.columns import Columns, choose_columns
from engine.datasets.importing.formats.kinds import kind_of
from engine.datasets.importing.formats.listing import Listing
from engine.datasets.importing.formats.table import row_of
from engine.errors import SourceError, UnsafeSourceError
from engine.parsing import MAX_XML_BYTES, parse_xml
from engine.sources.entries import JSON_LINES, ListedEntry, json_entries
from engine.sources.tree import is_image
from glyphlab_read.parsing import ParseFault

_OUTLINED = {"x", "x1", "xtl", "points", "xmin", "hpos", "left", "bbox", "box"}
"""Attributes of a region, by which a file outlines text."""


def _xml_entries(listing: Listing, file: str) -> list[list[ListedEntry]]:
    """Return the elements of an XML file that name an image. Raises SourceError where it is no XML."""
    try:
        root = parse_xml(listing.tree.read(file, MAX_XML_BYTES))
    except (OSError, ParseFault) as error:
        raise SourceError(f"{file!r} is no XML that is read ({str(error)[:100]}). Save it again.") from None
    if any(_OUTLINED & {name.casefold() for name in element.attrib} for element in root.iter()):
        raise SourceError(
            f"{file!r} holds boxes of texts in photos, which are scenes. Import it as scenes (import-scenes); if it "
            "is not read there either, convert it to COCO, PAGE or Pascal VOC."
        )
    entries = [_element(element) for element in root.iter()]
    named = (
        values
        for values in entries
        if any(listing.images.find(value, file) or is_image(value) for value in values.values())
    )
    return [[ListedEntry(number, values) for number, values in enumerate(named, 1)]]


def _element(element: Element) -> dict[str, str]:
    """Return what an element says: its attributes, the texts of its children, and what those without a text say."""
    values = {}
    several = {tag for tag, times in Counter(child.tag for child in element).items() if times > 1}
    for child in element:
        if child.tag in several and child.get("name") is None:
            continue
        text = (child.text or "").strip()
        if text and not len(child):
            values[child.get("name") or _local(child.tag)] = text
        elif not len(child):
            values |= {_local(name): value for name, value in child.attrib.items()}
        else:
            values |= {key: value for key, value in _element(child).items() if key not in values and len(element) == 1}
    return values | {_local(name): value for name, value in element.attrib.items()}


def _local(tag: Any) -> str:
    return str(tag).rpartition("}")[2]


def _reader(entries: Any) -> RowReader:
    """Return the reader of files of entries."""

    def rows(listing: Listing, file: str, head: bool) -> Rows:
        if file not in listing.parsed:
            listing.parsed[file] = _best(listing, file, entries(listing, file))
        found = listing.parsed[file]
        if found is None:
            return
        if not head:
            del listing.parsed[file]
        headings, columns, records = found
        for entry in islice(records, HEAD_ROWS if head else None):
            yield _row(headings, columns, entry) or _issue(f"{file}, entry {entry.number}", entry)

    return rows


def _row(headings: list[str], columns: Columns, entry: ListedEntry) -> ListRow | None:
    return None if entry.fault else row_of(columns, ",", entry.number, _fields(headings, entry))


def _issue(name: str, entry: ListedEntry) -> ImportIssue:
    return ImportIssue(name, "line", entry.fault or str(entry.values)[:200])


def entry_of(listing: Listing, file: str) -> ListedEntry | None:
    """Return the one entry of a file of EACH that says something of one image; None where it is no such file.

    Raises:
        UnsafeSourceError: the source is not safe to read.
    """
    try:
        collections = _ENTRIES[posixpath.splitext(file)[1].casefold()](listing, file)
    except UnsafeSourceError:
        raise
    except SourceError:
        return None
    if len(collections) != 1 or len(collections[0]) != 1 or collections[0][0].fault:
        return None
    entry = collections[0][0]
    named = any(is_image(value) or listing.images.find(value, file) for value in entry.values.values())
    return entry if named else None


def rows_together(listing: Listing, place: str, entries: Mapping[str, ListedEntry]) -> Rows:
    """Yield a row for each file of one entry that has a label: what their values mean, only all of them tell.

    Args:
        listing: the source.
        place: what the files are called together, below their folder.
        entries: by file.

    Raises:
        ColumnQuestion: which of their values is the label, the user has to say.
    """
    saying = [entry for entry in entries.values() if len(entry.values) > 1]  # more than the image
    found = _best(listing, place, [saying])
    if found is None:
        return
    headings, columns, _ = found
    for file, entry in entries.items():
        row = _row(headings, columns, entry)
        if row is None:
            yield _issue(file, entry)
        elif row.label.strip():  # else nobody typed it yet, and another list may say it
            yield row._replace(file=file)


def _best(
    listing: Listing, file: str, collections: Iterable[list[ListedEntry]]
) -> tuple[list[str], Columns, list[ListedEntry]] | None:
    """Return the entries of a file that name most images, texts before others, with their headings and columns.

    A bare number is the name of an image only in a file that names none with its ending: else it counts something.

    Raises:
        SourceError: which of their values is the label, the user has to say.
    """
    collections = list(collections)
    with_endings = any(map(_names_files, collections))

    def find(name: str) -> str | None:
        number = with_endings and name.strip().isdecimal()
        return None if number else listing.images.find(name, file)

    best, most, question = None, (0, False), None
    for records in collections:
        some = _sample(records)
        headings = list(dict.fromkeys(name for entry in some for name in entry.values))
        rows = [headings, *(_fields(headings, entry) for entry in some)]
        try:
            columns = choose_columns(file, rows, listing.config.table, find)
        except SourceError as error:
            question = question or error
            continue
        if columns is not None:
            texts = kind_of(row[columns.label] for row in rows[1:]) == "texts"
            found = sum(find(row[columns.image]) is not None for row in rows[1:])
            if (found, texts) > most:
                best, most = (headings, columns, records), (found, texts)
    if best is None and question is not None:
        raise question
    return best


def _names_files(records: list[ListedEntry]) -> bool:
    """Say whether one of the values of most entries is the name of an image, with its ending."""
    some = _sample(records)
    named = Counter(name for entry in some for name, value in entry.values.items() if is_image(value))
    given = Counter(name for entry in some for name, value in entry.values.items() if value)
    return any(2 * times > given[name] for name, times in named.items())


def _sample(records: list[ListedEntry]) -> list[ListedEntry]:
    return records[:: max(1, len(records) // HEAD_ROWS)]


def _fields(headings: list[str], entry: ListedEntry) -> list[str]:
    return [entry.values.get(name, "") for name in headings]


DICTIONARY = Format(
    "dictionary",
    "JSON of names and labels: an object (docTR), a list, or lines",
    (".json", *JSON_LINES, ".txt"),
    _reader(json_entries),
)
XML = Format("xml", "XML of names and labels (ICDAR 2003)", (".xml",), _reader(_xml_entries))

EACH = {".json": DICTIONARY, ".xml": XML}
"""Formats of files that may say something of one image each, by their endings."""

_ENTRIES = {".json": json_entries, ".xml": _xml_entries}
