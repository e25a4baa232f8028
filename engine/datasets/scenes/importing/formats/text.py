"""A text file beside each photo: ICDAR 2013 and 2015, Total-Text, MSRA-TD500, and YOLO with upright or turned boxes."""

import posixpath
import re
from collections.abc import Callable, Iterator
from functools import partial

from engine.config.scene_importing import SceneFormatName
from engine.datasets.scenes.importing.formats.base import (
    FAULTS,
    Entries,
    ListedRegion,
    ListedScene,
    SceneFormat,
    SceneIssue,
    box,
    explain,
    fewer,
    number,
    polygon,
    region,
    turned_box,
    unlabelled_photos,
)
from engine.datasets.scenes.importing.formats.listing import LOOKS, SceneListing
from engine.errors import SourceError
from engine.parsing import parse_yaml
from engine.regions.region import Points

_NUMBER = r"[-+]?\d+(?:\.\d*)?(?:[eE][-+]?\d+)?"
_QUAD = re.compile(rf"\s*((?:{_NUMBER}\s*,\s*){{7}}{_NUMBER})\s*(?:,(.*))?", re.DOTALL)
_UPRIGHT = re.compile(rf'\s*({_NUMBER}(?:\s*[,\s]\s*{_NUMBER}){{3}})\s*[,\s]\s*"(.*)"\s*', re.DOTALL)
_TOTAL_TEXT = re.compile(
    r"x:\s*\[\[([-\d\s.,]*)\]\],\s*y:\s*\[\[([-\d\s.,]*)\]\].*?transcriptions:\s*\[u?(['\"])(.*)\3\]\s*", re.DOTALL
)
_ESCAPE = re.compile(r'\\(["\\])')
_LEAST = 0.5  # of the first lines that must be understood
_SLACK = 0.25  # of a photo that a box of YOLO may lie outside it
_NO_LABELS = ("classes.txt", "readme.txt", "license.txt", "labels.txt", "obj.names", "notes.txt")
_CLASS_LISTS = ("data.yaml", "dataset.yaml", "classes.txt", "obj.names")
_MARKED_CLASSES = ("ignore", "illegible", "###")

LineParser = Callable[[SceneListing, str], ListedRegion]
"""Reads one line that is not blank; raises one of FAULTS on another."""


def _icdar_2015(listing: SceneListing, line: str) -> ListedRegion:
    """Parse eight numbers and a text, which may hold commas and be missing, or a line of Total-Text."""
    total = _TOTAL_TEXT.fullmatch(line)
    if total:
        x, y = (re.split(r"[\s,]+", total[group].strip()) for group in (1, 2))
        return region(polygon(list(zip(x, y, strict=True))), _unmarked(total[4]), listing, "word")
    match = _QUAD.fullmatch(line)
    if match is None:
        raise ValueError("not eight numbers and a text")
    return region(polygon(match[1].split(",")), match[2], listing, "word")


def _unmarked(text: str) -> str:
    return "###" if text == "#" else text  # Total-Text marks illegible words by one


def _icdar_2013(listing: SceneListing, line: str) -> ListedRegion:
    """Parse left, top, right, bottom and a text in quotes, apart by blanks or commas."""
    match = _UPRIGHT.fullmatch(line)
    if match is None:
        raise ValueError('not four numbers and a text in "quotes"')
    return region(box(*re.split(r"[\s,]+", match[1])), _ESCAPE.sub(r"\1", match[2]), listing, "word")


def _td500(listing: SceneListing, line: str) -> ListedRegion:
    """Parse index, difficulty, left, top, width, height of the box before it is turned, and the angle in radians."""
    _, difficult, *values = line.split()
    x, y, width, height, angle = map(number, values)
    centre = (x + width / 2, y + height / 2)
    return region(turned_box(centre, width, height, angle), None, listing, "line", marked=int(difficult) != 0)


def _lines(listing: SceneListing, name: str) -> list[str]:
    return [line for line in listing.lines(name) if line.strip()]


def _fits(listing: SceneListing, name: str, parse: LineParser) -> bool | None:
    """Say whether enough of a file's first lines are understood; None where there are none."""
    try:
        first = [line for line in listing.head(name) if line.strip()][:20]
    except SourceError:
        return False
    return sum(_understood(listing, line, parse) for line in first) >= _LEAST * len(first) if first else None


def _understood(listing: SceneListing, line: str, parse: LineParser) -> bool:
    try:
        parse(listing, line)
    except FAULTS:
        return False
    return True


