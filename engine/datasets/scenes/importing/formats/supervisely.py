"""Supervisely: a JSON file beside each photo, its objects with tags; ann/a.jpg.json is that of img/a.jpg."""

import base64
import binascii
import contextlib
import zlib
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np

from engine.datasets.scenes.importing.formats.base import (
    FAULTS,
    NOWHERE,
    Entries,
    ListedRegion,
    RegionFault,
    SceneFormat,
    box,
    class_or_text,
    polygon,
    region,
    size,
    tried,
)
from engine.datasets.scenes.importing.formats.fields import is_marked, language_of, text_field
from engine.datasets.scenes.importing.formats.listing import SceneListing
from engine.datasets.scenes.importing.formats.masks import regions_of_mask
from engine.datasets.scenes.importing.formats.records import PhotoRecord, read_records
from engine.errors import ImageError, SourceError
from glyphlab_read.images.open import MAX_BYTES, open_image
from glyphlab_read.regions.quads import Points, enclosing_quad

Values = Mapping[str, Any]
_NOT_OUTLINES = ("graph", "cuboid", "cuboid_2d", "multichannelBitmap")


def _is_supervisely(value: Any) -> bool:
    objects = value.get("objects") if isinstance(value, dict) else None
    return (
        isinstance(objects, list)
        and isinstance(value.get("size"), dict)
        and all(isinstance(each, dict) and "classTitle" in each for each in objects[:3])
    )


def _read(listing: SceneListing, files: list[str]) -> Entries:
    field = text_field(_all_fields(listing, files), listing.config.text_field)

    def records(listing: SceneListing, file: str) -> Iterator[PhotoRecord]:
        value = listing.json(file)
        frame = size(value["size"].get("width"), value["size"].get("height"))
        yield PhotoRecord("", [], partial(_regions, listing, value["objects"], field), frame)

    return read_records(listing, files, records)


def _all_fields(listing: SceneListing, files: list[str]) -> Iterator[dict[str, Any]]:
    """Yield the fields of each object, for the choice of one; what is damaged is told when it is read."""
    for file in files:
        with contextlib.suppress(SourceError, *FAULTS):
            yield from map(_fields, listing.json(file)["objects"])


def _fields(value: Values) -> dict[str, Any]:
    """Return the tags of an object by name, one without a value as on, and its description."""
    tags = {str(tag["name"]): tag.get("value") for tag in value.get("tags") or ()}
    said = {"description": value["description"]} if value.get("description") else {}
    return {**said, **{name: True if given is None else given for name, given in tags.items()}}


def _regions(listing: SceneListing, objects: list[Values], field: str) -> Iterator[ListedRegion | RegionFault]:
    return (tried(_region, listing, each, field) for each in objects)


def _region(listing: SceneListing, value: Values, field: str) -> ListedRegion:
    fields = _fields(value)
    said, kind = class_or_text(fields[field]) if field in fields else (None, None)
    kind = str(value["classTitle"]) if kind is None else kind
    marked = is_marked({**fields, "class": value["classTitle"]})
    language = language_of(fields)
    return region(_outline(listing, value), said, listing, "word", marked=marked, kind=kind, language=language)


def _outline(listing: SceneListing, value: Values) -> Points:
    """Return the corners of an object. Raises one of FAULTS."""
    kind = str(value.get("geometryType"))
    if kind == "bitmap":
        return _around_mask(listing, value["bitmap"])
    if kind in _NOT_OUTLINES:
        raise ValueError(f"an object of the kind {kind[:40]}")
    corners = value["points"]["exterior"]
    if kind == "rectangle":
        (left, top), (right, bottom) = corners
        return box(left, top, right, bottom)
    return polygon(corners)


def _around_mask(listing: SceneListing, bitmap: Values) -> Points:
    """Return the outline of a mask, of one in parts the rectangle around all: it is one object with one text.

    The mask is a packed PNG, `origin` where in the photo its upper left corner lies.
    """
    try:
        packed = base64.b64decode(bitmap["data"], validate=True)
        content = zlib.decompressobj().decompress(packed, MAX_BYTES)
        image = np.asarray(open_image(content))
    except (binascii.Error, zlib.error, ImageError) as error:
        raise ValueError(f"a mask that cannot be opened ({error})") from None
    parts = [part.corners for part in regions_of_mask(listing, image.max(axis=2))]
    whole = parts[0] if len(parts) == 1 else enclosing_quad(np.concatenate([NOWHERE, *parts]))
    return whole + polygon(bitmap["origin"])


SUPERVISELY = SceneFormat(
    "supervisely",
    "a JSON file beside each photo, with objects and tags (Supervisely)",
    lambda listing: listing.json_files(_is_supervisely),
    _read,
)
