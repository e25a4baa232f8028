"""Tables of regions (CSV, TSV, JSON): a row a region, its photo, its corners in columns or in one, and its text.

An entry of a JSON file is a row; its values by their own names are the cells.
"""

import contextlib
import csv
import posixpath
import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple

from engine.config.scene_rules import BoxKind
from engine.datasets.scenes.importing.formats.base import (
    FAULTS,
    Entries,
    ListedRegion,
    SceneFormat,
    SceneIssue,
    box,
    class_or_text,
    explain,
    number,
    polygon,
    region,
    size,
)
from engine.datasets.scenes.importing.formats.boxes import box_kind, box_of
from engine.datasets.scenes.importing.formats.fields import is_marked, kind_of, language_of, text_field
from engine.datasets.scenes.importing.formats.listing import SceneListing
from engine.datasets.scenes.importing.formats.records import PhotoRecord, read_records
from engine.errors import SourceError
from engine.sources.entries import JSON_LINES, json_entries
from glyphlab_read.parsing import ParseFault, parse_json
from glyphlab_read.regions.quads import Points

_PHOTOS = ("filename", "file", "imagename", "imagepath", "image", "img", "photo", "path", "imageid", "name")
_CORNERS = (("xmin", "ymin", "xmax", "ymax"), ("left", "top", "right", "bottom"))
_SIZES = (("x", "y", "width", "height"), ("x", "y", "w", "h"), ("left", "top", "width", "height"))
_CENTRES = (("xcenter", "ycenter", "width", "height"), ("cx", "cy", "w", "h"), ("cx", "cy", "width", "height"))
_LISTS = ("polygon", "points", "vertices", "segmentation", "coordinates", "quad", "bbox", "box")
_QUADS = tuple(tuple(f"{axis}{n}" for n in range(first, first + 4) for axis in "xy") for first in (0, 1))
_PAIRS = (("x1", "y1", "x2", "y2"), ("x0", "y0", "x1", "y1"))
_DIALECTS = ",;\t|"
_JSON = (".json", *JSON_LINES)
_LOOKED = 200  # rows of which one has to name a photo


class _Columns(NamedTuple):
    """The columns of a table: of the photo, of the corners, and what kind of numbers these are."""

    photo: str
    corners: tuple[str, ...]
    kind: str
    others: tuple[str, ...]


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.casefold())


def _columns(header: list[str]) -> _Columns | None:
    """Return the columns by their names; None where no photo or no corners are among them."""
    by_plain = {_plain(name): name for name in reversed(header) if name}
    photo = next((by_plain[name] for name in _PHOTOS if name in by_plain), None)
    groups = [(group, "quad") for group in _QUADS] + [(group, "corners") for group in (*_CORNERS, *_PAIRS)]
    groups += [(group, "centre") for group in _CENTRES] + [(group, "size") for group in _SIZES]
    groups += [((name,), "list") for name in _LISTS]
    found = next(((group, kind) for group, kind in groups if set(group) <= by_plain.keys()), None)
    if photo is None or found is None:
        return None
    corners = tuple(by_plain[name] for name in found[0])
    more = {by_plain[name] for name in _LISTS if name in by_plain}
    sides = {name for name in header if _plain(name) in ("width", "height", "imagewidth", "imageheight", "filesize")}
    others = tuple(name for name in header if name and name not in {photo, *corners, *more, *sides})
    return _Columns(photo, corners, found[1], others)


def _rows(lines: list[str]) -> Iterator[dict[str, str]]:
    """Yield the rows of a table by its header; the delimiter is the one that the header has most of."""
    header = lines[0].removeprefix("\ufeff") if lines else ""
    delimiter = max(_DIALECTS, key=header.count)
    for row in csv.DictReader([header, *lines[1:]], delimiter=delimiter):
        yield {name: cell for name, cell in row.items() if isinstance(name, str) and isinstance(cell, str)}


def _is_table(listing: SceneListing, name: str) -> bool:
    """Say whether a table outlines regions of photos that are there."""
    try:
        rows = _table(listing, name) if name.casefold().endswith(_JSON) else list(_rows(listing.head(name)))
    except (SourceError, csv.Error):
        return False
    known = ((row, columns) for row in rows[:_LOOKED] if (columns := _columns(list(row))))
    return any(row.get(columns.photo) and listing.photo(row[columns.photo], name) for row, columns in known)


