"""MATLAB files: Total-Text's, one for each photo, and SynthText's gt.mat of all photos.

They are read in a child process with limits, since a file of a few hundred bytes can ask for gigabytes.
"""

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np

from engine.datasets.scenes.importing.formats.base import ListedRegion, SceneFormat, polygon, region
from engine.datasets.scenes.importing.formats.listing import SceneListing
from engine.datasets.scenes.importing.formats.records import PhotoRecord, read_records
from engine.datasets.scenes.importing.matlab_sandbox import MAX_MATLAB_BYTES, read_matlab
from engine.regions.region import Level, Points

_TOTAL_TEXT = ("polygt", "gt")


def matlab_variables(listing: SceneListing, name: str) -> dict[str, Any]:
    """Return the variables of a file. Raises SourceError."""
    return read_matlab(name, listing.content(name, MAX_MATLAB_BYTES))


def _files(listing: SceneListing, *wanted: str) -> list[str]:
    def fits(name: str) -> bool:
        return bool(set(wanted) & matlab_variables(listing, name).keys())

    return listing.fitting(listing.ending(".mat"), fits)


def _total_text(listing: SceneListing, file: str) -> Iterator[PhotoRecord]:
    values = matlab_variables(listing, file)
    rows = next(values[name] for name in _TOTAL_TEXT if name in values)
    yield PhotoRecord("", [], partial(_total_text_regions, listing, rows))


def _total_text_regions(listing: SceneListing, rows: list[Any]) -> Iterator[ListedRegion]:
    for row in rows:
        _, x, _, y, *said = row
        text = _text(said[0]) if said else ""
        marked = text in ("#", "") or (len(said) > 1 and _text(said[1]) == "#")
        corners = polygon(np.stack([np.ravel(x), np.ravel(y)], axis=1).tolist())
        yield region(corners, None if text == "#" else text, listing, "word", marked=marked)


def _text(value: Any) -> str:
    while isinstance(value, list):
        value = value[0] if value else ""
    return str(value)


TOTAL_TEXT_MAT = SceneFormat(
    "total-text-mat",
    "a MATLAB file beside each photo (Total-Text)",
    lambda listing: _files(listing, *_TOTAL_TEXT),
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
