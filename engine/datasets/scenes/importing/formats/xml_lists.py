"""XML files of many photos: CVAT for images, SCUT-CTW1500, and ICDAR 2003 with Street View Text."""

import math
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any
from xml.etree.ElementTree import Element

import numpy as np

from engine.datasets.scenes.importing.formats.base import (
    Entries,
    ListedRegion,
    RegionFault,
    SceneFormat,
    box,
    circle,
    class_or_text,
    number,
    polygon,
    region,
    size,
    tried,
    turned,
)
from engine.datasets.scenes.importing.formats.coco import outline_of_runs
from engine.datasets.scenes.importing.formats.fields import is_marked, kind_of, language_of, text_field
from engine.datasets.scenes.importing.formats.listing import SceneListing
from engine.datasets.scenes.importing.formats.records import PhotoRecord, read_records
from engine.datasets.scenes.importing.formats.xml import below, child, name_of, numbers_in, text_of
from engine.errors import SourceError
from glyphlab_read.regions.quads import Points

_SHAPES = ("box", "polygon", "polyline", "ellipse", "mask")
_NOT_OUTLINES = ("points", "cuboid", "skeleton")


def _files(root: str, fits: Callable[[Element], bool]) -> Callable[[SceneListing], list[str]]:
    def is_it(element: Element) -> bool:
        first = next((each for each in element if name_of(each).casefold() == "image"), None)
        return name_of(element).casefold() == root and first is not None and fits(first)

    return lambda listing: listing.xml_files(is_it)


def _cvat_fields(shape: Element) -> dict[str, Any]:
    return {each.get("name", ""): each.text or "" for each in shape if name_of(each) == "attribute"}


def _read_cvat(listing: SceneListing, files: list[str]) -> Entries:
    def fields() -> Iterator[Mapping[str, Any]]:
        for file in files:
            try:
                yield from map(_cvat_fields, below(listing.xml(file), *_SHAPES))
            except SourceError:
                continue  # told when it is read

    field = text_field(fields(), listing.config.text_field)

    def records(listing: SceneListing, file: str) -> Iterator[PhotoRecord]:
        for image in below(listing.xml(file), "image"):
            name = image.get("name", "")
            frame = size(image.get("width"), image.get("height"))
            yield PhotoRecord(name or "a photo", [name], partial(_cvat_regions, listing, image, field), frame)

    return read_records(listing, files, records)


def _cvat_regions(listing: SceneListing, image: Element, field: str) -> Iterator[ListedRegion | RegionFault]:
    shapes = (shape for shape in image if name_of(shape) in (*_SHAPES, *_NOT_OUTLINES))
    return (tried(_cvat_region, listing, shape, field) for shape in shapes)


def _cvat_region(listing: SceneListing, shape: Element, field: str) -> ListedRegion:
    fields = _cvat_fields(shape)
    said, kind = class_or_text(fields.get(field)) if field else (None, None)
    marked = is_marked({**fields, "class": shape.get("label", "")})
    kind = kind or kind_of(fields) or shape.get("label")
    language = language_of(fields)
    return region(_cvat_outline(shape), said, listing, "word", marked=marked, kind=kind, language=language)


def _cvat_outline(shape: Element) -> Points:
    """Return the corners of a shape. Raises one of FAULTS."""
    kind, turn = name_of(shape), math.radians(number(shape.get("rotation") or 0))
    if kind in _NOT_OUTLINES:
        raise ValueError(f"a shape without an outline ({kind})")
    if kind in ("polygon", "polyline"):
        return polygon(numbers_in(shape.get("points", "")))
    if kind == "mask":
        return _cvat_mask(shape)
    if kind == "ellipse":
        centre = number(shape.get("cx")), number(shape.get("cy"))
        corners = circle(*centre, shape.get("rx"), shape.get("ry"))
    else:
        corners = box(*(shape.get(side) for side in ("xtl", "ytl", "xbr", "ybr")))
        centre = tuple(corners.mean(axis=0).tolist())
    return turned(corners, (centre[0], centre[1]), turn) if turn else corners


def _cvat_mask(shape: Element) -> Points:
    """Return the outline of a mask in runs, row by row within its rectangle."""
    width, height = int(number(shape.get("width"))), int(number(shape.get("height")))
    runs = [int(number(run)) for run in numbers_in(shape.get("rle", ""))]
    corner = np.array([number(shape.get("left")), number(shape.get("top"))], np.float32)
    return outline_of_runs(runs, width, height)[:, ::-1] + corner  # it reads columns: the mask lies on its side


CVAT = SceneFormat(
    "cvat",
    "one XML file of photos and their shapes (CVAT for images)",
    _files("annotations", lambda image: "name" in image.attrib),
    _read_cvat,
)


def _ctw1500(listing: SceneListing, file: str) -> Iterator[PhotoRecord]:
    for image in below(listing.xml(file), "image"):
        name = image.get("file", "")
        yield PhotoRecord(name or "a photo", [name], partial(_ctw1500_regions, listing, image))


def _ctw1500_regions(listing: SceneListing, image: Element) -> Iterator[ListedRegion | RegionFault]:
    return (tried(_ctw1500_region, listing, each) for each in image if name_of(each) == "box")


def _ctw1500_region(listing: SceneListing, value: Element) -> ListedRegion:
    segments = text_of(child(value, "segs")).strip()
    corners = polygon(numbers_in(segments)) if segments else _sized_box(value, "left", "top")
    return region(corners, text_of(child(value, "label")), listing, "line", marked=value.get("difficult") == "1")


def _sized_box(value: Element, *corner: str) -> Points:
    """Return the corners of a rectangle of which attributes say the upper left corner, width and height."""
    left, top, width, height = (number(value.get(side)) for side in (*corner, "width", "height"))
    return box(left, top, left + width, top + height)


CTW1500_XML = SceneFormat(
    "ctw1500-xml",
    "XML files of photos, lines of 14 corners (SCUT-CTW1500, for learning)",
    _files("annotations", lambda image: "file" in image.attrib),
    lambda listing, files: read_records(listing, files, _ctw1500),
)


def _icdar_2003(listing: SceneListing, file: str) -> Iterator[PhotoRecord]:
    for image in below(listing.xml(file), "image"):
        name = text_of(child(image, "imageName")).strip()
        sides = child(image, "resolution")
        if sides is None:
            sides = child(image, "Resolution")
        frame = None if sides is None else size(sides.get("x"), sides.get("y"))
        yield PhotoRecord(name or "a photo", [name], partial(_icdar_2003_regions, listing, image), frame)


def _icdar_2003_regions(listing: SceneListing, image: Element) -> Iterator[ListedRegion | RegionFault]:
    return (tried(_icdar_2003_region, listing, each) for each in below(image, "taggedRectangle"))


def _icdar_2003_region(listing: SceneListing, value: Element) -> ListedRegion:
    tag = child(value, "tag")
    return region(_sized_box(value, "x", "y"), text_of(tag) if tag is not None else value.text, listing, "word")


ICDAR_2003 = SceneFormat(
    "icdar-2003",
    "one XML file of photos and tagged rectangles (ICDAR 2003, Street View Text)",
    _files("tagset", lambda image: child(image, "imageName") is not None),
    lambda listing, files: read_records(listing, files, _icdar_2003),
)
