"""JSON files of labelling tools: PPOCRLabel, LabelMe, Label Studio, and docTR's labels.json."""

import json
import math
import posixpath
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import numpy as np

from engine.datasets.scenes.importing.formats.base import (
    FAULTS,
    Entries,
    ListedRegion,
    ListedScene,
    SceneFormat,
    SceneIssue,
    box,
    circle,
    class_or_text,
    explain,
    fewer,
    number,
    polygon,
    region,
    size,
    unlabelled_photos,
)
from engine.datasets.scenes.importing.formats.listing import SceneListing
from engine.errors import SourceError
from engine.regions.region import Points

_PPOCR = re.compile(r"^[^\t]+\t\[")
_LISTS = (".txt", ".tsv")
_MARKS = ("ignore", "ignored", "difficult", "illegible")
_UPLOADED = re.compile(r"^[0-9a-f]{8}-")  # Label Studio puts eight digits in front of an uploaded file's name


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
                    yield _ppocr_scene(listing, f"{file}, line {row}", file, listed, entries, count > 0, labelled)
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
) -> ListedScene | SceneIssue:
    photo = listing.photo(listed, file)
    if photo is None:
        return SceneIssue(name, "missing", listed[:200])
    labelled.add(photo)
    regions = fewer(
        region(
            polygon(entry["points"]),
            entry.get("transcription"),
            listing,
            "word",
            marked=bool(entry.get("difficult")),
            kind=entry.get("key_cls"),
        )
        for entry in entries
    )
    return ListedScene(photo, photo, regions, listing.split(photo, file), joined=joined)


PPOCRLABEL = SceneFormat(
    "ppocrlabel", "lines of a path and its regions as JSON (PPOCRLabel, PaddleOCR)", _ppocr_files, _read_ppocr
)


def _one_each(listing: SceneListing, files: list[str], scene: Any) -> Entries:
    """Read files of one photo each by `scene(listing, file, value, labelled)`."""
    labelled: set[str] = set()
    for file in files:
        try:
            yield scene(listing, file, listing.json(file), labelled)
        except (SourceError, *FAULTS) as error:
            yield SceneIssue(file, "record", explain(error))
    yield from unlabelled_photos(listing, labelled)


def _labelme_scene(listing: SceneListing, file: str, value: Any, labelled: set[str]) -> ListedScene | SceneIssue:
    listed = str(value.get("imagePath") or "").replace("\\", "/")
    photo = (listing.photo(listed, file) if listed else None) or listing.photo_of(file)
    if photo is None:
        return SceneIssue(file, "missing", listed[:200])
    labelled.add(photo)
    regions = fewer(_labelme_region(listing, shape) for shape in value["shapes"])
    frame = size(value.get("imageWidth"), value.get("imageHeight"))
    return ListedScene(photo, photo, regions, listing.split(photo, file), frame)


def _labelme_region(listing: SceneListing, shape: dict[str, Any]) -> ListedRegion:
    text, kind = class_or_text(shape.get("label"))
    flags = shape.get("flags")
    marks = [name.casefold() for name, on in flags.items() if on] if isinstance(flags, dict) else []
    marked = bool(shape.get("difficult")) or any(mark in _MARKS for mark in marks)
    said = shape.get("description") or text
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


def _is_studio(value: Any) -> bool:
    first = value[0] if isinstance(value, list) and value else None
    return isinstance(first, dict) and "data" in first and ("annotations" in first or "completions" in first)


def _read_studio(listing: SceneListing, files: list[str]) -> Entries:
    labelled: set[str] = set()
    for file in files:
        try:
            tasks = list(listing.json(file))
        except (SourceError, *FAULTS) as error:
            yield SceneIssue(file, "record", explain(error))
            continue
        for count, task in enumerate(tasks, 1):
            try:
                yield _studio_scene(listing, file, task, labelled)
            except FAULTS as error:
                yield SceneIssue(f"{file}, task {count}", "record", explain(error))
    yield from unlabelled_photos(listing, labelled)


