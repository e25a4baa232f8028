"""VGG Image Annotator: its JSON files, projects of versions 1 to 3 among them, and its CSV files."""

import contextlib
import csv
import json
import posixpath
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from engine.datasets.scenes.importing.formats.base import (
    FAULTS,
    Entries,
    ListedRegion,
    RegionFault,
    SceneFormat,
    box,
    circle,
    class_or_text,
    polygon,
    region,
    tried,
    turned,
)
from engine.datasets.scenes.importing.formats.fields import is_marked, kind_of, language_of, text_field
from engine.datasets.scenes.importing.formats.listing import SceneListing
from engine.datasets.scenes.importing.formats.records import PhotoRecord, read_records
from engine.datasets.scenes.importing.formats.via3 import is_via3, via3_photos
from engine.errors import SourceError
from glyphlab_read.parsing import ParseFault, parse_json
from glyphlab_read.regions.quads import Points

_SHAPE, _FIELDS = "region_shape_attributes", "region_attributes"
_HEADER = {"filename", _SHAPE, _FIELDS}


def _photos(value: Any) -> dict[str, Any]:
    """Return the entries of a file or of a project, by photo."""
    return value["_via_img_metadata"] if isinstance(value, dict) and "_via_img_metadata" in value else value


def _is_via(value: Any) -> bool:
    if is_via3(value):
        return True
    photos = _photos(value)
    first = next(iter(photos.values()), None) if isinstance(photos, dict) else None
    return isinstance(first, dict) and "filename" in first and "regions" in first


def _regions(entry: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    regions = entry["regions"]
    return list(regions.values() if isinstance(regions, dict) else regions)


def _read(listing: SceneListing, files: list[str]) -> Entries:
    field = text_field(_fields(listing, files), listing.config.text_field)

    def records(listing: SceneListing, file: str) -> Iterator[PhotoRecord]:
        for entry in _entries(listing, file):
            name = str(entry["filename"])

            def regions(entry: Mapping[str, Any] = entry) -> Iterator[ListedRegion | RegionFault]:
                return (tried(_region, listing, each, field) for each in _regions(entry))

            yield PhotoRecord(posixpath.basename(name), [name], regions)

    return read_records(listing, files, records)


def _fields(listing: SceneListing, files: list[str]) -> Iterator[Mapping[str, Any]]:
    """Yield the fields of each region, for the choice of one; what is damaged is told when it is read."""
    for file in files:
        with contextlib.suppress(SourceError, *FAULTS):
            for entry in _entries(listing, file):
                with contextlib.suppress(*FAULTS):
                    yield from (region["region_attributes"] for region in _regions(entry))


def _entries(listing: SceneListing, file: str) -> Sequence[Mapping[str, Any]]:
    """Return the photos of a file, those of a CSV file as its JSON would have them."""
    if file.casefold().endswith(".csv"):
        return _rows(listing, file)
    value = listing.json(file)
    return via3_photos(value) if is_via3(value) else list(_photos(value).values())


def _rows(listing: SceneListing, file: str) -> list[dict[str, Any]]:
    photos: dict[str, dict[str, Any]] = {}
    for row in csv.DictReader(_unhashed(listing.lines(file))):
        entry = photos.setdefault(str(row["filename"]), {"filename": row["filename"], "regions": []})
        try:
            shape, fields = parse_json(row[_SHAPE] or "{}"), parse_json(row[_FIELDS] or "{}")
        except ParseFault:
            shape, fields = {"name": "damaged"}, {}
        if shape:  # a photo without regions has a row, too
            entry["regions"].append({"shape_attributes": shape, "region_attributes": fields})
    return list(photos.values())


def _unhashed(lines: list[str]) -> list[str]:
    """Return lines whose header is no comment: the first version writes #filename."""
    return [lines[0].removeprefix("\ufeff").removeprefix("#"), *lines[1:]] if lines else lines


def _is_csv(listing: SceneListing, name: str) -> bool:
    try:
        first = next(csv.reader(_unhashed(listing.head(name))), [])
    except (SourceError, csv.Error):
        return False
    return {cell.strip() for cell in first} >= _HEADER


def _region(listing: SceneListing, value: Mapping[str, Any], field: str) -> ListedRegion:
    fields = value.get("region_attributes") or {}
    text = fields.get(field) if field else None
    text, kind = class_or_text(text) if text is not None else (None, kind_of(fields))
    return region(
        _outline(value["shape_attributes"]),
        text,
        listing,
        "word",
        marked=is_marked(fields),
        kind=kind,
        language=language_of(fields),
    )


def _outline(shape: Mapping[str, Any]) -> Points:
    name = shape["name"]
    if name in ("polygon", "polyline"):
        return polygon(list(zip(shape["all_points_x"], shape["all_points_y"], strict=True)))
    if name == "rect":
        return box(shape["x"], shape["y"], shape["x"] + shape["width"], shape["y"] + shape["height"])
    if name == "circle":
        return circle(shape["cx"], shape["cy"], shape["r"], shape["r"])
    if name == "ellipse":
        around = circle(shape["cx"], shape["cy"], shape["rx"], shape["ry"])
        return turned(around, (shape["cx"], shape["cy"]), float(shape.get("theta", 0)))
    if name == "point":
        return np.array([[shape["cx"], shape["cy"]]], np.float32)
    raise ValueError(f"a shape named {json.dumps(name)[:40]}")


VIA = SceneFormat(
    "via",
    "JSON or CSV of the VGG Image Annotator (VIA)",
    lambda listing: [
        *listing.json_files(_is_via),
        *(name for name in listing.ending(".csv") if _is_csv(listing, name)),
    ],
    _read,
)
