"""Documents as hOCR 1.2 (Breuel and others): XHTML with a class and a title of properties for each piece."""

import math

from engine.documents.writers.xml import Element, element, whole, xml_file
from glyphlab_read.documents.document import Bounds, Document, Page, TextLine

_DOCTYPE = (
    '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" '
    '"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">'
)
_CAPABILITIES = "ocr_page ocr_carea ocr_par ocr_line ocrx_word ocrp_wconf ocrp_dir"
_LEVEL = 0.05  # degrees: a smaller slant is none
_DESCENT = 0.2  # of a word's height, that letters reach below the baseline


def hocr_file(document: Document) -> bytes:
    """Return the document as one file."""
    html = element(None, "html", {"xmlns": "http://www.w3.org/1999/xhtml"})
    head = element(html, "head")
    element(head, "title", text=document.title or "Glyphlab")
    element(head, "meta", {"http-equiv": "Content-Type", "content": "text/html; charset=utf-8"})
    element(head, "meta", {"name": "ocr-system", "content": "Glyphlab"})
    element(head, "meta", {"name": "ocr-capabilities", "content": _CAPABILITIES})
    element(head, "meta", {"name": "ocr-number-of-pages", "content": len(document.pages)})
    body = element(html, "body")
    for number, page in enumerate(document.pages, 1):
        _page(body, page, number)
    return xml_file(html, _DOCTYPE)


def _page(body: Element, page: Page, number: int) -> None:
    image = page.name.replace('"', "'")
    title = (
        f'image "{image}"; {_bbox(Bounds(0, 0, page.width, page.height))}; ppageno {number - 1}; '
        f"scan_res {round(page.dpi)} {round(page.dpi)}"
    )
    made = element(body, "div", {"class": "ocr_page", "id": f"page_{number}", "title": title})
    lines = words = 0
    for b, block in enumerate(page.blocks, 1):
        place = _bbox(block.bounds)
        area = element(made, "div", {"class": "ocr_carea", "id": f"block_{number}_{b}", "title": place})
        paragraph = element(area, "p", {"class": "ocr_par", "id": f"par_{number}_{b}", "title": place})
        if block.lines[0].direction == "rtl":
            paragraph.set("dir", "rtl")
        for line in block.lines:
            lines += 1
            row = element(
                paragraph, "span", {"class": "ocr_line", "id": f"line_{number}_{lines}", "title": _line(line)}
            )
            row.tail = "\n"
            for word in line.words:
                words += 1
                title = f"{_bbox(word.bounds)}; x_wconf {round(100 * word.confidence)}"
                about = {"class": "ocrx_word", "id": f"word_{number}_{words}", "title": title}
                element(row, "span", about, word.text).tail = " "  # else a browser shows the words in one


def _bbox(bounds: Bounds) -> str:
    return "bbox " + " ".join(str(edge) for edge in whole(bounds))


def _line(line: TextLine) -> str:
    """Return a line's properties: its box, and its baseline or the angle of its text."""
    bounds, angle = line.bounds, line.words[0].angle
    if line.direction == "ttb":
        return _bbox(bounds)
    if abs(angle) > 45:
        return f"{_bbox(bounds)}; textangle {round(-angle, 2) % 360:g}"
    slope = math.tan(math.radians(angle)) if abs(angle) > _LEVEL else 0.0
    first = min(line.words, key=lambda word: word.bounds.left)
    (x0, y0), _, _, (x, y) = first.quad
    y -= _DESCENT * math.dist((x0, y0), (x, y))
    offset = y + slope * (bounds.left - x) - bounds.bottom  # of the baseline at the box's lower left corner
    return f"{_bbox(bounds)}; baseline {round(slope, 4):g} {round(offset)}"
