"""Entries of JSON files that list images: objects, lists, lists by split, and lines; each value by its own name."""

import json
import posixpath
from collections.abc import Iterator
from typing import Any, NamedTuple

from engine.errors import SourceError
from engine.parsing import parse_json_as_written
from engine.sources.image_index import IMAGE_HEADINGS
from engine.sources.text_files import TextFiles
from engine.sources.tree import is_image, split_hint
from glyphlab_read.parsing import ParseFault

JSON_LINES = (".jsonl", ".ndjson", ".manifest")
"""Endings of files with an object a line."""

_DEEPEST = 3  # levels at which a list of entries may lie
_MOST_VALUES = 200  # of one entry
_NAME = "image"  # heading of what an object names its entries by
_KEY = "name of it"  # that of the same where its entries have such a heading of their own


class ListedEntry(NamedTuple):
    """One entry of a file: its number, its values by their names, or why it cannot be read."""

    number: int
    values: dict[str, str]
    fault: str = ""


class _Twice(list[Any]):
    """The values of a name that stands several times in an object."""


def json_entries(listing: TextFiles, file: str) -> list[list[ListedEntry]]:
    """Return the lists of entries that a JSON file may hold. Raises SourceError where it is no JSON."""
    text = listing.text(file).removeprefix("\ufeff")
    if not file.casefold().endswith(JSON_LINES):
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


def _of_one_image(listing: TextFiles, file: str, value: Any) -> list[list[ListedEntry]] | None:
    """Return what a JSON file says of the image that it is named like; None where it is of several."""
    stem = posixpath.splitext(file)[0]
    image = listing.images.find(posixpath.basename(stem), file)
    if image is None or posixpath.splitext(image)[0] != stem or not isinstance(value, dict):
        return None
    if any(is_image(name) or listing.images.find(name, file) for name in map(str, value)):
        return None
    plain = not any(isinstance(each, dict | list) for each in value.values())
    return [[ListedEntry(1, {_NAME: image} | _flat(value))]] if plain else None


def _json_lines(text: str) -> Iterator[ListedEntry]:
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                value = _parse(line)
                yield (
                    ListedEntry(number, _flat(value))
                    if isinstance(value, dict)
                    else ListedEntry(number, {}, line[:200])
                )
            except ParseFault:
                yield ListedEntry(number, {}, line[:200])


def _parse(text: str) -> Any:
    return parse_json_as_written(text, _object)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        for name in found:
            values = [value for other, value in pairs if other == name]
            found[name] = _Twice(values) if len(values) > 1 else values[0]
    return found


def _collections(value: Any, depth: int = 0) -> Iterator[list[ListedEntry]]:
    """Yield the lists of entries in a value, those nearest to its root first."""
    if isinstance(value, dict):
        if rows := _by_columns(value) or _joined(value):
            yield rows
            return
        yield list(_named_entries(value))
        if value and all(split_hint(str(name)) and isinstance(below, dict | list) for name, below in value.items()):
            yield list(_split_entries(value))
    elif isinstance(value, list):
        yield [ListedEntry(number, _pair(entry)) for number, entry in enumerate(value, 1)]
    if depth < _DEEPEST:
        for below in value.values() if isinstance(value, dict) else ():
            if isinstance(below, dict | list):
                yield from _collections(below, depth + 1)


def _by_columns(value: dict[str, Any]) -> list[ListedEntry]:
    """Return the rows of a table that is written column by column, as pandas does; none where a value is no such table.

    Its columns have the same keys, or as many values, and the images are named by one of them or by the keys.
    """
    if not 1 < len(value) <= _MOST_VALUES or any(map(is_image, value)) or all(map(split_hint, value)):
        return []
    are_lists = all(type(column) is list for column in value.values())
    columns = {
        name: {str(row): cell for row, cell in enumerate(column)} if are_lists else column
        for name, column in value.items()
        if are_lists or isinstance(column, dict)
    }
    keys = next(iter(columns.values()), {}).keys()
    if not keys or len(columns) < len(value) or any(column.keys() != keys for column in columns.values()):
        return []
    naming = [all(isinstance(cell, str) and is_image(cell) for cell in each.values()) for each in columns.values()]
    if not any(naming) and not are_lists and all(key.isdecimal() for key in keys):  # names may lack their endings
        naming = [name.strip().casefold() in IMAGE_HEADINGS for name in columns]
    keyed = not are_lists and all(map(is_image, keys))
    if all(naming) or not (any(naming) or keyed):
        return []
    heading = _KEY if _NAME in columns else _NAME
    found = []
    for number, key in enumerate(keys, 1):
        row = {name: column[key] for name, column in columns.items()} | ({heading: key} if keyed else {})
        found.append(ListedEntry(number, _flat(row)))
    return found


def _joined(value: dict[str, Any]) -> list[ListedEntry]:
    """Return the annotations of a COCO file, each with the name of its image; none where a value is no such file."""
    images, annotations = (
        list(part.values()) if isinstance(part, dict) else part
        for part in (value.get("images", value.get("imgs")), value.get("annotations", value.get("anns")))
    )
    if not isinstance(images, list) or not isinstance(annotations, list):
        return []
    names = {
        _scalar(image["id"]): image["file_name"]
        for image in images
        if isinstance(image, dict) and "id" in image and isinstance(image.get("file_name"), str)
    }
    found = []
    for number, each in enumerate(annotations if names else (), 1):
        values = _flat(each) if isinstance(each, dict) else {}
        name = names.get(values.pop("image_id", ""))
        fault = "" if name else f"an annotation of no image that is listed: {_scalar(each)[:160]}"
        found.append(ListedEntry(number, values | {_NAME: name or ""}, fault))
    return found


def _split_entries(value: dict[str, Any]) -> Iterator[ListedEntry]:
    """Yield the entries of an object that holds those of each split."""
    number = 0
    for name, below in value.items():
        for entry in next(_collections(below, _DEEPEST)):
            number += 1
            yield entry._replace(number=number, values=entry.values | {"split": name})


def _named_entries(value: dict[str, Any]) -> Iterator[ListedEntry]:
    """Yield an entry for each name of an object."""
    number = 0
    for name, below in value.items():
        for each in below if isinstance(below, _Twice) else (below,):
            number += 1
            if isinstance(each, bool) or each is None:
                yield ListedEntry(number, {_NAME: name}, f"{name[:80]}: {json.dumps(each)}")
            else:
                if isinstance(each, list) and len(each) == 1 and not isinstance(each[0], list):
                    each = each[0]
                inner = _flat(each) if isinstance(each, dict) else {"label": _scalar(each)}
                inner = inner if len(inner) <= _MOST_VALUES else {}
                yield ListedEntry(number, {(_NAME if _NAME not in inner else _KEY): name} | inner)


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
