"""JSON that reading services return for a photo: Google Vision, Amazon Textract and Azure's Read, saved beside it.

These are readings of a machine that nobody checked. A corner of Google's that lies at 0 is left out of its JSON.
"""

import posixpath
from collections.abc import Iterator, Mapping
from typing import Any

from engine.datasets.scenes.importing.formats.base import (
    ListedRegion,
    SceneFormat,
    box,
    number,
    polygon,
    region,
    size,
)
from engine.datasets.scenes.importing.formats.listing import SceneListing
from engine.datasets.scenes.importing.formats.records import PhotoRecord, read_records
from engine.regions.region import Level
from glyphlab_read.regions.quads import Points

Values = Mapping[str, Any]
_TEXTRACT_LEVELS: dict[str, Level] = {"WORD": "word", "LINE": "line"}


def _answers(value: Any) -> list[Values]:
    """Return Google's answers of a file: one, several under `responses`, or a list of them."""
    found = value.get("responses", [value]) if isinstance(value, dict) else value
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _is_vision(value: Any) -> bool:
    return any({"textAnnotations", "fullTextAnnotation"} & set(answer) for answer in _answers(value))


def _vision(listing: SceneListing, file: str) -> Iterator[PhotoRecord]:
    answers = _answers(listing.json(file))
    for number_of, answer in enumerate(answers, 1):
        context = answer.get("context") or {}
        uri = str(context.get("uri") or answer.get("uri") or "")
        pages = (answer.get("fullTextAnnotation") or {}).get("pages") or []
        name = f"answer {number_of}" if len(answers) > 1 else ""
        shares = any("normalizedVertices" in shape for shape in _shapes(answer))
        frame = (1.0, 1.0) if shares else size(pages[0].get("width"), pages[0].get("height")) if pages else None

        def regions(answer: Values = answer, shares: bool = shares) -> Iterator[ListedRegion]:
            return _vision_regions(listing, answer, "normalizedVertices" if shares else "vertices")

        yield PhotoRecord(name, [posixpath.basename(uri)] if uri else [], regions, frame, shares)


def _shapes(answer: Values) -> Iterator[Values]:
    """Yield what encloses the words of an answer."""
    words = list(_words(answer))
    if words:
        yield from (word.get("boundingBox") or {} for word in words)
    else:
        yield from (each.get("boundingPoly") or {} for each in answer.get("textAnnotations") or [])


def _words(answer: Values) -> Iterator[Values]:
    for page in (answer.get("fullTextAnnotation") or {}).get("pages") or []:
        for block in page.get("blocks") or []:
            for paragraph in block.get("paragraphs") or []:
                yield from paragraph.get("words") or []


def _vision_regions(listing: SceneListing, answer: Values, corners: str) -> Iterator[ListedRegion]:
    words = list(_words(answer))
    for word in words:
        text = "".join(str(symbol.get("text", "")) for symbol in word.get("symbols") or [])
        languages = (word.get("property") or {}).get("detectedLanguages") or [{}]
        language = languages[0].get("languageCode")
        yield region(_vertices(word["boundingBox"][corners]), text, listing, "word", language=language)
    for each in [] if words else (answer.get("textAnnotations") or [])[1:]:  # the first is all of the text
        yield region(_vertices(each["boundingPoly"][corners]), each.get("description"), listing, "word")


def _vertices(values: Any) -> Points:
    return polygon([[each.get("x", 0), each.get("y", 0)] for each in values])


GOOGLE_VISION = SceneFormat(
    "google-vision",
    "words that Google Vision read, JSON beside each photo, which nobody checked",
    lambda listing: listing.json_files(_is_vision),
    lambda listing, files: read_records(listing, files, _vision),
)


def _is_textract(value: Any) -> bool:
    blocks = value.get("Blocks") if isinstance(value, dict) else None
    return isinstance(blocks, list) and any(isinstance(each, dict) and "BlockType" in each for each in blocks[:5])


def _textract(listing: SceneListing, file: str) -> Iterator[PhotoRecord]:
    blocks = listing.json(file)["Blocks"]

    def regions() -> Iterator[ListedRegion]:
        for block in blocks:
            level = _TEXTRACT_LEVELS.get(block.get("BlockType"))
            if level and block.get("Page", 1) == 1:
                yield region(_textract_outline(block["Geometry"]), block.get("Text"), listing, level, kind=level)

    yield PhotoRecord("", [], regions, (1.0, 1.0), relative=True)


def _textract_outline(geometry: Values) -> Points:
    if geometry.get("Polygon"):
        return polygon([[corner["X"], corner["Y"]] for corner in geometry["Polygon"]])
    box_of = geometry["BoundingBox"]
    left, top = number(box_of["Left"]), number(box_of["Top"])
    return box(left, top, left + number(box_of["Width"]), top + number(box_of["Height"]))


TEXTRACT = SceneFormat(
    "textract",
    "words that Amazon Textract read, JSON beside each photo, which nobody checked",
    lambda listing: listing.json_files(_is_textract),
    lambda listing, files: read_records(listing, files, _textract),
)


def _azure_pages(value: Any) -> list[Values]:
    """Return the pages of an answer of Azure's: of Read, Document Intelligence, Image Analysis, or the older OCR."""
    if not isinstance(value, dict):
        return []
    result = value.get("analyzeResult") or value.get("recognitionResult") or value
    if isinstance(result.get("readResult"), dict):  # Image Analysis 4
        lines = [line for block in result["readResult"].get("blocks") or [] for line in block.get("lines") or []]
        return [{"lines": lines, **(result.get("metadata") or {})}]
    for key in ("readResults", "pages", "recognitionResults"):
        pages = result.get(key)
        if isinstance(pages, list) and pages and isinstance(pages[0], dict) and {"lines", "words"} & set(pages[0]):
            return pages
    regions = result.get("regions")
    if isinstance(regions, list) and "orientation" in result and "textAngle" in result:
        return [{"lines": [line for each in regions for line in each.get("lines") or []]}]
    return []


def _azure(listing: SceneListing, file: str) -> Iterator[PhotoRecord]:
    page = _azure_pages(listing.json(file))[0]
    frame = size(page.get("width"), page.get("height"))
    inches = page.get("unit") == "inch"
    if inches:
        frame = number(page["width"]), number(page["height"])

    def regions() -> Iterator[ListedRegion]:
        lines = page.get("lines") or []
        for line in lines:
            yield _azure_region(listing, line, "line")
        inner = [word for line in lines for word in line.get("words") or []]
        for word in page.get("words") or inner:
            yield _azure_region(listing, word, "word")

    yield PhotoRecord("", [], regions, frame, relative=inches)


def _azure_region(listing: SceneListing, value: Values, level: Level) -> ListedRegion:
    text = value.get("text", value.get("content"))
    if text is None and "words" in value:
        text = " ".join(str(word.get("text", "")) for word in value["words"])
    return region(_azure_outline(value), text, listing, level, kind=level)


def _azure_outline(value: Values) -> Points:
    corners = value.get("polygon") or value.get("boundingPolygon") or value["boundingBox"]
    if isinstance(corners, str):  # the older OCR's: left, top, width, height
        left, top, width, height = map(number, corners.split(","))
        return box(left, top, left + width, top + height)
    return polygon([[each["x"], each["y"]] if isinstance(each, dict) else each for each in corners])


AZURE = SceneFormat(
    "azure-read",
    "words that Azure read, JSON beside each photo, which nobody checked",
    lambda listing: listing.json_files(lambda value: bool(_azure_pages(value))),
    lambda listing, files: read_records(listing, files, _azure),
)
