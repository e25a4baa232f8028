"""A text file beside each photo, a region a line: ICDAR 2013, 2015 and MLT, RCTW, CTW1500, Total-Text, MSRA-TD500."""

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial

from engine.config.scene_importing import SceneFormatName
from engine.config.scene_rules import BoxKind, TextPart
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
from engine.datasets.scenes.importing.formats.behind import part_of, text_part
from engine.datasets.scenes.importing.formats.boxes import box_kind, box_of
from engine.datasets.scenes.importing.formats.listing import LOOKS, SceneListing, is_companion
from engine.errors import SourceError
from engine.regions.polygons import is_simple
from engine.sources.questions import ImportQuestion, Remedy
from glyphlab_read.regions.quads import Points

_NUMBER = r"[-+]?\d+(?:\.\d*)?(?:[eE][-+]?\d+)?"
_QUAD = re.compile(
    rf"\s*((?:{_NUMBER}\s*,\s*){{7}}{_NUMBER}|(?:{_NUMBER}[\t ]+){{7}}{_NUMBER}|(?:{_NUMBER}\s*;\s*){{7}}{_NUMBER})"
    r"(?:(?:\s*[,;]|[\t ]+(?![,;\s]))(.*))?\s*",
    re.DOTALL,
)
_APART = re.compile(r"[\s,;]+")
_NINTH = re.compile(rf"\s*{_NUMBER}\s*,")
_UPRIGHT = re.compile(rf'\s*({_NUMBER}(?:\s*[,\s]\s*{_NUMBER}){{3}})\s*[,\s]\s*"(.*)"\s*', re.DOTALL)
_TOTAL_TEXT = re.compile(
    r"x:\s*\[\[([-\d\s.,]*)\]\],\s*y:\s*\[\[([-\d\s.,]*)\]\](.*?)transcriptions:\s*\[(?:u?(['\"])(.*)\4)?\]\s*",
    re.DOTALL,
)
_CORNERS = re.compile(rf"\s*((?:{_NUMBER}\s*,\s*){{9,}}{_NUMBER})\s*(?:,(.*))?", re.DOTALL)
_FOUR = re.compile(rf"\s*({_NUMBER}(?:\s*[,\s]\s*{_NUMBER}){{3}})\s*(?:[,\s]\s*(.*))?", re.DOTALL)
_DIFFICULT = re.compile(r'\s*([01])\s*,\s*"(.*)"\s*', re.DOTALL)
_SCRIPTS = {"arabic", "latin", "chinese", "japanese", "korean", "bangla", "bengali", "hindi", "devanagari"}
_SCRIPTS |= {"symbols", "none", "mixed", "english", "french", "german", "italian", "spanish", "portuguese", "dutch"}
_SCRIPTS |= {"greek", "russian", "cyrillic", "hebrew", "persian", "urdu", "thai", "vietnamese", "turkish", "polish"}
_SCRIPTS |= {"tamil", "telugu", "kannada", "malayalam", "gujarati", "gurmukhi", "punjabi", "marathi", "odia", "oriya"}
_SCRIPTS |= {"assamese", "han", "hangul", "katakana", "hiragana", "digits", "digit", "number", "numbers"}
_CTW1500_CORNERS = 14
_ESCAPE = re.compile(r'\\(["\\])')
_COUNTED = 3  # lines whose first numbers may count them
_LEAST = 0.5  # of the first lines that must be understood
_NEARLY = 0.9  # of those that make a question
_LOOKED = 40  # files whose first lines make one

LineParser = Callable[[SceneListing, str], ListedRegion]
"""Reads one line that is not blank; raises one of FAULTS on another."""


def _icdar_2015(listing: SceneListing, line: str, part: TextPart = "whole") -> ListedRegion:
    """Parse eight numbers and a text, which may hold commas and be missing, or a line of Total-Text."""
    total = _TOTAL_TEXT.fullmatch(line)
    if total:
        x, y = (re.split(r"[\s,]+", total[group].strip()) for group in (1, 2))
        marked = "'#'" in total[3] or '"#"' in total[3] or total[5] in (None, "#")  # as it marks illegible words
        text = None if total[5] == "#" else total[5]
        return region(polygon(list(zip(x, y, strict=True))), text, listing, "word", marked=marked)
    match = _QUAD.fullmatch(line)
    if match is None:
        raise ValueError("not eight numbers and a text")
    return region(polygon(_APART.split(match[1])), part_of(match[2], part), listing, "word")


