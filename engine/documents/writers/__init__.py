"""Writers of documents, a module for each kind of file, and the list of formats by which people choose one."""

import io
from collections.abc import Callable, Iterable
from typing import NamedTuple
from zipfile import ZIP_DEFLATED, ZipFile

from PIL import Image

from engine.config.documents import DocumentFormatName
from engine.documents.writers.alto import alto_file
from engine.documents.writers.hocr import hocr_file
from engine.documents.writers.page_xml import page_file
from engine.documents.writers.tables import json_file, text_file, tsv_file
from engine.errors import SourceError
from glyphlab_read.documents.document import Document


class DocumentFormat(NamedTuple):
    """A kind of file: its ending, its title, its MIME type, and its writer; None for PDF, which needs the pictures."""

    extension: str
    title: str
    mime: str
    write: Callable[[Document], bytes] | None


def _page_files(document: Document) -> bytes:
    """Return the file of a single page, or a zip of a file for each."""
    if len(document.pages) == 1:
        return page_file(document.pages[0])
    buffer = io.BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED) as archive:
        for number, page in enumerate(document.pages, 1):
            archive.writestr(f"page-{number:04}.xml", page_file(page))
    return buffer.getvalue()


DOCUMENT_FORMATS: dict[DocumentFormatName, DocumentFormat] = {
    "text": DocumentFormat("txt", "Text", "text/plain", text_file),
    "tsv": DocumentFormat("tsv", "Table of words (TSV)", "text/tab-separated-values", tsv_file),
    "json": DocumentFormat("json", "JSON", "application/json", json_file),
    "hocr": DocumentFormat("hocr", "hOCR", "application/xhtml+xml", hocr_file),
    "alto": DocumentFormat("alto.xml", "ALTO 4.4", "application/xml", alto_file),
    "page": DocumentFormat("page.xml", "PAGE 2019", "application/xml", _page_files),
    "pdf": DocumentFormat("pdf", "Searchable PDF", "application/pdf", None),
}


def written(document: Document, format: DocumentFormatName, pictures: Iterable[Image.Image | None] = ()) -> bytes:
    """Return a document as a file of a format of DOCUMENT_FORMATS; `pictures` of its pages are for PDF alone.

    Raises:
        SourceError: it has no page, which several formats do not allow.
    """
    if not document.pages:
        raise SourceError("No page could be read, so there is nothing to write. Mend the files, or add others.")
    write = DOCUMENT_FORMATS[format].write
    if write is not None:
        return write(document)
    from engine.documents.writers.pdf import pdf_file  # only PDF waits for its libraries to load

    return pdf_file(document, pictures)


def format_of(name: str) -> DocumentFormatName | None:
    """Return the format that a file's name ends for, be it in capitals; None where it is none."""
    folded = name.casefold()
    return next((format for format, one in DOCUMENT_FORMATS.items() if folded.endswith(f".{one.extension}")), None)


def file_ending(pages: int, format: DocumentFormatName) -> str:
    """Return the ending of a file of so many pages, without the dot: PAGE of several pages is a zip of files."""
    return "page.zip" if format == "page" and pages > 1 else DOCUMENT_FORMATS[format].extension