def _files(listing: SceneListing, endings: tuple[str, ...], parse: LineParser) -> list[str]:
    """Return the text files that belong to a photo, if those of the first ones that hold anything fit."""
    files = [name for name in listing.ending(*endings) if posixpath.basename(name).casefold() not in _NO_LABELS]
    files = [name for name in files if listing.photo_of(name) is not None]
    step = max(1, len(files) // LOOKS)
    votes = [vote for name in files[::step] if (vote := _fits(listing, name, parse)) is not None]
    if not votes:  # the files looked into are all empty: one that is not decides
        votes = [vote for name in files if (vote := _fits(listing, name, parse)) is not None][:1]
    return files if votes and sum(votes) >= _LEAST * len(votes) else []


def _read(
    listing: SceneListing, files: list[str], parse: LineParser, frame: tuple[float, float] | None = None
) -> Entries:
    """Read a file for each photo; an empty one is that of a scene without text."""
    labelled: set[str] = set()
    for name in files:
        photo = listing.photo_of(name)
        if photo is None:
            continue
        labelled.add(photo)
        issues: list[SceneIssue] = []
        try:
            regions = fewer(_regions(listing, name, parse, issues))
        except (SourceError, ValueError) as error:
            yield SceneIssue(name, "record", str(error))
            continue
        yield from issues
        split = listing.split(photo, name)
        yield ListedScene(photo, photo, regions, split, frame, relative=frame is not None)
    yield from unlabelled_photos(listing, labelled)


def _regions(listing: SceneListing, name: str, parse: LineParser, issues: list[SceneIssue]) -> Iterator[ListedRegion]:
    for count, line in enumerate(_lines(listing, name), 1):
        try:
            yield parse(listing, line)
        except FAULTS as error:
            issues.append(SceneIssue(f"{name}, line {count}", "line", f"{line[:80]} ({explain(error)})"))


def _text_format(name: SceneFormatName, title: str, endings: tuple[str, ...], parse: LineParser) -> SceneFormat:
    return SceneFormat(
        name,
        title,
        lambda listing: _files(listing, endings, parse),
        lambda listing, files: _read(listing, files, parse),
    )


ICDAR_2015 = _text_format(
    "icdar-2015", "a text file beside each photo: eight numbers and a text (ICDAR 2015)", (".txt",), _icdar_2015
)
ICDAR_2013 = _text_format(
    "icdar-2013", 'a text file beside each photo: four numbers and a "text" (ICDAR 2013)', (".txt",), _icdar_2013
)
TD500 = _text_format("td500", "a .gt file beside each photo, boxes with an angle (MSRA-TD500)", (".gt",), _td500)


def _yolo(listing: SceneListing, line: str, names: tuple[str, ...] = ()) -> ListedRegion:
    """Parse a class and centre, width and height of an upright box, in shares of the photo."""
    kind, *values = line.split()
    x, y, width, height = map(_share, values)
    return _of_class(listing, box(x - width / 2, y - height / 2, x + width / 2, y + height / 2), kind, names)


def _yolo_obb(listing: SceneListing, line: str, names: tuple[str, ...] = ()) -> ListedRegion:
    """Parse a class and three corners or more, in shares of the photo."""
    kind, *values = line.split()
    if len(values) < 6:
        raise ValueError("fewer than three corners")
    return _of_class(listing, polygon([_share(value) for value in values]), kind, names)


def _share(value: str) -> float:
    found = number(value)
    if not -_SLACK <= found <= 1 + _SLACK:
        raise ValueError(f"{value} is no share of a photo")
    return found


def _of_class(listing: SceneListing, corners: Points, kind: str, names: tuple[str, ...]) -> ListedRegion:
    number = int(kind)
    name = names[number] if 0 <= number < len(names) else ""
    marked = name.casefold() in _MARKED_CLASSES
    return region(corners, None, listing, "word", marked=marked, kind=name)


def _class_names(listing: SceneListing) -> tuple[str, ...]:
    """Return the names of the classes, from YOLO's data.yaml or a list of them; none where there is neither."""
    for name in listing.ending(*_CLASS_LISTS):
        try:
            text = "\n".join(listing.lines(name))
            if not name.casefold().endswith(".yaml"):
                return tuple(line.strip() for line in text.split("\n") if line.strip())
            found = parse_yaml(text)["names"]
            return tuple(str(each) for each in (found.values() if isinstance(found, dict) else found))
        except (SourceError, *FAULTS):
            continue
    return ()


def _read_yolo(parse: Callable[..., ListedRegion], listing: SceneListing, files: list[str]) -> Entries:
    return _read(listing, files, partial(parse, names=_class_names(listing)), (1.0, 1.0))


YOLO = SceneFormat(
    "yolo",
    "a text file beside each photo: class and box in shares of the photo (YOLO)",
    lambda listing: _files(listing, (".txt",), _yolo),
    partial(_read_yolo, _yolo),
)
YOLO_OBB = SceneFormat(
    "yolo-obb",
    "a text file beside each photo: class and corners in shares of the photo (YOLO-OBB)",
    lambda listing: _files(listing, (".txt",), _yolo_obb),
    partial(_read_yolo, _yolo_obb),
)
