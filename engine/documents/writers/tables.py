"""Documents as plain text, as a table in Tesseract's columns, and as JSON that can be read back."""

import json
from typing import Any

from engine.errors import SourceError
from glyphlab_read.documents.document import Bounds, Document, Page
from glyphlab_read.parsing import parse_json

COLUMNS = [
    "level",
    "page_num",
    "block_num",
    "par_num",
    "line_num",
    "word_num",
    "left",
    "top",
    "width",
    "height",
    "conf",
    "text",
]  # as `tesseract page.png out tsv` names them
_PAGE, _BLOCK, _PARAGRAPH, _LINE, _WORD = range(1, 6)
_NO_CONFIDENCE = -1
_FORMAT = "glyphlab-document"


def text_file(document: Document) -> bytes:
    """Return the text: a line for a line, an empty one between blocks, a form feed between pages."""
    return ("\n\f".join(page.text for page in document.pages) + "\n").encode()


def tsv_file(document: Document) -> bytes:
    """Return a row for each page, block, paragraph, line and word, with confidences of 0 to 100.

    As in Tesseract's own, nothing is quoted or escaped: a text stands as it was read.
    """
    rows = [COLUMNS, *(row for number, page in enumerate(document.pages, 1) for row in _rows(page, number))]
    return "".join("\t".join(map(str, row)) + "\n" for row in rows).encode()


def _rows(page: Page, number: int) -> list[list[Any]]:
    rows = [_row(_PAGE, (number, 0, 0, 0, 0), Bounds(0, 0, page.width, page.height))]
    for b, block in enumerate(page.blocks, 1):
        rows += [_row(level, (number, b, level - _BLOCK, 0, 0), block.bounds) for level in (_BLOCK, _PARAGRAPH)]
        for n, line in enumerate(block.lines, 1):
            rows.append(_row(_LINE, (number, b, 1, n, 0), line.bounds))
            rows += [
                _row(_WORD, (number, b, 1, n, w), word.bounds, round(100 * word.confidence, 2), word.text)
                for w, word in enumerate(line.words, 1)
            ]
    return rows


def _row(
    level: int, numbers: tuple[int, ...], bounds: Bounds, confidence: float = _NO_CONFIDENCE, text: str = ""
) -> list[Any]:
    left, top = round(bounds.left), round(bounds.top)
    size = round(bounds.right) - left, round(bounds.bottom) - top
    one_cell = " ".join(text.split())  # a tab or a line's end would be a column or a row
    return [level, *numbers, left, top, *size, confidence, one_cell]


def json_file(document: Document) -> bytes:
    """Return all there is: blocks, lines and words with corners, confidences and directions."""
    pages = [page.plain() for page in document.pages]
    table = {"format": _FORMAT, "version": 1, "title": document.title, "pages": pages}
    return json.dumps(table, ensure_ascii=False, indent=1).encode()


def document_from_json(content: bytes, name: str) -> Document:
    """Return the document that `json_file` wrote. Raises SourceError where the file is none."""
    try:
        plain = parse_json(content)
        if plain["format"] != _FORMAT:
            raise KeyError("format")
        return Document(tuple(Page.from_plain(page) for page in plain["pages"]), str(plain["title"]))
    except (KeyError, TypeError, ValueError) as error:
        raise SourceError(
            f"{name!r} is no document that Glyphlab wrote ({type(error).__name__}: {error}). Read the pages again."
        ) from None
