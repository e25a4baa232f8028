"""The interface of a format of scenes, and the shapes that formats describe regions with. Nothing here opens a photo.

What a file says is not believed: readers raise one of FAULTS on values that do not fit, and the record is reported.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Set
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from engine.config.generate import Split
from engine.config.scene_importing import SceneFormatName
from engine.datasets.scenes.importing.formats.listing import SceneListing
from engine.labels import clean_label
from engine.regions.region import Level
from engine.sources.tree import Refusal
from glyphlab_read.regions.quads import Points

FAULTS = (KeyError, TypeError, ValueError, IndexError, AttributeError, OverflowError, RecursionError)
"""Errors that a reader raises on values that are missing or of another kind than the format has."""

MAX_REGIONS = 20_000
"""The most regions of one photo."""

_MAX_CORNERS = 2_000
_FARTHEST = 1e6  # px; a corner beyond is no corner
_ROUND = 16  # corners that a circle becomes
_ILLEGIBLE = ("###", "*")
_LONGEST_LANGUAGE = 40
_NO_LANGUAGE = ("none", "unknown", "other", "na", "n/a", "und", "###")  # said where there is none
IGNORE_WORDS = ("ignore", "ignored", "difficult", "illegible", "dontcare", "don't care", "dont_care", "###")
"""Names of classes, flags and fields of regions that do not count, in lower case."""

_LEVEL_NAMES: dict[Level, tuple[str, ...]] = {
    "character": ("character", "characters", "char", "glyph", "symbol"),
    "word": ("word", "words", "string"),
    "line": ("line", "lines", "textline", "text_line", "text line", "sentence"),
}
_LEVELS: dict[str, Level] = {name: level for level, names in _LEVEL_NAMES.items() for name in names}
_CLASSES = {*_LEVELS, "text", "texts", "region", "textregion", "text_region", "object", "0", "1", ""}

SceneIssueReason = Literal["missing", "line", "record", "shape", "texts", "unused", "aside", Refusal]


@dataclass(frozen=True, slots=True)
class ListedRegion:
    """A region as its file says.

    Attributes:
        corners: (P, 2), any P, in the units of its scene.
        text: cleaned; None where the file has none.
        marked: True where the file says that it does not count.
        level: what it encloses.
        foreign: True for a character of a script that the set labels in part only.
        language: as in Region.
    """

    corners: Points
    text: str | None
    marked: bool
    level: Level
    foreign: bool = False
    language: str | None = None


@dataclass(frozen=True, slots=True)
class ListedScene:
    """A photo of a source with its regions.

    Attributes:
        name: its name for people.
        member: the file that holds it.
        regions: its regions; none is a scene without text.
        split: the split that the source assigns, if any.
        frame: width and height that the corners count in, where the file says; None: they are px of the photo.
        relative: True where the frame is a unit, such as per cent, and no size that the photo should have.
        joined: True where its record stands on a line behind another's.
        unlabelled: True where nothing lists the photo's regions.
    """

    name: str
    member: str
    regions: list[ListedRegion] = field(default_factory=list)
    split: Split | None = None
    frame: tuple[float, float] | None = None
    relative: bool = False
    joined: bool = False
    unlabelled: bool = False


@dataclass(frozen=True, slots=True)
class SceneIssue:
    """An entry of a source that is no photo with regions: its name, the reason, and the text found there."""

    name: str
    reason: SceneIssueReason
    detail: str = ""


Entries = Iterator[ListedScene | SceneIssue]


@dataclass(frozen=True)
class SceneFormat:
    """Format of scenes' labels in files.

    Attributes:
        name: its name in configs.
        title: its description for people, in a few words.
        files: the files of a source in this format; none when the source is in another.
        read: the scenes that those files list, and what is wrong with them.
    """

    name: SceneFormatName
    title: str
    files: Callable[[SceneListing], list[str]]
    read: Callable[[SceneListing, list[str]], Entries]


def region(
    corners: Points,
    text: Any,
    listing: SceneListing,
    usual: Level,
    *,
    marked: bool = False,
    kind: Any = None,
    foreign: bool = False,
    language: Any = None,
) -> ListedRegion:
    """Return a region from the values of a file.

    Args:
        corners: its outline.
        text: what it says, if it is a text at all; that of an illegible one (### or *) marks it.
        listing: knows the level that the user chose where the format does not say.
        usual: the level that is usual in the format.
        marked: whether the file says that it does not count.
        kind: the class that the file names, which may be a level.
        foreign: as in ListedRegion.
        language: what the file names so, if it is a name at all.
    """
    named = _LEVELS.get(kind.strip().casefold()) if isinstance(kind, str) else None
    level = named or (usual if listing.config.level == "auto" else listing.config.level)
    words = clean_label(text) if isinstance(text, str) else ""
    illegible = words in _ILLEGIBLE
    spoken = clean_label(language)[:_LONGEST_LANGUAGE] if isinstance(language, str) else ""
    spoken = "" if spoken.casefold() in _NO_LANGUAGE else spoken
    said = None if illegible else words or None
    return ListedRegion(corners, said, marked or illegible, level, foreign, spoken or None)


def class_or_text(name: Any) -> tuple[str | None, str | None]:
    """Return the name of an object as (text, class): tools put either into the one field that they have."""
    if not isinstance(name, str):
        return None, None
    return (None, name) if name.strip().casefold() in _CLASSES else (name, None)


NOWHERE: Points = np.zeros((0, 2), np.float32)
"""The outline of a region that has none."""


def polygon(values: Any) -> Points:
    """Return corners from pairs, or from numbers in a row; also of fewer than three corners.

    Raises:
        ValueError, TypeError: these are no such numbers, or too many of them.
    """
    if not isinstance(values, list | tuple):
        raise TypeError(f"{str(values)[:40]} is no list of corners")
    if len(values) > 2 * _MAX_CORNERS:
        raise ValueError(f"{len(values):,} values in one outline; {_MAX_CORNERS:,} corners are read")
    flat: list[float] = []
    for value in values:
        flat += [number(part) for part in value[:2]] if isinstance(value, list | tuple) else [number(value)]
    if len(flat) % 2:
        raise ValueError(f"{len(flat)} numbers are no pairs of x and y")
    return np.array(flat, np.float32).reshape(-1, 2)


def box(left: Any, top: Any, right: Any, bottom: Any) -> Points:
    """Return the corners of an upright rectangle; sides in the wrong order are put right. Raises as `number` does."""
    x, y = sorted((number(left), number(right))), sorted((number(top), number(bottom)))
    return np.array([[x[0], y[0]], [x[1], y[0]], [x[1], y[1]], [x[0], y[1]]], np.float32)


def turned_box(centre: tuple[Any, Any], width: Any, height: Any, angle: Any) -> Points:
    """Return the corners of a rectangle turned about its centre by an angle in radians, clockwise as one sees it."""
    x, y = number(centre[0]), number(centre[1])
    half = np.array([number(width), number(height)]) / 2
    signs = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
    return turned(np.array([x, y]) + signs * half, (x, y), angle)


def turned(corners: npt.NDArray[Any], centre: tuple[Any, Any], angle: Any) -> Points:
    """Return corners turned about a point by an angle in radians, clockwise as one sees it."""
    middle, turn = np.array([number(centre[0]), number(centre[1])]), number(angle)
    cos, sin = math.cos(turn), math.sin(turn)
    return (middle + (corners - middle) @ np.array([[cos, sin], [-sin, cos]])).astype(np.float32)


def circle(x: Any, y: Any, radius_x: Any, radius_y: Any) -> Points:
    """Return the corners of a polygon in place of an ellipse. Raises as `number` does."""
    angles = np.arange(_ROUND) * (2 * math.pi / _ROUND)
    around = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return (np.array([number(x), number(y)]) + around * [number(radius_x), number(radius_y)]).astype(np.float32)


def number(value: Any) -> float:
    """Return a number of a file, also one that is written as text. Raises ValueError and TypeError."""
    if isinstance(value, bool):
        raise TypeError(f"{value} is no number")
    found = float(value)
    if not abs(found) <= _FARTHEST:
        raise ValueError(f"{found:g} is no place in a photo")
    return found


def size(width: Any, height: Any) -> tuple[float, float] | None:
    """Return a declared width and height; None where they are none."""
    try:
        found = number(width), number(height)
    except FAULTS:
        return None
    return found if min(found) >= 1 else None


def fewer(regions: Iterable[ListedRegion]) -> list[ListedRegion]:
    """Return regions as a list. Raises ValueError for more than MAX_REGIONS."""
    found: list[ListedRegion] = []
    for each in regions:
        if len(found) == MAX_REGIONS:
            raise ValueError(f"over {MAX_REGIONS:,} regions in one photo")
        found.append(each)
    return found


class RegionFault(NamedTuple):
    """The reason why a region of a photo's record is not read; the others are."""

    why: str


def tried(read: Callable[..., ListedRegion], *values: Any) -> ListedRegion | RegionFault:
    """Return the region that a reader makes of values, or why it makes none."""
    try:
        return read(*values)
    except FAULTS as error:
        return RegionFault(explain(error))


def sound(regions: Iterable[ListedRegion | RegionFault], name: str, issues: list[SceneIssue]) -> list[ListedRegion]:
    """Return the regions of one photo that are read, and add an issue of this name for each other.

    Raises:
        ValueError: there are more than MAX_REGIONS, or none is read of those that there are: this is no empty photo.
    """

    def read() -> Iterator[ListedRegion]:
        for each in regions:
            if isinstance(each, RegionFault):
                issues.append(SceneIssue(name, "shape", each.why))
            else:
                yield each

    found = fewer(read())
    if issues and not found:
        raise ValueError(f"no region is understood, first {issues[0].detail}")
    return found


def explain(error: BaseException) -> str:
    """Return what was wrong with a record, in a few words."""
    if isinstance(error, KeyError):
        return f"{str(error)[:60]} is missing"
    return str(error)[:200] or type(error).__name__


def unlabelled_photos(listing: SceneListing, labelled: Set[str]) -> Iterator[ListedScene]:
    """Yield the photos without a list of regions."""
    for name in listing.images.names:
        if name not in labelled:
            yield ListedScene(name, name, [], listing.split(name, name), unlabelled=True)
