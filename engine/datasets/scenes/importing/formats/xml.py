"""XML files of a photo each: PAGE, ALTO and Pascal VOC. What namespace they are in does not matter.

A block of PAGE or ALTO without lines holds text that nobody outlined: it becomes a region that does not count. Of a
file of several pages the first is read, the only one whose photo it names.
"""

import math
import re
from collections.abc import Callable, Iterator
from xml.etree.ElementTree import Element

from engine.datasets.scenes.importing.formats.base import (
    FAULTS,
    NOWHERE,
    Entries,
    ListedRegion,
    ListedScene,
    RegionFault,
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
    turned_box,
    unlabelled_photos,
)
from engine.datasets.scenes.importing.formats.fields import is_marked, named_text
from engine.datasets.scenes.importing.formats.listing import SceneListing
from engine.errors import SourceError
from engine.regions.region import Level
from glyphlab_read.regions.quads import Points

SceneReader = Callable[[SceneListing, str, Element, str, list[SceneIssue]], ListedScene]
"""Reads the scene of a file and its photo, and adds what is wrong with single regions."""

_PAGE_LEVELS: dict[str, Level] = {"TextLine": "line", "Word": "word", "Glyph": "character"}
_ALTO_LEVELS: dict[str, Level] = {"TextLine": "line", "String": "word", "Glyph": "character"}
PAGE_IGNORE = "ignore"
"""The tag in the custom attribute of a region that does not count."""

PAGE_CONTAINER = "container"
"""The tag in that of a line that is there only because a word must have one."""

_TAG = re.compile(r"([^\s{}]+)\s*(?:\{([^{}]*)\})?")
_TYPE = re.compile(r"\btype:\s*([^\s;]+)")

_DIGITS = 6  # of the place of a reading among those of its element
_UNITS = {"mm10": 254.0, "inch1200": 1200.0}  # of ALTO, to an inch


