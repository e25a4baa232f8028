"""PDF files among what was dropped: one page at a time, chosen by its number, as a photo to be read."""

from collections import Counter
from collections.abc import Sequence
from hashlib import sha256
from typing import NamedTuple

import streamlit as st

from dashboard.common.markdown import literal
from dashboard.readings.image_kinds import Files
from engine.documents.pdf_pages import PdfFile
from engine.documents.sources import is_pdf
from engine.errors import SourceError
from engine.images.encode import openable, png_bytes
from glyphlab_read.documents.document import DPI


class Photo(NamedTuple):
    """A whole photo or page: its name, which is no path, its image file, and its pixels per inch."""

    name: str
    content: bytes
    dpi: float = DPI


def without_pdfs(files: Files) -> tuple[Files, Files]:
    """Return the images, and the PDF files."""
    return [file for file in files if not is_pdf(file[1])], [file for file in files if is_pdf(file[1])]


def pdf_pages(files: Files) -> Sequence[Photo]:
    """Draw the choice of a page for each PDF file, and return the chosen pages."""
    chosen = []
    seen: Counter[str] = Counter()
    for name, content in files:
        digest = sha256(content).hexdigest()[:16]
        key = f"read-pdf-{digest}-{seen[digest]}-page"  # dropped twice, it shows two of its pages
        seen[digest] += 1
        try:
            pages = _pages(content, name)
            number = 1
            if pages > 1:
                label = f"Page of {literal(name)}, 1 to {pages}"
                number = int(st.number_input(label, 1, pages, key=key, width=260, persist_state="session"))
            picture, dpi = _drawn(content, name, number)
            chosen.append(Photo(f"{name}, page {number}" if pages > 1 else name, picture, dpi))
        except SourceError as error:
            st.error(literal(str(error)), icon=":material/broken_image:")
    return chosen


@st.cache_data(max_entries=16, show_spinner="Opening the PDF file …")
def _pages(content: bytes, name: str) -> int:
    with PdfFile(content, name) as file:
        return file.pages


@st.cache_data(max_entries=8, show_spinner="Drawing the page …")
def _drawn(content: bytes, name: str, number: int) -> tuple[bytes, float]:
    with PdfFile(content, name) as file:
        page = file.draw(number)
    return openable(png_bytes(page.image), page.image), page.dpi
