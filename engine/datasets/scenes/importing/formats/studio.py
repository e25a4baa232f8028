"""Exports of Label Studio: tasks with their annotations (JSON), and flat ones (JSON-MIN and CSV).

The flat ones keep outlines and texts in lists of their own, without what tells which belong together. Where both have
as many entries they stand in one order; else no text is taken.
"""

import csv
import io
import math
import posixpath
import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

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
    circle,
    explain,
    number,
    polygon,
    region,
    size,
    sound,
    tried,
    turned,
    unlabelled_photos,
)
from engine.datasets.scenes.importing.formats.listing import SceneListing
from engine.datasets.scenes.importing.formats.records import PhotoRecord, read_records
from engine.errors import SourceError
from glyphlab_read.parsing import ParseFault, parse_json
from glyphlab_read.regions.quads import Points

_UPLOADED = re.compile(r"^[0-9a-f]{8}-")  # what stands in front of an uploaded file's name
_OWN_FIELDS = ("id", "annotator", "annotation_id", "created_at", "updated_at", "lead_time", "meta", "sentiment")
_NOT_OUTLINES = ("rle", "imageDataURL", "vertices")  # brush strokes, a mask and a path of curves
_CLASSES = ("rectanglelabels", "polygonlabels", "ellipselabels", "labels", "choices")


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
                yield from _studio_scene(listing, file, f"{file}, task {count}", task, labelled)
            except FAULTS as error:
                yield SceneIssue(f"{file}, task {count}", "record", explain(error))
    yield from unlabelled_photos(listing, labelled)


def _studio_scene(listing: SceneListing, file: str, name: str, task: dict[str, Any], labelled: set[str]) -> Entries:
    names = [name for value in task["data"].values() if isinstance(value, str) for name in _studio_names(value)]
    photo = next((found for name in names if (found := listing.photo(name, file)) is not None), None)
    if photo is None:
        yield SceneIssue(f"{file}, task {task.get('id', '')}", "missing", (names or [""])[0][:200])
        return
    labelled.add(photo)
    answers = task["annotations"] if "annotations" in task else task["completions"]
    valid = [answer for answer in answers if not answer.get("was_cancelled")]
    if not valid:
        yield ListedScene(photo, photo, unlabelled=True)
        return
    truths = [answer for answer in valid if answer.get("ground_truth")]
    parts: dict[str, list[dict[str, Any]]] = {}
    for count, part in enumerate((truths or valid)[-1]["result"]):
        parts.setdefault(str(part.get("id", count)), []).append(part)
    shapes = [found for found in parts.values() if any(_is_shape(part) for part in found)]
    issues: list[SceneIssue] = []
    regions = sound((tried(_studio_region, listing, found) for found in shapes), name, issues)
    yield from issues
    first = next((part for found in shapes for part in found if "original_width" in part), {})
    frame = size(first.get("original_width"), first.get("original_height"))
    yield ListedScene(photo, photo, regions, listing.split(photo, file), frame or (100.0, 100.0), relative=not frame)


def _studio_names(address: str) -> Iterator[str]:
    """Yield the file names that the address of a photo may stand for."""
    parts = urlsplit(address)
    for name in (*parse_qs(parts.query).get("d", ()), unquote(parts.path)):
        yield name
        file = posixpath.basename(name)
        if _UPLOADED.match(file):
            yield _UPLOADED.sub("", file)


def _is_shape(part: Mapping[str, Any]) -> bool:
    """Say whether a part stands for a place in the photo, in an outline that is read or not."""
    value = part.get("value")
    return isinstance(value, dict) and bool({"points", "x", *_NOT_OUTLINES} & value.keys())


def _is_outlined(value: Mapping[str, Any]) -> bool:
    """Say whether a part's value is the outline of a rectangle, an ellipse or a polygon."""
    return any(sides <= value.keys() for sides in ({"points"}, {"width", "height"}, {"radiusX", "radiusY"}))


def _studio_region(listing: SceneListing, parts: list[dict[str, Any]]) -> ListedRegion:
    """Return the region of the parts that share an id: an outline, its class and its text are a part each."""
    shapes = [part for part in parts if _is_shape(part)]
    shape = next((part for part in shapes if _is_outlined(part["value"])), shapes[0])
    text, kinds = None, []
    for part in parts:
        value = part["value"]
        said = value.get("text")
        text = text or (" ".join(map(str, said)) if isinstance(said, list) else said)
        for key in _CLASSES:
            kinds += [each for each in value.get(key, ()) if isinstance(each, str)]
    marked = any(kind.casefold() in IGNORE_WORDS for kind in kinds)
    kind = next((kind for kind in kinds if kind.casefold() not in IGNORE_WORDS), None)
    return region(_studio_outline(shape), text, listing, "word", marked=marked, kind=kind)