def name_of(element: Element) -> str:
    """Return an element's name, whatever its namespace."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def below(element: Element, *names: str) -> Iterator[Element]:
    """Yield the elements of these names at any depth."""
    return (each for each in element.iter() if name_of(each) in names)


def child(element: Element, name: str) -> Element | None:
    """Return the first child of a name."""
    return next((each for each in element if name_of(each) == name), None)


def text_of(element: Element | None) -> str:
    """Return the text right inside an element; empty for none."""
    return "" if element is None else (element.text or "")


def _files(root: str) -> Callable[[SceneListing], list[str]]:
    return lambda listing: listing.xml_files(lambda element: name_of(element) == root)


def _read(listing: SceneListing, files: list[str], photo_name: Callable[[Element], str], scene: SceneReader) -> Entries:
    labelled: set[str] = set()
    for file in files:
        try:
            root = listing.xml(file)
            listed = photo_name(root).strip()
            photo = (listing.photo(listed, file) if listed else None) or listing.photo_of(file, listed)
            if photo is None:
                yield SceneIssue(file, "missing", listed[:200])
                continue
            labelled.add(photo)
            issues: list[SceneIssue] = []
            found = scene(listing, file, root, photo, issues)
        except (SourceError, *FAULTS) as error:
            yield SceneIssue(file, "record", explain(error))
            continue
        yield from issues
        yield found
        for count in range(2, 1 + sum(1 for _ in below(root, "Page"))):
            yield SceneIssue(f"{file}, page {count}", "missing", "the file names the photo of its first page alone")
    yield from unlabelled_photos(listing, labelled)


def _page_photo(root: Element) -> str:
    return next(below(root, "Page")).get("imageFilename", "")


def _page_scene(listing: SceneListing, file: str, root: Element, photo: str, issues: list[SceneIssue]) -> ListedScene:
    page = next(below(root, "Page"))
    regions = sound(_page_regions(listing, page), file, issues)
    frame = size(page.get("imageWidth"), page.get("imageHeight"))
    return ListedScene(photo, photo, regions, listing.split(photo, file), frame)


def _page_regions(listing: SceneListing, page: Element) -> Iterator[ListedRegion | RegionFault]:
    for element in page.iter():
        name = name_of(element)
        if name in _PAGE_LEVELS and _page_tags(element).get(PAGE_CONTAINER) != "":
            yield tried(_page_region, listing, element, _PAGE_LEVELS[name])
        elif name == "TextRegion" and not any(True for _ in below(element, *_PAGE_LEVELS)):
            yield tried(_page_region, listing, element, None)


def _page_region(listing: SceneListing, element: Element, level: Level | None) -> ListedRegion:
    """Return the region of an element; without a level that of a block in which nothing is outlined."""
    if level is None:
        return region(_page_outline(element), None, listing, "line", marked=True, kind="line")
    tags = _page_tags(element)
    structure = _TYPE.search(tags.get("structure", ""))
    marked = not {PAGE_IGNORE, "illegible"}.isdisjoint({*tags, structure[1] if structure else ""})
    language = element.get("language") or element.get("primaryLanguage")
    said = _page_text(element)
    return region(_page_outline(element), said, listing, level, marked=marked, kind=level, language=language)


def _page_tags(element: Element) -> dict[str, str]:
    """Return the tags of an element's custom attribute with what stands in their braces: users' own words."""
    return {match[1]: (match[2] or "").strip() for match in _TAG.finditer(element.get("custom", ""))}


def _page_text(element: Element) -> str | None:
    """Return what an element says: its best reading, or those of the words in a line that has none of its own."""
    readings = [each for each in element if name_of(each) == "TextEquiv"]
    if readings:
        best = min(readings, key=_rank)  # one without an index is the only one, or the first
        return text_of(child(best, "Unicode"))
    words = (_page_text(word) or "" for word in element if name_of(word) == "Word")
    return " ".join(filter(None, words)) or None


def _rank(reading: Element) -> float:
    """Return the place of a reading among those of its element; the best has the least."""
    index = reading.get("index", "")
    return int(index) if index.isdecimal() and len(index) < _DIGITS else 0


def _page_outline(element: Element) -> Points:
    """Return the corners of an element's Coords: in an attribute, or a Point each as before 2013."""
    coords = child(element, "Coords")
    if coords is None:
        return NOWHERE
    points = coords.get("points")
    if points is None:
        return polygon([[point.get("x"), point.get("y")] for point in below(coords, "Point")])
    return polygon(numbers_in(points))


def numbers_in(text: str) -> list[str]:
    """Return the parts of a text between blanks, commas and semicolons."""
    return [part for part in re.split(r"[\s,;]+", text) if part]


PAGE = SceneFormat(
    "page",
    "an XML file beside each photo (PAGE)",
    _files("PcGts"),
    lambda listing, files: _read(listing, files, _page_photo, _page_scene),
)


def _alto_photo(root: Element) -> str:
    return text_of(next(below(root, "fileName"), None))


def _alto_scene(listing: SceneListing, file: str, root: Element, photo: str, issues: list[SceneIssue]) -> ListedScene:
    page = next(below(root, "Page"))
    unit = text_of(next(below(root, "MeasurementUnit"), None)).strip() or "mm10"  # the format's own default
    frame = size(page.get("WIDTH"), page.get("HEIGHT"))
    dots = 1.0
    if unit in _UNITS and frame is None:
        dots = listing.config.resolution / _UNITS[unit]
    regions = sound(_alto_regions(listing, page, dots), file, issues)
    return ListedScene(photo, photo, regions, listing.split(photo, file), frame, relative=unit in _UNITS)


def _alto_regions(listing: SceneListing, page: Element, dots: float) -> Iterator[ListedRegion | RegionFault]:
    for element in page.iter():
        name = name_of(element)
        if name in _ALTO_LEVELS:
            yield tried(_alto_region, listing, element, dots, _ALTO_LEVELS[name])
        elif name == "TextBlock" and element.get("HPOS") and not any(True for _ in below(element, *_ALTO_LEVELS)):
            yield tried(_alto_region, listing, element, dots, None)


