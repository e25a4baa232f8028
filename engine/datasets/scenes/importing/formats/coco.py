"""COCO and its relatives for text: COCO-Text (`imgs`, `anns`; version 1 and 2) and TextOCR. Outlines, boxes and masks.

A mask in runs (RLE) becomes the outline of its largest part. Tools that know no texts have them typed as categories:
where nothing has a text and there are many categories, somebody says whether they are the texts.
"""

import contextlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import cv2
import numpy as np

from engine.config.generate import Split
from engine.datasets.scenes.importing.formats.base import (
    FAULTS,
    IGNORE_WORDS,
    Entries,
    ListedRegion,
    ListedScene,
    SceneFormat,
    SceneIssue,
    box,
    class_or_text,
    explain,
    number,
    polygon,
    region,
    size,
    sound,
    tried,
    unlabelled_photos,
)
from engine.datasets.scenes.importing.formats.fields import NO_TEXT, language_of
from engine.datasets.scenes.importing.formats.listing import SceneListing
from engine.errors import SourceError
from engine.formatting import count
from engine.regions.region import Level
from engine.sources.questions import ImportQuestion, Remedy
from glyphlab_read.images.open import MAX_PIXELS
from glyphlab_read.regions.quads import Points, area

_TEXTS = ("utf8_string", "text", "transcription", "caption", "rec_text", "label")
_CATEGORY = "category"  # as `text_field`: the name of the category is the text
_MOST_CLASSES = 3  # categories that are taken for classes of text without a question
_OUTLINES = ("segmentation", "mask", "polygon", "points")
_ROBOFLOW = re.compile(r"_([a-zA-Z]{3,4})\.rf\.[\w-]+\.[a-zA-Z]{3,4}$")
_TextOf = Callable[[Mapping[str, Any], str], str | None]
_SPLITS: dict[str, Split] = {"train": "train", "val": "validation", "validation": "validation", "test": "test"}


def _is_coco(value: Any) -> bool:
    keys = set(value) if isinstance(value, dict) else set()
    return {"images", "annotations"} <= keys or {"imgs", "anns"} <= keys


def _read(listing: SceneListing, files: list[str]) -> Entries:
    labelled: set[str] = set()
    text_of = _text_by(listing, files)
    for file in files:
        try:
            value = listing.json(file)
            images = value.get("images", value.get("imgs"))
            by_photo = _by_photo(_annotations(value))
            read = partial(_region, listing, _categories(value), text_of)
            listed = list(images.values() if isinstance(images, dict) else images)
        except (SourceError, *FAULTS) as error:
            yield SceneIssue(file, "record", explain(error))
            continue
        for place, image in enumerate(listed, 1):
            try:
                yield from _scene(listing, file, image, by_photo, read, labelled)
            except FAULTS as error:
                yield SceneIssue(f"{file}, image {place}", "record", explain(error))
    yield from unlabelled_photos(listing, labelled)


def _text_by(listing: SceneListing, files: list[str]) -> _TextOf:
    """Return the text of an annotation by its fields and its category. Raises ImportQuestion where that is not sure."""
    wanted = listing.config.text_field
    if wanted == NO_TEXT:
        return lambda fields, category: None
    if wanted == _CATEGORY:
        return lambda fields, category: _category_text(category)
    used: set[str] = set()
    for file in files:
        with contextlib.suppress(SourceError, *FAULTS):  # told when it is read
            value = listing.json(file)
            names = _categories(value)
            for annotation in _annotations(value):
                if _field_text(_fields(annotation)) is not None:
                    return _field_text
                used.add(names.get(str(annotation.get("category_id")), ""))
    texts = sorted(name for name in used if _category_text(name))
    if len(texts) <= _MOST_CLASSES:
        return _field_text
    some = ", ".join(repr(name[:40]) for name in texts[:3])
    raise ImportQuestion(
        f"No region has a text, and regions are of {count(len(texts), 'categories')}, such as {some}.",
        [
            Remedy("the category is the text", "text_field", _CATEGORY),
            Remedy("it is a class, and no text is known", "text_field", NO_TEXT),
        ],
    )


def _annotations(value: Mapping[str, Any]) -> Iterable[Any]:
    found = value.get("annotations", value.get("anns"))
    return found.values() if isinstance(found, dict) else found


def _fields(annotation: Mapping[str, Any]) -> Mapping[str, Any]:
    more = annotation.get("attributes")
    return {**more, **annotation} if isinstance(more, dict) else annotation


def _field_text(fields: Mapping[str, Any], category: str = "") -> str | None:
    return next((fields[key] for key in _TEXTS if isinstance(fields.get(key), str)), None)


def _category_text(name: str) -> str | None:
    if name.strip().casefold() in IGNORE_WORDS:
        return None
    # Elsewhere 0 and 1 are numbers of classes; here they are two of ten digits.
    return name if name.isdecimal() else class_or_text(name)[0]