def _read(listing: SceneListing, files: list[str]) -> Entries:
    known = [(row, columns) for file in files for row in _table(listing, file) if (columns := _columns(list(row)))]
    field = text_field((_others(row, columns) for row, columns in known), listing.config.text_field)
    lists = (_values(row, columns) for row, columns in known if columns.kind == "list")
    boxes = box_kind((values for values in lists if _is_box(values)), listing.config.boxes)

    def records(listing: SceneListing, file: str) -> Iterator[PhotoRecord | SceneIssue]:
        photos: dict[str, list[ListedRegion]] = {}
        frames: dict[str, tuple[float, float] | None] = {}
        for count, row in enumerate(_table(listing, file), 2):
            try:
                columns = _columns(list(row))
                if columns is None:
                    raise ValueError("too few cells")
                of_photo = photos.setdefault(row[columns.photo], [])
                frames[row[columns.photo]] = _frame(row, columns)
                if any(row[name].strip() for name in columns.corners):  # else it is a photo without regions
                    of_photo.append(_region(listing, row, columns, field, boxes))
            except FAULTS as error:
                yield SceneIssue(f"{file}, row {count}", "line", f"{str(list(row.values()))[:80]} ({explain(error)})")
        for photo, regions in photos.items():
            yield PhotoRecord(posixpath.basename(photo), [photo, f"{photo}.jpg"], partial(list, regions), frames[photo])

    return read_records(listing, files, records)


def outlines(listing: SceneListing, file: str, boxes: BoxKind) -> Iterator[tuple[str, Points]]:
    """Yield the outline of each row of a table that has one, with its photo; four numbers of a list are `boxes`."""
    for row in _table(listing, file):
        columns = _columns(list(row))
        photo = listing.photo(row[columns.photo], file) if columns else None
        if columns and photo:
            with contextlib.suppress(*FAULTS):
                yield photo, _outline(_values(row, columns), columns.kind, boxes)


def _table(listing: SceneListing, file: str) -> list[dict[str, str]]:
    """Return the rows of a table. Raises SourceError where it is none."""
    if file.casefold().endswith(_JSON):
        lists = ([entry.values for entry in entries if not entry.fault] for entries in json_entries(listing, file))
        return max(lists, key=lambda rows: sum(_columns(list(row)) is not None for row in rows), default=[])
    try:
        return list(_rows(listing.lines(file)))
    except csv.Error as error:
        raise SourceError(f"{file!r} is no table that is read ({error}). Save it again.") from None


def _frame(row: Mapping[str, str], columns: _Columns) -> tuple[float, float] | None:
    """Return the photo's size where the table has it, and its width and height are not those of regions."""
    by_plain = {_plain(name): name for name in row if name not in columns.corners}
    for pair in (("width", "height"), ("imagewidth", "imageheight")):
        if set(pair) <= by_plain.keys():
            return size(row[by_plain[pair[0]]], row[by_plain[pair[1]]])
    return None


def _values(row: Mapping[str, str], columns: _Columns) -> list[Any]:
    """Return the numbers of a row's corners, from columns or from one that holds a list."""
    if columns.kind != "list":
        return [row[name] for name in columns.corners]
    cell = row.get(columns.corners[0], "").strip()
    if cell[:1] in ("[", "("):
        try:
            return list(parse_json(cell.replace("(", "[").replace(")", "]")))
        except ParseFault:
            return []
    return [part for part in re.split(r"[\s,;]+", cell) if part]


def _others(row: Mapping[str, str], columns: _Columns) -> dict[str, str]:
    return {name: row[name] for name in columns.others if name in row}


def _is_box(values: list[Any]) -> bool:
    return len(values) == 4 and not isinstance(values[0], list)


def _region(listing: SceneListing, row: Mapping[str, str], columns: _Columns, field: str, boxes: str) -> ListedRegion:
    fields = _others(row, columns)
    said, kind = class_or_text(fields.get(field)) if field else (None, None)
    corners = _outline(_values(row, columns), columns.kind, boxes)
    kind, language = kind or kind_of(fields), language_of(fields)
    return region(corners, said, listing, "word", marked=is_marked(fields), kind=kind, language=language)


def _outline(values: list[Any], kind: str, boxes: str) -> Points:
    if kind == "centre":
        x, y, width, height = map(number, values)
        return box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)
    if kind in ("corners", "size"):
        return box_of(values, kind)
    if kind == "list" and _is_box(values):
        return box_of(values, boxes)
    if len(values) == 1 and isinstance(values[0], list):  # COCO's list of parts
        values = values[0]
    return polygon(values)


TABLE = SceneFormat(
    "table",
    "a table with a row a region: its photo, its corners and its text (CSV, TSV, JSON)",
    lambda listing: listing.fitting(listing.ending(".csv", ".tsv", *_JSON), lambda name: _is_table(listing, name)),
    _read,
)
