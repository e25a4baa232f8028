"""Chinese Text in the Wild: a record a line, characters in sentences or not, regions to be ignored beside them.

The set outlines Chinese characters only: of other scripts it outlines some, marked `is_chinese: false`, and puts much
of the rest into `ignore`. Neither may become background, nor count; the rule `foreign` decides on the marked ones.
"""

import json
from collections.abc import Iterator
from typing import Any

import numpy as np

from engine.datasets.scenes.importing.formats.base import (
    FAULTS,
    Entries,
    ListedRegion,
    ListedScene,
    SceneFormat,
    SceneIssue,
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
from engine.regions.region import Level
from glyphlab_read.regions.quads import Points, enclosing_quad

_NEAR = 1.7  # of their size that the centres of two characters of one line are apart at most
_ALIKE = 1.6  # times as large that one of them may be
_KEYS = ("annotations", "ignore", "proposals")


def _files(listing: SceneListing) -> list[str]:
    return [name for name in listing.ending(".jsonl") if _is_ctw(listing, name)]


def _is_ctw(listing: SceneListing, name: str) -> bool:
    try:
        lines = listing.lines(name)
        first = next(record for line in lines for record, _ in records(line))
    except (SourceError, StopIteration, *FAULTS):
        return False
    return isinstance(first, dict) and any(key in first for key in _KEYS) and _named(first) is not None


def records(line: str) -> Iterator[tuple[Any, int]]:
    """Yield the JSON values of a line, however many were joined, each with its number from 0. Raises one of FAULTS."""
    decoder, place, count = json.JSONDecoder(), 0, 0
    while place < len(line):
        if line[place].isspace():
            place += 1
            continue
        value, place = decoder.raw_decode(line, place)
        yield value, count
        count += 1


def _named(record: dict[str, Any]) -> str | None:
    name = record.get("file_name") or record.get("image_id")
    return name if isinstance(name, str) and name else None


def _read(listing: SceneListing, files: list[str]) -> Entries:
    labelled: set[str] = set()
    for file in files:
        try:
            lines = listing.lines(file)
        except SourceError as error:
            yield SceneIssue(file, "record", str(error))
            continue
        for row, line in enumerate(lines, 1):
            try:
                for record, count in records(line):
                    yield _scene(listing, file, row, record, count > 0, labelled)
            except FAULTS as error:
                yield SceneIssue(f"{file}, line {row}", "record", explain(error))
    yield from unlabelled_photos(listing, labelled)


def _scene(
    listing: SceneListing, file: str, row: int, record: dict[str, Any], joined: bool, labelled: set[str]
) -> ListedScene | SceneIssue:
    listed = str(_named(record))
    photo = listing.photo(listed, file)
    if photo is None:
        return SceneIssue(f"{file}, line {row}", "missing", listed[:200])
    if "annotations" not in record:
        return SceneIssue(
            f"{file}, line {row}", "line", f"{listed[:80]}: a record without annotations, as of test sets"
        )
    labelled.add(photo)
    regions = fewer(_regions(listing, record))
    frame = size(record.get("width"), record.get("height"))
    return ListedScene(photo, photo, regions, listing.split(photo, file), frame, joined=joined)


def _regions(listing: SceneListing, record: dict[str, Any]) -> Iterator[ListedRegion]:
    sentences, loose = [], []
    for entry in record["annotations"]:
        if isinstance(entry, dict):
            loose.append(entry)
        else:
            sentences.append(list(entry))
    for sentence in sentences + _grouped(loose):
        yield from _sentence(listing, sentence)
    for entry in record.get("ignore", ()):
        yield region(_outline(entry), None, listing, "line", marked=True, kind="line")


def _sentence(listing: SceneListing, characters: list[dict[str, Any]]) -> Iterator[ListedRegion]:
    """Yield the characters of a line, its runs of one script as words, and the line itself."""
    runs: list[list[ListedRegion]] = []
    for character in characters:
        foreign = character.get("is_chinese") is False
        each = region(
            _outline(character), character.get("text"), listing, "character", kind="character", foreign=foreign
        )
        if not runs or runs[-1][0].foreign != foreign:
            runs.append([])
        runs[-1].append(each)
        yield each
    for run in runs:
        yield _around(run, "word", run[0].foreign)
    if runs:
        everything = [each for run in runs for each in run]
        yield _around(everything, "line", all(each.foreign for each in everything))


def _around(parts: list[ListedRegion], level: Level, foreign: bool) -> ListedRegion:
    """Return the rectangle around regions, with their texts one after the other."""
    corners = enclosing_quad(np.concatenate([part.corners for part in parts]))
    text = "".join(part.text or "" for part in parts) if all(part.text for part in parts) else None
    return ListedRegion(corners, text, all(part.marked for part in parts), level, foreign)


def _outline(entry: dict[str, Any]) -> Points:
    corners = entry.get("polygon")
    if corners is not None:
        found = polygon(corners)
        if not len(found):
            raise ValueError("an outline without corners")
        return found
    left, top, width, height = map(number, entry.get("adjusted_bbox", entry.get("bbox")) or ())
    return polygon([left, top, left + width, top, left + width, top + height, left, top + height])


def _grouped(characters: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Group loose characters to lines: those near each other and about as large, in the order of the line."""
    outlines = [_outline(character) for character in characters]
    centres = np.array([outline.mean(axis=0) for outline in outlines]).reshape(-1, 2)
    sizes = np.array([max(float(np.ptp(outline, axis=0).max()), 1.0) for outline in outlines])
    groups = list(range(len(characters)))

    def top(i: int) -> int:
        while groups[i] != i:
            i = groups[i]
        return i

    for i in range(len(characters)):
        larger, smaller = np.maximum(sizes[i], sizes), np.minimum(sizes[i], sizes)
        apart = np.hypot(*(centres - centres[i]).T)
        for j in np.flatnonzero((apart < _NEAR * smaller) & (larger < _ALIKE * smaller)):
            groups[top(int(j))] = top(i)
    lines: dict[int, list[int]] = {}
    for i in range(len(characters)):
        lines.setdefault(top(i), []).append(i)
    return [[characters[i] for i in _along(line, centres)] for line in lines.values()]


def _along(line: list[int], centres: Any) -> list[int]:
    """Return characters from left to right, or from top to bottom where their line is upright."""
    spread = np.ptp(centres[line], axis=0)
    axis = int(spread[1] > spread[0])
    return sorted(line, key=lambda i: float(centres[i][axis]))


CTW = SceneFormat("ctw", "a JSON record a line: characters in sentences (Chinese Text in the Wild)", _files, _read)
