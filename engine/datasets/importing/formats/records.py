"""Lists that programs write: JSON objects and lists, JSON lines, and XML; each entry becomes a row of a table."""

import json
import posixpath
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, NamedTuple
from xml.etree.ElementTree import Element

from engine.datasets.importing.formats.base import HEAD_ROWS, Format, ImportIssue, RowReader, Rows
from engine.datasets.importing.formats.columns import Columns, choose_columns
from engine.datasets.importing.formats.kinds import kind_of
from engine.datasets.importing.formats.listing import Listing
from engine.datasets.importing.formats.table import row_of
from engine.errors import SourceError
from engine.parsing import MAX_XML_BYTES, parse_json_as_written, parse_xml
from engine.sources.tree import is_image, split_hint
from glyphlab_read.parsing import ParseFault

_LINES = (".jsonl", ".ndjson", ".manifest")
_DEEPEST = 3  # levels at which a list of entries may lie
_MOST_VALUES = 200  # of one entry
_NAME = "image"  # heading of what an object names its entries by
_OUTLINED = {"x", "x1", "xtl", "points", "xmin", "hpos", "left", "bbox", "box"}
"""Attributes of a region, by which a file outlines text."""


class _Entry(NamedTuple):
    """One entry of a file: its number, its values by their names, or why it cannot be read."""

    number: int
    values: dict[str, str]
    fault: str = ""


class _Twice(list[Any]):
    """The values of a name that stands several times in an object."""


def _json_entries(listing: Listing, file: str) -> list[list[_Entry]]:
    """Return the lists of entries that a JSON file may hold. Raises SourceError where it is no JSON."""
    text = listing.text(file).removeprefix("\ufeff")
    if not file.casefold().endswith(_LINES):
        try:
            value = _parse(text)
            beside = _of_one_image(listing, file, value)
            return list(_collections(value)) if beside is None else beside
        except ParseFault as error:
            lines = [line for line in text.splitlines() if line.strip()]
            if len(lines) < 2 or not all(
                line.strip().startswith("{") and line.rstrip().endswith("}") for line in lines[:2]
            ):
                raise SourceError(f"{file!r} is no JSON ({str(error)[:100]}). Save it again.") from None
    return [list(_json_lines(text))]


def _of_one_image(listing: Listing, file: str, value: Any) -> list[list[_Entry]] | None:
    """Return what a JSON file says of the image that it is named like; None where it is of several."""
    stem = posixpath.splitext(file)[0]
    image = listing.images.find(posixpath.basename(stem), file)
    if image is None or posixpath.splitext(image)[0] != stem or not isinstance(value, dict):
        return None
    if any(is_image(name) or listing.images.find(name, file) for name in map(str, value)):
        return None
    plain = not any(isinstance(each, dict | list) for each in value.values())
    return [[_Entry(1, {_NAME: image} | _flat(value))]] if plain else None


def _json_lines(text: str) -> Iterator[_Entry]:
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                value = _parse(line)
                yield _Entry(number, _flat(value)) if isinstance(value, dict) else _Entry(number, {}, line[:200])
            except ParseFault:
                yield _Entry(number, {}, line[:200])


def _parse(text: str) -> Any:
    return parse_json_as_written(text, _object)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        for name in found:
            values = [value for other, value in pairs if other == name]
            found[name] = _Twice(values) if len(values) > 1 else values[0]
    return found


def _collections(value: Any, depth: int = 0) -> Iterator[list[_Entry]]:
    """Yield the lists of entries in a value, those nearest to its root first."""
    if isinstance(value, dict):
        yield list(_named_entries(value))
        if value and all(split_hint(str(name)) and isinstance(below, dict | list) for name, below in value.items()):
            yield list(_split_entries(value))
    elif isinstance(value, list):
        yield [_Entry(number, _pair(entry)) for number, entry in enumerate(value, 1)]
    if depth < _DEEPEST:
        for below in value.values() if isinstance(value, dict) else ():
            if isinstance(below, dict | list):
                yield from _collections(below, depth + 1)


