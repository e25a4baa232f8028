"""Pages as PAGE XML of 2019-07-15 (PRImA): a file for each, with its reading order, lines and words."""

from datetime import UTC, datetime

from engine.documents.writers.xml import Element, element, points, whole, xml_file
from glyphlab_read.documents.document import Bounds, Corner, Page, TextBlock, TextLine

_NAMESPACE = "http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15"
_DIRECTIONS = {"ltr": "left-to-right", "rtl": "right-to-left", "ttb": "top-to-bottom"}
_NO_CHANGE = datetime(1970, 1, 1, tzinfo=UTC)


def page_file(page: Page, when: datetime = _NO_CHANGE) -> bytes:
    """Return one page as a file.

    Args:
        page: to be written.
        when: it was read; the format wants a date, and a fixed one makes equal pages equal files.
    """
    root = element(None, "PcGts", {"xmlns": _NAMESPACE})
    metadata = element(root, "Metadata")
    element(metadata, "Creator", text="Glyphlab")
    for name in ("Created", "LastChange"):
        element(metadata, name, text=when.isoformat(timespec="seconds"))
    image = {"imageFilename": page.name or f"page-{page.number}", "imageWidth": page.width, "imageHeight": page.height}
    made = element(root, "Page", image)
    if page.blocks:
        order = element(element(made, "ReadingOrder"), "OrderedGroup", {"id": "order"})
        for b in range(len(page.blocks)):
            element(order, "RegionRefIndexed", {"index": b, "regionRef": f"r{b + 1}"})
    for b, block in enumerate(page.blocks, 1):
        _region(made, block, f"r{b}")
    return xml_file(root)


def _region(page: Element, block: TextBlock, name: str) -> None:
    direction = _DIRECTIONS[block.lines[0].direction]
    made = element(page, "TextRegion", {"id": name, "type": "paragraph", "readingDirection": direction})
    element(made, "Coords", {"points": points(_corners(block.bounds))})
    for n, line in enumerate(block.lines, 1):
        _line(made, line, f"{name}l{n}")
    _text(made, block.text)


def _line(region: Element, line: TextLine, name: str) -> None:
    made = element(region, "TextLine", {"id": name, "readingDirection": _DIRECTIONS[line.direction]})
    element(made, "Coords", {"points": points(_corners(line.bounds))})
    for w, word in enumerate(line.words, 1):
        one = element(made, "Word", {"id": f"{name}w{w}"})
        element(one, "Coords", {"points": points(word.quad)})
        _text(one, word.text, word.confidence)
    _text(made, line.text, line.confidence)


def _text(parent: Element, text: str, confidence: float | None = None) -> None:
    sure = {} if confidence is None else {"conf": f"{min(confidence, 1.0):.4f}"}
    element(element(parent, "TextEquiv", sure), "Unicode", text=text)


def _corners(bounds: Bounds) -> list[Corner]:
    left, top, right, bottom = whole(bounds)
    return [(left, top), (right, top), (right, bottom), (left, bottom)]
