"""hOCR: HTML with the pages, lines and words that a reader found, or that somebody corrected.

A block without lines holds text that nobody outlined: it becomes a region that does not count, as in PAGE and ALTO.
"""

import re
from collections.abc import Iterator
from functools import partial
from xml.etree.ElementTree import Element

from engine.datasets.scenes.importing.formats.base import (
    NOWHERE,
    ListedRegion,
    SceneFormat,
    box,
    polygon,
    region,
    size,
)
from engine.datasets.scenes.importing.formats.listing import SceneListing
from engine.datasets.scenes.importing.formats.records import PhotoRecord, read_records
from engine.errors import SourceError
from engine.markup import MAX_HTML_BYTES, parse_html
from engine.regions.region import Level
from glyphlab_read.parsing import ParseFault
from glyphlab_read.regions.quads import Points

_ENDINGS = (".hocr", ".html", ".htm", ".xhtml")
_PAGE = "ocr_page"
_LEVELS: dict[str, Level] = {
    **dict.fromkeys(("ocr_line", "ocrx_line", "ocr_header", "ocr_footer", "ocr_caption", "ocr_textfloat"), "line"),
    **dict.fromkeys(("ocrx_word", "ocr_word"), "word"),
    **dict.fromkeys(("ocrx_cinfo", "ocr_cinfo"), "character"),
}
_BLOCKS = ("ocr_carea", "ocr_par", "ocrx_block")
_NUMBERS = r"\s+(-?[\d.]+(?:\s+-?[\d.]+)*)"
_OUTLINES = [re.compile(rf"(?<![\w-]){name}{_NUMBERS}") for name in ("poly", "bbox", "x_bboxes")]
_IMAGE = re.compile(r"""(?<![\w-])image\s+(?:"([^"]*)"|'([^']*)'|([^\s;"'][^;]*))""")


def _files(listing: SceneListing) -> list[str]:
    names = listing.ending(*_ENDINGS)

    def has_page(name: str) -> bool:
        content = listing.content(name, MAX_HTML_BYTES)
        return _PAGE.encode() in content.replace(b"\0", b"")  # also in UTF-16

    return listing.fitting(names, has_page)


def _classes(element: Element) -> list[str]:
    return (element.get("class") or "").split()


def _level(element: Element) -> Level | None:
    return next((_LEVELS[name] for name in _classes(element) if name in _LEVELS), None)


def _records(listing: SceneListing, file: str) -> Iterator[PhotoRecord]:
    try:
        root = parse_html(listing.content(file, MAX_HTML_BYTES), "" if listing.encoding == "auto" else listing.encoding)
    except ParseFault as error:
        raise SourceError(f"{file!r} is no HTML that is read ({error}). Save it again.") from None
    pages = [element for element in root.iter() if _PAGE in _classes(element)]
    for number, page in enumerate(pages, 1):
        image = _IMAGE.search(page.get("title") or "")
        listed = next((group.strip() for group in image.groups() if group), "") if image else ""
        name = "" if len(pages) == 1 else f"page {number}"
        yield PhotoRecord(name, [listed], partial(_regions, listing, page), _frame(page))


def _frame(page: Element) -> tuple[float, float] | None:
    """Return the size of a page; None where it says none, or is part of a photo."""
    outline = _outline(page)
    whole = len(outline) > 0 and not outline.min(axis=0).any()
    return size(*outline.max(axis=0).tolist()) if whole else None


def _regions(listing: SceneListing, page: Element) -> Iterator[ListedRegion]:
    languages: dict[Element, str | None] = {page: page.get("lang")}
    for element in page.iter():
        languages |= {each: each.get("lang") or languages[element] for each in element}
        level = _level(element)
        if level:
            text = " ".join("".join(_texts(element)).split())
            yield region(_outline(element), text, listing, level, kind=level, language=languages[element])
        elif any(name in _BLOCKS for name in _classes(element)) and not _is_outlined(element):
            yield region(_outline(element), None, listing, "line", marked=True, kind="line")


def _texts(element: Element) -> Iterator[str]:
    """Yield the texts in an element, with a blank between two words even where the file has none."""
    last: Element | None = None
    for text, word in _pieces(element, None):
        if last is not None and word is not None and word is not last:
            yield " "
        yield text
        last = word


def _pieces(element: Element, word: Element | None) -> Iterator[tuple[str, Element | None]]:
    """Yield each text in an element with the word that it stands in, if any."""
    word = element if _level(element) == "word" else word
    if element.text:
        yield element.text, word
    for each in element:
        yield from _pieces(each, word)
        if each.tail:
            yield each.tail, word


def _is_outlined(block: Element) -> bool:
    """Say whether lines, words or smaller blocks lie in a block."""
    inner = (each for each in block.iter() if each is not block)
    return any(_level(each) or set(_classes(each)) & set(_BLOCKS) for each in inner)


def _outline(element: Element) -> Points:
    """Return the corners that an element's title says: a polygon, or a box. Raises one of FAULTS."""
    for pattern in _OUTLINES:
        found = pattern.search(element.get("title") or "")
        if found:
            numbers = found[1].split()
            return box(*numbers) if len(numbers) == 4 else polygon(numbers)
    return NOWHERE


HOCR = SceneFormat(
    "hocr",
    "an HTML file beside each photo, or of several pages, with their lines and words (hOCR)",
    _files,
    lambda listing, files: read_records(listing, files, _records),
)
