"""Documents as ALTO 4.4 (Library of Congress): blocks, lines and strings with their polygons, places in px."""

from engine.documents.writers.xml import Element, element, points, whole, xml_file
from glyphlab_read.documents.document import Bounds, Document, Page, TextBlock, TextLine, Word

_NAMESPACE = "http://www.loc.gov/standards/alto/ns-v4#"
_SCHEMA = f"{_NAMESPACE} http://www.loc.gov/standards/alto/v4/alto-4-4.xsd"


def alto_file(document: Document) -> bytes:
    """Return the document as one file, which names the image of its first page: a page of ALTO names none."""
    instance = {"xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance", "xsi:schemaLocation": _SCHEMA}
    root = element(None, "alto", {"xmlns": _NAMESPACE, "SCHEMAVERSION": "4.4", **instance})
    description = element(root, "Description")
    element(description, "MeasurementUnit", text="pixel")
    source = element(description, "sourceImageInformation")
    element(source, "fileName", text=document.pages[0].name if document.pages else document.title)
    processing = element(description, "Processing", {"ID": "processing"})
    element(element(processing, "processingSoftware"), "softwareName", text="Glyphlab")
    layout = element(root, "Layout")
    for number, page in enumerate(document.pages, 1):
        _page(layout, page, number)
    return xml_file(root)


def _page(layout: Element, page: Page, number: int) -> None:
    size = {"WIDTH": page.width, "HEIGHT": page.height}
    made = element(layout, "Page", {"ID": f"page_{number}", "PHYSICAL_IMG_NR": number, **size})
    confidences = [word.confidence for word in page.words]
    if confidences:
        made.set("PC", f"{sum(confidences) / len(confidences):.4f}")
    space = element(made, "PrintSpace", {"HPOS": 0, "VPOS": 0, **size})
    for b, block in enumerate(page.blocks, 1):
        _block(space, block, f"{number}_{b}")


def _block(space: Element, block: TextBlock, number: str) -> None:
    made = element(space, "TextBlock", {"ID": f"block_{number}", **_place(block.bounds)})
    for n, line in enumerate(block.lines, 1):
        _line(made, line, f"{number}_{n}")


def _line(block: Element, line: TextLine, number: str) -> None:
    about = {"ID": f"line_{number}", "BASEDIRECTION": line.direction}
    made = element(block, "TextLine", about | _place(line.bounds))
    for w, word in enumerate(line.words, 1):
        if w > 1:
            element(made, "SP", _gap(line.words[w - 2], word))
        about = {"ID": f"string_{number}_{w}", "CONTENT": word.text, "WC": f"{word.confidence:.4f}"}
        string = element(made, "String", about | _place(word.bounds))
        element(element(string, "Shape"), "Polygon", {"POINTS": points(word.quad)})


def _place(bounds: Bounds) -> dict[str, str | int | float]:
    left, top, right, bottom = whole(bounds)
    return {"HPOS": left, "VPOS": top, "WIDTH": right - left, "HEIGHT": bottom - top}


def _gap(before: Word, after: Word) -> dict[str, str | int | float]:
    """Return the place of the space between two words."""
    one, other = whole(before.bounds), whole(after.bounds)
    left, right = min(one[2], other[2]), max(one[0], other[0])
    return {"WIDTH": max(0, right - left), "HPOS": left, "VPOS": min(one[1], other[1])}