def _mlt(listing: SceneListing, line: str) -> ListedRegion:
    """Parse eight numbers, the script and a text (MLT 2017 and 2019)."""
    match = _QUAD.fullmatch(line)
    script, comma, text = ((match and match[2]) or "").partition(",")
    if match is None or not comma or script.strip().casefold() not in _SCRIPTS:
        raise ValueError("not eight numbers, a script and a text")
    return region(polygon(_APART.split(match[1])), text, listing, "word", language=script)


def _rctw(listing: SceneListing, line: str) -> ListedRegion:
    """Parse eight numbers, 1 where a line is difficult, else 0, and a text in quotes (RCTW-17)."""
    match = _QUAD.fullmatch(line)
    said = _DIFFICULT.fullmatch((match and match[2]) or "")
    if match is None or said is None:
        raise ValueError('not eight numbers, 0 or 1, and a text in "quotes"')
    return region(polygon(_APART.split(match[1])), said[2], listing, "line", marked=said[1] == "1")


def _polygons(listing: SceneListing, line: str) -> ListedRegion:
    """Parse five corners or more and a text, in front of which CTW1500 writes ####.

    Its first files have the rectangle of a line, and 14 corners counted from the upper left of that.
    """
    match = _CORNERS.fullmatch(line)
    if match is None:
        raise ValueError("not five corners or more")
    numbers, text = match[1].split(","), match[2]
    if len(numbers) % 2:  # a text that is a number
        *numbers, text = numbers
        if match[2] is not None:
            raise ValueError("an odd number of numbers")
    corners = polygon(numbers)
    if len(corners) == 2 + _CTW1500_CORNERS and _is_within(corners):
        corners = corners[2:] + corners[0]
    if text is not None:
        text = text.removeprefix("####")
    return region(corners, text, listing, "line" if len(corners) == _CTW1500_CORNERS else "word")


def _is_within(corners: Points) -> bool:
    """Say whether corners from the third on lie in a rectangle of the size that the first two have."""
    inner, room = corners[2:], corners[1] - corners[0]
    return bool((room > 0).all() and (inner >= 0).all() and (inner <= room + 1).all())


def _boxes(listing: SceneListing, line: str, boxes: BoxKind = "corners", part: TextPart = "whole") -> ListedRegion:
    """Parse four numbers, apart by blanks or commas, and a text that is not in quotes."""
    match = _FOUR.fullmatch(line)
    if match is None:
        raise ValueError("not four numbers and a text")
    return region(box_of(re.split(r"[\s,]+", match[1]), boxes), part_of(match[2], part), listing, "word")


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


def _whole(lines: Iterable[str]) -> list[str]:
    """Return the lines that hold something; what Total-Text goes on with on the next is put behind its line."""
    found: list[str] = []
    for line in lines:
        if found and found[-1].startswith("x:") and not line.startswith("x:"):
            found[-1] += f" {line.strip()}"
        elif line.strip():
            found.append(line)
    return [line.rstrip() if line.startswith("x:") else line for line in found]


def _first_lines(listing: SceneListing, name: str) -> list[str]:
    try:
        return _whole(listing.head(name))[:20]
    except SourceError:
        return []


def _fits(listing: SceneListing, name: str, parse: LineParser) -> bool | None:
    """Say whether enough of a file's first lines are understood; None where there are none."""
    first = _first_lines(listing, name)
    return sum(_understood(listing, line, parse) for line in first) >= _LEAST * len(first) if first else None


def _understood(listing: SceneListing, line: str, parse: LineParser) -> bool:
    try:
        parse(listing, line)
    except FAULTS:
        return False
    return True


