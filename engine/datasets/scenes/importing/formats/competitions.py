"""JSON of competitions and large sets: HierText, ArT and LSVT (a file for all photos), ReCTS (a file for each)."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from engine.datasets.scenes.importing.formats.base import (
    NOWHERE,
    ListedRegion,
    SceneFormat,
    SceneIssue,
    polygon,
    region,
    size,
)
from engine.datasets.scenes.importing.formats.fields import is_marked
from engine.datasets.scenes.importing.formats.listing import SceneListing
from engine.datasets.scenes.importing.formats.records import PhotoRecord, read_records
from engine.regions.region import Level

Values = Mapping[str, Any]
_HIERTEXT_ENDINGS = (".json", ".jsonl", ".json.gz", ".jsonl.gz")  # its .jsonl are JSON as a whole


def _is_hiertext(value: Any) -> bool:
    annotations = value.get("annotations") if isinstance(value, dict) else None
    first = annotations[0] if isinstance(annotations, list) and annotations else None
    return isinstance(first, dict) and {"image_id", "paragraphs"} <= first.keys()


def _hiertext(listing: SceneListing, file: str) -> Iterator[PhotoRecord]:
    for entry in listing.json(file)["annotations"]:
        id = str(entry["image_id"])
        frame = size(entry.get("image_width"), entry.get("image_height"))
        yield PhotoRecord(id, [f"{id}.jpg", id], partial(_hiertext_regions, listing, entry), frame)


def _hiertext_regions(listing: SceneListing, entry: Values) -> Iterator[ListedRegion]:
    for paragraph in entry["paragraphs"]:
        lines = paragraph.get("lines") or []
        if not lines:  # text that nobody outlined further
            yield region(polygon(paragraph["vertices"]), None, listing, "line", marked=True, kind="line")
        for line in lines:
            yield _hiertext_region(listing, line, "line")
            for word in line.get("words") or []:
                yield _hiertext_region(listing, word, "word")


def _hiertext_region(listing: SceneListing, value: Values, level: Level) -> ListedRegion:
    corners = polygon(value["vertices"]) if value.get("vertices") else NOWHERE
    marked = value.get("legible") is False
    return region(corners, value.get("text"), listing, level, marked=marked, kind=level)


HIERTEXT = SceneFormat(
    "hiertext",
    "one JSON file of photos, their paragraphs, lines and words (HierText)",
    lambda listing: listing.json_files(_is_hiertext, _HIERTEXT_ENDINGS),
    lambda listing, files: read_records(listing, files, _hiertext),
)


def _is_art(value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    entries = next((entries for entries in value.values() if entries), None)
    first = entries[0] if isinstance(entries, list) else None
    return isinstance(first, dict) and {"points", "transcription"} <= first.keys()


def _art(listing: SceneListing, file: str) -> Iterator[PhotoRecord | SceneIssue]:
    for key, entries in listing.json(file).items():
        yield PhotoRecord(key, [key, key.removeprefix("gt_")], partial(_art_regions, listing, entries))


def _art_regions(listing: SceneListing, entries: list[Values]) -> Iterator[ListedRegion]:
    for entry in entries:
        marked = is_marked({"illegible": entry.get("illegibility", entry.get("difficult", False))})
        text, language = entry.get("transcription"), entry.get("language")
        yield region(polygon(entry["points"]), text, listing, "word", marked=marked, language=language)


ART = SceneFormat(
    "art",
    "one JSON file of photos and their regions (ArT, LSVT)",
    lambda listing: listing.json_files(_is_art),
    lambda listing, files: read_records(listing, files, _art),
)


def _is_rects(value: Any) -> bool:
    lines = value.get("lines") if isinstance(value, dict) else None
    return isinstance(lines, list) and "chars" in value and all(_is_outlined(line) for line in lines[:3])


def _is_outlined(value: Any) -> bool:
    return isinstance(value, dict) and {"points", "transcription"} <= value.keys()


def _rects(listing: SceneListing, file: str) -> Iterator[PhotoRecord]:
    yield PhotoRecord("", [], partial(_rects_regions, listing, listing.json(file)))


def _rects_regions(listing: SceneListing, value: Values) -> Iterator[ListedRegion]:
    levels: tuple[tuple[str, Level], ...] = (("lines", "line"), ("chars", "character"))
    for key, level in levels:
        for entry in value.get(key) or []:
            marked = bool(entry.get("ignore"))
            yield region(polygon(entry["points"]), entry["transcription"], listing, level, marked=marked, kind=level)


RECTS = SceneFormat(
    "rects",
    "a JSON file beside each photo, with lines and chars (ReCTS)",
    lambda listing: listing.json_files(_is_rects),
    lambda listing, files: read_records(listing, files, _rects),
)