def _by_photo(annotations: Iterable[Any]) -> Mapping[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for annotation in annotations:
        found.setdefault(str(annotation["image_id"]), []).append(annotation)
    return found


def _categories(value: Mapping[str, Any]) -> Mapping[str, str]:
    return {str(each["id"]): str(each["name"]) for each in value.get("categories", ())}


def _scene(
    listing: SceneListing,
    file: str,
    image: dict[str, Any],
    by_photo: Mapping[str, list[Any]],
    read: Callable[[dict[str, Any]], ListedRegion],
    labelled: set[str],
) -> Entries:
    listed = str(image["file_name"])
    photo = listing.photo(listed, file) or _before_roboflow(listing, image, file)
    if photo is None:
        yield SceneIssue(f"{file}, {listed[:80]}", "missing", listed[:200])
        return
    labelled.add(photo)
    issues: list[SceneIssue] = []
    annotations = by_photo.get(str(image["id"]), [])
    regions = sound((tried(read, each) for each in annotations), f"{file}, {photo}", issues)
    yield from issues
    split = _SPLITS.get(str(image.get("set", ""))) or listing.split(photo, file)
    yield ListedScene(photo, photo, regions, split, size(image.get("width"), image.get("height")))


def _before_roboflow(listing: SceneListing, image: Mapping[str, Any], file: str) -> str | None:
    """Return the photo by the name that it had before Roboflow gave it another (a_jpg.rf.….jpg)."""
    extra = image.get("extra")
    name = extra.get("name") if isinstance(extra, dict) else None
    bare = _ROBOFLOW.sub(r".\1", str(image["file_name"]))
    names = [name if isinstance(name, str) else "", bare if bare != image["file_name"] else ""]
    return next((found for each in names if each and (found := listing.photo(each, file))), None)


def _region(
    listing: SceneListing, names: Mapping[str, str], text_of: _TextOf, annotation: dict[str, Any]
) -> ListedRegion:
    category = names.get(str(annotation.get("category_id")), "")
    values = _fields(annotation)
    text = text_of(values, category)
    marked = bool(values.get("iscrowd")) or bool(values.get("ignore")) or values.get("legibility") == "illegible"
    marked = marked or category.strip().casefold() in IGNORE_WORDS
    marked = marked or (text == "." and "points" in annotation)  # as TextOCR marks illegible words
    level: Level = "word"
    kind = values.get("level", category)
    said, language = None if text == "." else text, language_of(values)
    return region(_outline(annotation), said, listing, level, marked=marked, kind=kind, language=language)


def _outline(annotation: dict[str, Any]) -> Points:
    """Return the outline of an annotation: the largest of several parts, or its box where it has none."""
    for key in _OUTLINES:
        value = annotation.get(key)
        if isinstance(value, dict):
            return _from_runs(value)
        if isinstance(value, list) and value:
            parts = value if isinstance(value[0], list) and len(value[0]) > 2 else [value]
            return max((polygon(part) for part in parts), key=lambda part: abs(area(part)) if len(part) else -1.0)
    left, top, width, height = map(number, annotation["bbox"])
    return box(left, top, left + width, top + height)


def _from_runs(value: dict[str, Any]) -> Points:
    """Return the outline of the largest part of a mask that is stored in runs, column by column."""
    height, width = (int(number(side)) for side in value["size"])
    counts = value["counts"]
    runs = list(_unpacked(counts)) if isinstance(counts, str) else [int(number(run)) for run in counts]
    return outline_of_runs(runs, height, width)


def outline_of_runs(runs: Sequence[int], height: int, width: int) -> Points:
    """Return the outline of the largest part of a mask in runs of what is out and in, column by column.

    Raises:
        ValueError: the mask is too large, holds no pixel, or is not filled by its runs.
    """
    if not 0 < width * height <= MAX_PIXELS:
        raise ValueError(f"a mask of {width} × {height} pixels")
    lengths = np.array(runs)
    if (lengths < 0).any() or lengths.sum() != width * height:
        raise ValueError("the runs of a mask do not fill it")
    bits = np.repeat(np.arange(len(lengths)) % 2, lengths).astype(np.uint8)
    outlines, _ = cv2.findContours(
        np.ascontiguousarray(bits.reshape(width, height).T), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE
    )
    if not outlines:
        raise ValueError("a mask without a pixel")
    return max(outlines, key=cv2.contourArea).reshape(-1, 2).astype(np.float32) + 0.5


def _unpacked(text: str) -> Iterator[int]:
    """Yield the runs of COCO's packed form: six bits a letter, differences to the run before the last."""
    runs: list[int] = []
    place = 0
    while place < len(text):
        value = shift = 0
        more = True
        while more:
            bits = ord(text[place]) - 48
            if not 0 <= bits < 64 or shift > 60:
                raise ValueError("the runs of a mask are damaged")
            value |= (bits & 31) << shift
            more, shift, place = bool(bits & 32), shift + 5, place + 1
            if not more and bits & 16:
                value -= 1 << shift
        runs.append(value + runs[-2] if len(runs) > 2 else value)
        yield runs[-1]


COCO = SceneFormat(
    "coco",
    "one JSON file of images and annotations (COCO, COCO-Text, TextOCR)",
    lambda listing: listing.json_files(_is_coco),
    _read,
)
