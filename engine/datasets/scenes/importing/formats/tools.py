"""JSON files of labelling tools: PPOCRLabel, LabelMe, and docTR's labels.json."""

import json
import re
from collections.abc import Iterator
from typing import Any

import numpy as np

from engine.datasets.scenes.importing.formats.base import (
    FAULTS,
    IGNORE_WORDS,
    Entries,
    ListedRegion,
    ListedScene,
    RegionFault,
    SceneFormat,
    SceneIssue,
    box,
    circle,
    class_or_text,
    explain,
    polygon,
    region,
    size,
    sound,
    tried,
    unlabelled_photos,
)
from engine.datasets.scenes.importing.formats.fields import is_marked
from engine.datasets.scenes.importing.formats.listing import SceneListing
from engine.errors import SourceError
from engine.sources.label_files import UNTYPED
from glyphlab_read.regions.quads import Points

_PPOCR = re.compile(r"^[^\t]+\t\[")
_LISTS = (".txt", ".tsv")


def _ppocr_files(listing: SceneListing) -> list[str]:
    return [name for name in listing.ending(*_LISTS) if _is_ppocr(listing, name)]


def _is_ppocr(listing: SceneListing, name: str) -> bool:
    try:
        first = [line for line in listing.head(name) if line.strip()][:5]
        whole = first or [line for line in listing.lines(name)[:1] if line.strip()]
    except SourceError:
        return False
    return bool(whole) and all(_PPOCR.match(line) for line in whole)


def _read_ppocr(listing: SceneListing, files: list[str]) -> Entries:
    labelled: set[str] = set()
    for file in files:
        try:
            lines = listing.lines(file)
        except SourceError as error:
            yield SceneIssue(file, "record", str(error))
            continue
        for row, line in enumerate(lines, 1):
            try:
                for count, (listed, entries) in enumerate(_ppocr_records(line)):
                    name = f"{file}, line {row}"
                    yield from _ppocr_scene(listing, name, file, listed, entries, count > 0, labelled)
            except FAULTS as error:
                yield SceneIssue(f"{file}, line {row}", "line", explain(error))
    yield from unlabelled_photos(listing, labelled)


def _ppocr_records(line: str) -> Iterator[tuple[str, Any]]:
    """Yield the records of a line, path and regions, however many were joined. Raises one of FAULTS."""
    decoder, rest = json.JSONDecoder(), line.strip()
    while rest:
        listed, tab, rest = rest.partition("\t")
        if not tab:
            raise ValueError(f"no tab behind {listed[:60]!r}")
        entries, end = decoder.raw_decode(rest)
        yield listed.strip(), entries
        rest = rest[end:].strip()


def _ppocr_scene(
    listing: SceneListing, name: str, file: str, listed: str, entries: Any, joined: bool, labelled: set[str]
) -> Entries:
    photo = listing.photo(listed, file)
    if photo is None:
        yield SceneIssue(name, "missing", listed[:200])
        return
    labelled.add(photo)
    issues: list[SceneIssue] = []
    regions = sound((tried(_ppocr_region, listing, entry) for entry in entries), name, issues)
    yield from issues
    yield ListedScene(photo, photo, regions, listing.split(photo, file), joined=joined)


def _ppocr_region(listing: SceneListing, entry: dict[str, Any]) -> ListedRegion:
    text = entry.get("transcription")
    return region(
        polygon(entry["points"]),
        None if text in UNTYPED else text,
        listing,
        "word",
        marked=is_marked({"difficult": entry.get("difficult")}),
        kind=entry.get("key_cls"),
        language=entry.get("language"),
    )


PPOCRLABEL = SceneFormat(
    "ppocrlabel", "lines of a path and its regions as JSON (PPOCRLabel, PaddleOCR)", _ppocr_files, _read_ppocr
)


def _one_each(listing: SceneListing, files: list[str], scene: Any) -> Entries:
    """Read files of one photo each by `scene(listing, file, value, labelled)`."""
    labelled: set[str] = set()
    for file in files:
        try:
            yield from scene(listing, file, listing.json(file), labelled)
        except (SourceError, *FAULTS) as error:
            yield SceneIssue(file, "record", explain(error))
    yield from unlabelled_photos(listing, labelled)