def _studio_scene(
    listing: SceneListing, file: str, task: dict[str, Any], labelled: set[str]
) -> ListedScene | SceneIssue:
    names = [name for value in task["data"].values() if isinstance(value, str) for name in _studio_names(value)]
    photo = next((found for name in names if (found := listing.photo(name, file)) is not None), None)
    if photo is None:
        return SceneIssue(f"{file}, task {task.get('id', '')}", "missing", (names or [""])[0][:200])
    labelled.add(photo)
    answers = task["annotations"] if "annotations" in task else task["completions"]
    valid = [answer for answer in answers if not answer.get("was_cancelled")]
    if not valid:
        return ListedScene(photo, photo, unlabelled=True)
    parts: dict[str, list[dict[str, Any]]] = {}
    for count, part in enumerate(valid[-1]["result"]):
        parts.setdefault(str(part.get("id", count)), []).append(part)
    shapes = [found for found in parts.values() if any(_outlines(part) for part in found)]
    regions = fewer(_studio_region(listing, found) for found in shapes)
    first = next((part for found in shapes for part in found if "original_width" in part), {})
    frame = size(first.get("original_width"), first.get("original_height"))
    return ListedScene(photo, photo, regions, listing.split(photo, file), frame or (100.0, 100.0), relative=not frame)


def _studio_names(address: str) -> Iterator[str]:
    """Yield the file names that the address of a photo may stand for."""
    parts = urlsplit(address)
    for name in (*parse_qs(parts.query).get("d", ()), unquote(parts.path)):
        yield name
        file = posixpath.basename(name)
        if _UPLOADED.match(file):
            yield _UPLOADED.sub("", file)


def _outlines(part: dict[str, Any]) -> bool:
    value = part.get("value")
    return isinstance(value, dict) and ("points" in value or {"x", "y"} <= value.keys())


def _studio_region(listing: SceneListing, parts: list[dict[str, Any]]) -> ListedRegion:
    """Return the region of the parts that share an id: an outline, its class and its text are a part each."""
    shape = next(part for part in parts if _outlines(part))
    text, kinds = None, []
    for part in parts:
        value = part["value"]
        said = value.get("text")
        text = text or (" ".join(map(str, said)) if isinstance(said, list) else said)
        for key in ("rectanglelabels", "polygonlabels", "ellipselabels", "labels", "choices"):
            kinds += [each for each in value.get(key, ()) if isinstance(each, str)]
    marked = any(kind.casefold() in _MARKS for kind in kinds)
    kind = next((kind for kind in kinds if kind.casefold() not in _MARKS), None)
    return region(_studio_outline(shape), text, listing, "word", marked=marked, kind=kind)


def _studio_outline(shape: dict[str, Any]) -> Points:
    """Return corners in px of the photo as it was labelled, or in per cent where its size is missing.

    A rectangle is turned about its upper left corner, by degrees, in px.
    """
    value = shape["value"]
    frame = size(shape.get("original_width"), shape.get("original_height"))
    unit = np.array(frame or (100.0, 100.0)) / 100
    if "points" in value:
        return (polygon(value["points"]) * unit).astype(np.float32)
    corner = np.array([number(value["x"]), number(value["y"])]) * unit
    if "radiusX" in value:
        radii = np.array([number(value["radiusX"]), number(value["radiusY"])]) * unit
        return circle(corner[0], corner[1], radii[0], radii[1])
    width, height = np.array([number(value["width"]), number(value["height"])]) * unit
    angle = math.radians(number(value.get("rotation") or 0))
    if angle and frame is None:
        raise ValueError("a turned rectangle without the photo's size")
    along, down = np.array([math.cos(angle), math.sin(angle)]), np.array([-math.sin(angle), math.cos(angle)])
    return (corner + np.array([along * 0, along * width, along * width + down * height, down * height])).astype(
        np.float32
    )


LABEL_STUDIO = SceneFormat(
    "label-studio",
    "one JSON file of tasks with annotations (Label Studio)",
    lambda listing: listing.json_files(_is_studio),
    _read_studio,
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
            try:
                regions = fewer(_doctr_regions(listing, entry["polygons"]))
            except FAULTS as error:
                yield SceneIssue(f"{file}, {listed[:80]}", "record", explain(error))
                continue
            yield ListedScene(photo, photo, regions, listing.split(photo, file))
    yield from unlabelled_photos(listing, labelled)


def _doctr_regions(listing: SceneListing, polygons: Any) -> Iterator[ListedRegion]:
    """Yield the regions of one photo: outlines in a list, or in a list for each class."""
    for kind, outlines in polygons.items() if isinstance(polygons, dict) else (("", polygons),):
        for outline in outlines:
            yield region(polygon(outline), None, listing, "word", kind=kind)


DOCTR = SceneFormat(
    "doctr",
    "one JSON file of photos and their polygons (docTR)",
    lambda listing: listing.json_files(_is_doctr),
    _read_doctr,
)