def text_files(listing: SceneListing, endings: tuple[str, ...], parse: LineParser) -> list[str]:
    """Return the text files that belong to a photo, if those of the first ones that hold anything fit."""
    files = [name for name in listing.ending(*endings) if not is_companion(name)]
    files = [name for name in files if listing.photo_of(name) is not None]
    step = max(1, len(files) // LOOKS)
    votes = [vote for name in files[::step] if (vote := _fits(listing, name, parse)) is not None]
    if not votes:  # the files looked into are all empty: one that is not decides
        votes = [vote for name in files if (vote := _fits(listing, name, parse)) is not None][:1]
    return files if votes and sum(votes) >= _LEAST * len(votes) else []


def read_text_files(
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
    for name in listing.ending(posixpath.splitext(files[0])[1].casefold()) if files else ():
        if listing.photo_of(name) is None and not is_companion(name) and _fits(listing, name, parse) is not False:
            yield SceneIssue(name, "missing", name)
    yield from unlabelled_photos(listing, labelled)


def _regions(listing: SceneListing, name: str, parse: LineParser, issues: list[SceneIssue]) -> Iterator[ListedRegion]:
    for count, line in enumerate(_whole(listing.lines(name)), 1):
        try:
            yield parse(listing, line)
        except FAULTS as error:
            issues.append(SceneIssue(f"{name}, line {count}", "line", f"{line[:80]} ({explain(error)})"))


def _text_format(name: SceneFormatName, title: str, endings: tuple[str, ...], parse: LineParser) -> SceneFormat:
    return SceneFormat(
        name,
        title,
        lambda listing: text_files(listing, endings, parse),
        lambda listing, files: read_text_files(listing, files, parse),
    )


def _read_quads(listing: SceneListing, files: list[str]) -> Entries:
    lines = [line for name in files[:LOOKS] for line in _first_lines(listing, name)]
    found = [match for line in lines if (match := _QUAD.fullmatch(line))]
    _refuse_nine(files, found)
    part = text_part([match[2] or "" for match in found], listing.config.line_text)
    return read_text_files(listing, files, partial(_icdar_2015, part=part))


def _refuse_nine(files: list[str], found: list[re.Match[str]]) -> None:
    """Raise SourceError where lines begin with a number of their own, which shifts all corners by one."""
    firsts = [float(_APART.split(match[1].strip())[0]) for match in found]
    counts_up = firsts in ([float(number + start) for number in range(len(firsts))] for start in (0, 1))
    if len(found) >= _COUNTED and counts_up and all(_NINTH.match(match[2] or "") for match in found):
        raise SourceError(
            f"Lines of {files[0]!r} begin with nine numbers, of which the first counts the lines. Take that column out."
        )


ICDAR_2015 = SceneFormat(
    "icdar-2015",
    "a text file beside each photo: eight numbers and a text (ICDAR 2015)",
    lambda listing: text_files(listing, (".txt",), _icdar_2015),
    _read_quads,
)
ICDAR_2013 = _text_format(
    "icdar-2013", 'a text file beside each photo: four numbers and a "text" (ICDAR 2013)', (".txt",), _icdar_2013
)
TD500 = _text_format("td500", "a .gt file beside each photo, boxes with an angle (MSRA-TD500)", (".gt",), _td500)
MLT = _text_format(
    "mlt", "a text file beside each photo: eight numbers, a script and a text (ICDAR MLT)", (".txt",), _mlt
)
RCTW = _text_format(
    "rctw", 'a text file beside each photo: eight numbers, 0 or 1, and a "text" (RCTW-17)', (".txt",), _rctw
)


def _polygon_files(listing: SceneListing) -> list[str]:
    files = text_files(listing, (".txt",), _polygons)
    said = listing.config.line_text in ("ask", "none") or listing.config.format == POLYGONS.name
    return files if said or not _may_be_quads(listing, files) else []


def _read_polygons(listing: SceneListing, files: list[str]) -> Entries:
    config = listing.config
    if config.line_text == "ask" and config.format != POLYGONS.name and _may_be_quads(listing, files):
        raise ImportQuestion(
            f"Lines of {files[0]!r} hold eight numbers, four corners, and two or three more. Say what those are:",
            [
                Remedy("they are the text, such as a price with a comma", "line_text", "whole"),
                Remedy("they are a fifth corner, and there is no text", "line_text", "none"),
            ],
        )
    return read_text_files(listing, files, _polygons)


def _may_be_quads(listing: SceneListing, files: list[str]) -> bool:
    """Say whether nearly all lines hold four corners and as many numbers more as a number with a comma or two has."""
    some = files[:: max(1, len(files) // _LOOKED)]
    lines = [line for name in some for line in _first_lines(listing, name) if _understood(listing, line, _polygons)]
    return bool(lines) and sum(map(_may_be_quad, lines)) >= _NEARLY * len(lines)


def _may_be_quad(line: str) -> bool:
    match = _CORNERS.fullmatch(line)
    numbers = match[1].split(",") if match and match[2] is None else []
    return len(numbers) in (10, 11) and is_simple(polygon(numbers[:8]))


POLYGONS = SceneFormat(
    "polygons",
    "a text file beside each photo: five corners or more and a text (CTW1500)",
    _polygon_files,
    _read_polygons,
)


def _read_boxes(listing: SceneListing, files: list[str]) -> Entries:
    lines = (line for name in files for line in _first_lines(listing, name))
    found = [match for line in lines if (match := _FOUR.fullmatch(line))]
    boxes = box_kind((re.split(r"[\s,]+", match[1]) for match in found), listing.config.boxes)
    part = text_part([match[2] or "" for match in found], listing.config.line_text)
    return read_text_files(listing, files, partial(_boxes, boxes=boxes, part=part))


BOXES = SceneFormat(
    "boxes",
    "a text file beside each photo: four numbers, and a text without quotes",
    lambda listing: text_files(listing, (".txt",), _boxes),
    _read_boxes,
)