def _labelme_scene(listing: SceneListing, file: str, value: Any, labelled: set[str]) -> Entries:
    listed = str(value.get("imagePath") or "").replace("\\", "/")
    photo = (listing.photo(listed, file) if listed else None) or listing.photo_of(file, listed)
    if photo is None:
        yield SceneIssue(file, "missing", listed[:200])
        return
    labelled.add(photo)
    issues: list[SceneIssue] = []
    regions = sound((tried(_labelme_region, listing, shape) for shape in value["shapes"]), file, issues)
    yield from issues
    frame = size(value.get("imageWidth"), value.get("imageHeight"))
    yield ListedScene(photo, photo, regions, listing.split(photo, file), frame)


def _labelme_region(listing: SceneListing, shape: dict[str, Any]) -> ListedRegion:
    text, kind = class_or_text(shape.get("label"))
    flags = shape.get("flags")
    marks = [name.casefold() for name, on in flags.items() if on] if isinstance(flags, dict) else []
    marked = is_marked({"difficult": shape.get("difficult")}) or any(mark in IGNORE_WORDS for mark in marks)
    said = shape.get("description") or shape.get("text") or text
    return region(_labelme_outline(shape), said, listing, "word", marked=marked, kind=kind)


def _labelme_outline(shape: dict[str, Any]) -> Points:
    kind, points = shape.get("shape_type", "polygon"), polygon(shape["points"])
    if kind == "rectangle" and len(points) == 2:
        (left, top), (right, bottom) = points.tolist()
        return box(left, top, right, bottom)
    if kind == "circle" and len(points) == 2:
        radius = float(np.hypot(*(points[1] - points[0])))
        return circle(points[0, 0], points[0, 1], radius, radius)
    return points


LABELME = SceneFormat(
    "labelme",
    "a JSON file beside each photo, with shapes (LabelMe)",
    lambda listing: listing.json_files(lambda value: isinstance(value, dict) and isinstance(value.get("shapes"), list)),
    lambda listing, files: _one_each(listing, files, _labelme_scene),
)


def _is_doctr(value: Any) -> bool:
    first = next(iter(value.values()), None) if isinstance(value, dict) else None
    return isinstance(first, dict) and "polygons" in first


def _read_doctr(listing: SceneListing, files: list[str]) -> Entries:
    labelled: set[str] = set()
    for file in files:
        try:
            entries = list(listing.json(file).items())
        except (SourceError, *FAULTS) as error:
            yield SceneIssue(file, "record", explain(error))
            continue
        for listed, entry in entries:
            photo = listing.photo(listed, file)
            if photo is None:
                yield SceneIssue(f"{file}, {listed[:80]}", "missing", listed[:200])
                continue
            labelled.add(photo)
            name, issues = f"{file}, {listed[:80]}", []
            try:
                regions = sound(_doctr_regions(listing, entry["polygons"]), name, issues)
            except FAULTS as error:
                yield SceneIssue(name, "record", explain(error))
                continue
            yield from issues
            yield ListedScene(photo, photo, regions, listing.split(photo, file))
    yield from unlabelled_photos(listing, labelled)


def _doctr_regions(listing: SceneListing, polygons: Any) -> Iterator[ListedRegion | RegionFault]:
    """Yield the regions of one photo: outlines in a list, or in a list for each class."""
    for kind, outlines in polygons.items() if isinstance(polygons, dict) else (("", polygons),):
        for outline in outlines:
            yield tried(_doctr_region, listing, outline, kind)


def _doctr_region(listing: SceneListing, outline: Any, kind: str) -> ListedRegion:
    return region(polygon(outline), None, listing, "word", kind=kind)


DOCTR = SceneFormat(
    "doctr",
    "one JSON file of photos and their polygons (docTR)",
    lambda listing: listing.json_files(_is_doctr),
    _read_doctr,
)
