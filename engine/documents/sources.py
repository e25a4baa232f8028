"""Pages of files that people bring: an image is one, a PDF file has as many as it says."""

from collections.abc import Container, Iterator
from typing import NamedTuple

from PIL import Image

from engine.documents.pdf_pages import PDF_DPI, PdfFile
from engine.errors import SourceError
from glyphlab_read.documents.document import DPI
from glyphlab_read.images.open import open_image

_MAGIC, _LOOKED_AT = b"%PDF-", 1024  # bytes, among which a PDF file says what it is


class PageImage(NamedTuple):
    """A page to be read: the name of its file, its number there from 1, its RGB image, and its pixels per inch."""

    name: str
    number: int
    image: Image.Image
    dpi: float


class UnreadPage(NamedTuple):
    """A page of a PDF file that could not be drawn, and why; the others can still be read."""

    name: str
    number: int
    problem: str


def is_pdf(content: bytes) -> bool:
    """Say whether bytes are a PDF file, by what they begin with."""
    return _MAGIC in content[:_LOOKED_AT]


def page_images(
    content: bytes, name: str, dpi: float = PDF_DPI, numbers: Container[int] | None = None
) -> Iterator[PageImage | UnreadPage]:
    """Yield the pages of a file.

    Args:
        content: its bytes.
        name: of the file.
        dpi: pixels per inch at which PDF pages are drawn.
        numbers: of the pages that are wanted; None: all.

    Raises:
        ImageError: it is no image that is opened.
        SourceError: it is a PDF file that cannot be opened.
    """
    if not is_pdf(content):
        yield PageImage(name, 1, open_image(content), DPI)
        return
    with PdfFile(content, name) as file:
        for number in (number for number in range(1, file.pages + 1) if numbers is None or number in numbers):
            try:
                page = file.draw(number, dpi)
            except SourceError as error:
                yield UnreadPage(name, number, str(error))
            else:
                yield PageImage(name, number, page.image, page.dpi)