def _studio_outline(shape: dict[str, Any]) -> Points:
    """Return corners in px of the photo as it was labelled, or in per cent where its size is missing.

    A rectangle is turned about its upper left corner, an ellipse about its centre, by degrees, in px.

    Raises:
        ValueError: it is a shape without an outline, such as a point, or one of brush strokes.
    """
    value = shape["value"]
    frame = size(shape.get("original_width"), shape.get("original_height"))
    unit = np.array(frame or (100.0, 100.0)) / 100
    if "points" in value:
        return (polygon(value["points"]) * unit).astype(np.float32)
    if not _is_outlined(value):
        kind = shape.get("type") or next((key for key in value if key.endswith("labels")), "a shape")
        raise ValueError(f"a shape without an outline ({str(kind)[:40]})")
    corner = np.array([number(value["x"]), number(value["y"])]) * unit
    angle = math.radians(number(value.get("rotation") or 0))
    if angle and frame is None:
        raise ValueError("a turned shape without the photo's size")
    if "radiusX" in value:
        radii = np.array([number(value["radiusX"]), number(value["radiusY"])]) * unit
        return turned(circle(corner[0], corner[1], radii[0], radii[1]), (corner[0], corner[1]), angle)
    width, height = np.array([number(value["width"]), number(value["height"])]) * unit
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


def _is_flat(value: Any) -> bool:
    tasks = value if isinstance(value, list) else []
    return any(isinstance(task, dict) and "data" not in task and bool(_outline_lists(task)) for task in tasks[:20])


def _outline_lists(task: Mapping[str, Any]) -> list[list[Any]]:
    """Return the lists of outlines that a flat task has, by the names of its controls."""
    lists = (value for name, value in task.items() if name not in _OWN_FIELDS and isinstance(value, list))
    return [each for each in lists if each and isinstance(each[0], dict) and _is_shape({"value": each[0]})]


def _flat(listing: SceneListing, file: str) -> Iterator[PhotoRecord | SceneIssue]:
    is_csv = file.casefold().endswith(".csv")
    for count, task in enumerate(_rows(listing, file) if is_csv else listing.json(file), 1):
        name = f"task {task.get('id') or count}"
        texts = [value for key, value in task.items() if key not in _OWN_FIELDS and isinstance(value, str)]
        names = [each for text in texts if _is_address(text) for each in _studio_names(text)]
        shapes = max(_outline_lists(task), key=_rank, default=[])
        said = _said(task, len(shapes))
        if said is None:
            yield SceneIssue(f"{file}, {name}", "texts", f"{len(shapes)} outlines")
        sized = next((shape for shape in shapes if isinstance(shape, dict) and "original_width" in shape), {})
        frame = size(sized.get("original_width"), sized.get("original_height"))
        regions = partial(_flat_regions, listing, shapes, said or [])
        yield PhotoRecord(name, names, regions, frame or (100.0, 100.0), relative=not frame)


def _is_address(text: str) -> bool:
    return (len(text) < 2000 and "." in posixpath.basename(text.partition("?")[0] or text)) or "?d=" in text


def _rank(shapes: list[Any]) -> tuple[int, int]:
    """Return how many outlines a list has, and whether it names their classes: the OCR template has two such lists."""
    return len(shapes), any(isinstance(shape, dict) and any(key in shape for key in _CLASSES) for shape in shapes)


def _said(task: Mapping[str, Any], outlines: int) -> list[Any] | None:
    """Return a text for each outline of a flat task, none for one without; None where they do not go together."""
    lists = []
    for name, value in task.items():
        if name in _OWN_FIELDS or (isinstance(value, str) and _is_address(value)):
            continue
        entries = value if isinstance(value, list) else [value] if isinstance(value, str) else []
        # An outline stands in the list of texts in place of one that is empty.
        if entries and any(isinstance(entry, str) for entry in entries):
            lists.append([entry if isinstance(entry, str) else None for entry in entries])
    if not lists:
        return []
    return next((each for each in lists if len(each) == outlines), None)


def _flat_regions(listing: SceneListing, shapes: list[Any], said: list[Any]) -> Iterator[ListedRegion | RegionFault]:
    for count, shape in enumerate(shapes):
        value = {**shape, "text": said[count] if count < len(said) else None}
        yield tried(_studio_region, listing, [{**shape, "value": value}])


def _rows(listing: SceneListing, file: str) -> Iterator[dict[str, Any]]:
    """Yield the rows of a CSV file as JSON-MIN has them: cells that hold lists become lists."""
    for row in csv.DictReader(io.StringIO(listing.text(file).removeprefix("\ufeff"))):
        task: dict[str, Any] = {}
        for name, cell in row.items():
            value: Any = cell
            if isinstance(cell, str) and cell.lstrip()[:1] == "[":
                try:
                    value = parse_json(cell)
                except ParseFault:
                    value = cell
            task[str(name)] = value
        yield task


def _is_csv(listing: SceneListing, name: str) -> bool:
    try:
        head = listing.head(name)
        if not {"annotation_id", "annotator", "lead_time", "id"} & set(next(csv.reader(head[:1]), [])):
            return False
        return _is_flat(list(_rows(listing, name)))
    except (SourceError, csv.Error):
        return False


LABEL_STUDIO_MIN = SceneFormat(
    "label-studio-min",
    "JSON-MIN or CSV of tasks (Label Studio)",
    lambda listing: [
        *listing.json_files(_is_flat),
        *(name for name in listing.ending(".csv") if _is_csv(listing, name)),
    ],
    lambda listing, files: read_records(listing, files, _flat),
)