def _alto_region(listing: SceneListing, element: Element, dots: float, level: Level | None) -> ListedRegion:
    """Return the region of an element; without a level that of a block in which nothing is outlined."""
    corners = _alto_outline(element) * dots
    if level is None:
        return region(corners, None, listing, "line", marked=True, kind="line")
    said = _alto_text(element) if level == "line" else element.get("CONTENT")
    return region(corners, said, listing, level, kind=level, language=element.get("LANG"))


def _alto_text(line: Element) -> str:
    """Return what a line says, its hyphen included; blanks stand where SP says, or between all words if it never is."""
    parts = list(below(line, "String", "SP", "HYP"))
    blank = "" if any(name_of(part) == "SP" for part in parts) else " "
    said = ""
    for part in parts:
        match name_of(part):
            case "SP":
                said += " "
            case "HYP":  # as it is printed; a word that holds it already needs no second one
                hyphen = part.get("CONTENT") or "-"
                said = said.rstrip() if said.rstrip().endswith(hyphen) else said.rstrip() + hyphen
            case _:
                said += blank + part.get("CONTENT", "")
    return said.strip()


def _alto_outline(element: Element) -> Points:
    shape = child(element, "Shape")
    drawn = None if shape is None else child(shape, "Polygon")
    if drawn is not None and drawn.get("POINTS"):
        return polygon(numbers_in(drawn.get("POINTS", "")))
    if any(element.get(side) is None for side in ("HPOS", "VPOS", "WIDTH", "HEIGHT")):
        return NOWHERE
    left, top = number(element.get("HPOS")), number(element.get("VPOS"))
    return box(left, top, left + number(element.get("WIDTH")), top + number(element.get("HEIGHT")))


ALTO = SceneFormat(
    "alto",
    "an XML file beside each photo (ALTO)",
    _files("alto"),
    lambda listing, files: _read(listing, files, _alto_photo, _alto_scene),
)


def _voc_photo(root: Element) -> str:
    return text_of(child(root, "filename"))


def _voc_scene(listing: SceneListing, file: str, root: Element, photo: str, issues: list[SceneIssue]) -> ListedScene:
    sides = child(root, "size")
    frame = None if sides is None else size(text_of(child(sides, "width")), text_of(child(sides, "height")))
    objects = (element for element in root if name_of(element) == "object")
    regions = sound((tried(_voc_region, listing, element) for element in objects), file, issues)
    return ListedScene(photo, photo, regions, listing.split(photo, file), frame)


def _voc_region(listing: SceneListing, element: Element) -> ListedRegion:
    name = text_of(child(element, "name"))
    text, kind = class_or_text(name)
    fields = {text_of(child(each, "name")): text_of(child(each, "value")) for each in below(element, "attribute")}
    said = named_text(fields)  # CVAT's and Datumaro's way
    if said is not None:
        text, kind = said, name
    marked = text_of(child(element, "difficult")).strip() == "1" or is_marked(fields)
    return region(_voc_outline(element), text, listing, "word", marked=marked, kind=kind)


def _voc_outline(element: Element) -> Points:
    turned, upright = child(element, "robndbox"), child(element, "bndbox")
    if turned is not None:  # roLabelImg's boxes with an angle
        x, y, width, height, angle = (text_of(child(turned, name)) for name in ("cx", "cy", "w", "h", "angle"))
        return turned_box((x, y), width, height, math.remainder(number(angle), math.tau))
    if upright is None:
        raise ValueError("an object without a box")
    return box(*(text_of(child(upright, name)) for name in ("xmin", "ymin", "xmax", "ymax")))


VOC = SceneFormat(
    "voc",
    "an XML file beside each photo, with objects and boxes (Pascal VOC)",
    _files("annotation"),
    lambda listing, files: _read(listing, files, _voc_photo, _voc_scene),
)
