"""MATLAB files: Total-Text's, polygons or rectangles, one for each photo, and SynthText's gt.mat of all photos.

They are read in a child process with limits, since a file of a few hundred bytes can ask for gigabytes.
"""

import posixpath
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np

from engine.datasets.scenes.importing.formats.base import ListedRegion, SceneFormat, box, polygon, region
from engine.datasets.scenes.importing.formats.listing import SceneListing
from engine.datasets.scenes.importing.formats.records import PhotoRecord, read_records
from engine.datasets.scenes.importing.matlab_sandbox import MAX_MATLAB_BYTES, read_matlab
from engine.regions.region import Level
from glyphlab_read.regions.quads import Points

_TOTAL_TEXT = ("polygt", "rectgt", "gt")
_RECTANGLE = 8  # columns: left, top, right, bottom, width, height, text, orientation; of a polygon there are six


def matlab_variables(listing: SceneListing, name: str) -> dict[str, Any]:
    """Return the variables of a file. Raises SourceError."""
    return read_matlab(name, listing.content(name, MAX_MATLAB_BYTES))


def _files(listing: SceneListing, wanted: str) -> list[str]:
    def fits(name: str) -> bool:
        return wanted in matlab_variables(listing, name)

    return listing.fitting(listing.ending(".mat"), fits)


def _total_text_files(listing: SceneListing, *, rectangles: bool) -> list[str]:
    """Return the files of polygons or of rectangles, which lie apart by their folders or by their names.

    Files of photos without text are those of the files around them.
    """
    groups: dict[tuple[str, bool], list[str]] = {}
    for name in listing.ending(".mat"):
        key = posixpath.dirname(name), posixpath.basename(name).casefold().startswith("rect")
        groups.setdefault(key, []).append(name)
    found: list[str] = []
    for names in groups.values():
        fitting = listing.fitting(names, lambda name: _rows(matlab_variables(listing, name)) is not None)
        if fitting and _holds_rectangles(listing, fitting) == rectangles:
            found += fitting
    return found


def _holds_rectangles(listing: SceneListing, names: list[str]) -> bool:
    """Say whether the first file that has a region has rectangles; polygons are usual."""
    first = next((rows for name in names if (rows := _rows(matlab_variables(listing, name)))), None)
    return first is not None and len(first[0]) == _RECTANGLE


def _rows(values: Mapping[str, Any]) -> list[list[Any]] | None:
    """Return the rows of a file's regions; none where it holds something else."""
    found = next((values[name] for name in _TOTAL_TEXT if isinstance(values.get(name), list)), None)
    return found if found is None or all(isinstance(row, list) for row in found) else None


def _total_text(listing: SceneListing, file: str) -> Iterator[PhotoRecord]:
    rows = _rows(matlab_variables(listing, file))
    yield PhotoRecord("", [], partial(_total_text_regions, listing, rows or []))


def _total_text_regions(listing: SceneListing, rows: list[list[Any]]) -> Iterator[ListedRegion]:
    for row in rows:
        if len(row) == _RECTANGLE:
            *sides, _, _, said, shape = row
            corners = box(*(np.ravel(side)[0] for side in sides))
        else:
            corners = polygon(np.stack([np.ravel(row[1]), np.ravel(row[3])], axis=1).tolist())
            said, shape = [*row[4:6], "", ""][:2]
        text = _text(said)
        marked = text in ("#", "") or _text(shape) == "#"
        yield region(corners, None if text == "#" else text, listing, "word", marked=marked)


def _text(value: Any) -> str:
    while isinstance(value, list):
        value = value[0] if value else ""
    return str(value)


TOTAL_TEXT_MAT = SceneFormat(
    "total-text-mat",
    "a MATLAB file beside each photo (Total-Text)",
    lambda listing: _total_text_files(listing, rectangles=False),
    lambda listing, files: read_records(listing, files, _total_text),
)
TOTAL_TEXT_BOXES = SceneFormat(
    "total-text-boxes",
    "a MATLAB file of rectangles beside each photo (Total-Text)",
    lambda listing: _total_text_files(listing, rectangles=True),
    lambda listing, files: read_records(listing, files, _total_text),
)


def _synthtext(listing: SceneListing, file: str) -> Iterator[PhotoRecord]:
    values = matlab_variables(listing, file)
    names, words, texts = np.ravel(values["imnames"]).tolist(), values["wordBB"][0], values["txt"][0]
    letters = values["charBB"][0] if "charBB" in values else [None] * len(words)
    for name, outlines, said, characters in zip(map(_text, names), words, texts, letters, strict=True):
        yield PhotoRecord(name, [name], partial(_synthtext_regions, listing, outlines, said, characters))


def _synthtext_regions(listing: SceneListing, words: Any, said: Any, characters: Any) -> Iterator[ListedRegion]:
    """Yield words, and the characters whose number is that of the texts' letters."""
    texts = [word for part in np.ravel(said).tolist() for word in str(part).split()]
    outlines = _quads(words)
    if len(texts) != len(outlines):
        raise ValueError(f"{len(outlines)} outlines of words and {len(texts)} texts")
    yield from _each(listing, outlines, texts, "word")
    inner = [] if characters is None else _quads(characters)
    if len(inner) == sum(map(len, texts)):
        yield from _each(listing, inner, [letter for word in texts for letter in word], "character")


def _each(listing: SceneListing, outlines: list[Points], texts: list[str], level: Level) -> Iterator[ListedRegion]:
    for corners, text in zip(outlines, texts, strict=True):
        yield region(corners, text, listing, level, kind=level)


def _quads(values: Any) -> list[Points]:
    """Return the outlines of an array (2, 4, words), or (2, 4) where there is one."""
    array = np.array(values, np.float32)
    array = array[..., None] if array.ndim == 2 else array
    if array.ndim != 3 or array.shape[:2] != (2, 4):
        raise ValueError(f"outlines of the shape {array.shape}")
    return [polygon(quad.tolist()) for quad in array.transpose(2, 1, 0)]


SYNTHTEXT = SceneFormat(
    "synthtext",
    "one MATLAB file of photos and their words (SynthText)",
    lambda listing: _files(listing, "wordBB"),
    lambda listing, files: read_records(listing, files, _synthtext),
)