def _split_entries(value: dict[str, Any]) -> Iterator[_Entry]:
    """Yield the entries of an object that holds those of each split."""
    number = 0
    for name, below in value.items():
        for entry in next(_collections(below, _DEEPEST)):
            number += 1
            yield entry._replace(number=number, values=entry.values | {"split": name})


def _named_entries(value: dict[str, Any]) -> Iterator[_Entry]:
    """Yield an entry for each name of an object."""
    number = 0
    for name, below in value.items():
        for each in below if isinstance(below, _Twice) else (below,):
            number += 1
            if isinstance(each, bool) or each is None:
                yield _Entry(number, {_NAME: name}, f"{name[:80]}: {json.dumps(each)}")
            else:
                if isinstance(each, list) and len(each) == 1 and not isinstance(each[0], list):
                    each = each[0]
                inner = _flat(each) if isinstance(each, dict) else {"label": _scalar(each)}
                inner = inner if len(inner) <= _MOST_VALUES else {}
                yield _Entry(number, {(_NAME if _NAME not in inner else "name of it"): name} | inner)


def _pair(entry: Any) -> dict[str, str]:
    if isinstance(entry, list) and len(entry) == 2:
        return {_NAME: _scalar(entry[0]), "label": _scalar(entry[1])}
    return _flat(entry) if isinstance(entry, dict) else {}


def _flat(value: dict[str, Any]) -> dict[str, str]:
    """Return the values of an object and of those in it by their own names; the outer ones go first."""
    flat: dict[str, str] = {}
    inner: list[dict[str, Any]] = []
    for name, each in value.items():
        if isinstance(each, str) and each.lstrip().startswith('{"'):
            each = _unwrapped(each)
        if isinstance(each, list) and len(each) == 1 and not isinstance(each, _Twice):
            each = each[0]
        if isinstance(each, dict):
            inner.append(each)
        elif each is not None and not isinstance(each, bool):
            flat[str(name)] = _scalar(each)
    for each in inner:
        flat = _flat(each) | flat
    return flat


def _unwrapped(text: str) -> Any:
    """Return what JSON in a text says; the text itself where it is none."""
    try:
        return _parse(text)
    except ParseFault:
        return text


def _scalar(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _xml_entries(listing: Listing, file: str) -> list[list[_Entry]]:
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
    return [[_Entry(number, values) for number, values in enumerate(named, 1)]]


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
            row = row_of(columns, ",", entry.number, _fields(headings, entry))
            if entry.fault or row is None:
                yield ImportIssue(f"{file}, entry {entry.number}", "line", entry.fault or str(entry.values)[:200])
            else:
                yield row

    return rows


def _best(
    listing: Listing, file: str, collections: Iterable[list[_Entry]]
) -> tuple[list[str], Columns, list[_Entry]] | None:
    """Return the entries of a file that name most images, texts before others, with their headings and columns.

    Raises:
        SourceError: which of their values is the label, the user has to say.
    """
    best, most, question = None, (0, False), None
    for records in collections:
        some = records[:: max(1, len(records) // HEAD_ROWS)]
        headings = list(dict.fromkeys(name for entry in some for name in entry.values))
        rows = [headings, *(_fields(headings, entry) for entry in some)]
        try:
            columns = choose_columns(file, rows, listing.config.table, lambda name: listing.images.find(name, file))
        except SourceError as error:
            question = question or error
            continue
        if columns is not None:
            texts = kind_of(row[columns.label] for row in rows[1:]) == "texts"
            found = sum(listing.images.find(row[columns.image], file) is not None for row in rows[1:])
            if (found, texts) > most:
                best, most = (headings, columns, records), (found, texts)
    if best is None and question is not None:
        raise question
    return best


def _fields(headings: list[str], entry: _Entry) -> list[str]:
    return [entry.values.get(name, "") for name in headings]


DICTIONARY = Format(
    "dictionary",
    "JSON of names and labels: an object (docTR), a list, or lines",
    (".json", *_LINES, ".txt"),
    _reader(_json_entries),
)
XML = Format("xml", "XML of names and labels (ICDAR 2003)", (".xml",), _reader(_xml_entries))
