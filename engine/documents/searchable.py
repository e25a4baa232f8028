"""Searchable PDF files in the folder of a job: written one after the other, and listed."""

from collections.abc import Iterable
from pathlib import Path

from PIL import Image

from engine.files import write_bytes
from engine.jobs import paths
from glyphlab_read.documents.document import Document


def read_pdfs(folder: Path) -> list[Path]:
    """Return the PDF files of a reading of pages in their order, given its folder: several where there are many."""
    return sorted(folder.glob(paths.READ_PDFS), key=lambda path: (len(path.name), path.name))


def write_read_pdfs(folder: Path, document: Document, pictures: Iterable[Image.Image | None]) -> None:
    """Write the PDF files of a document, in place of those that are there.

    Raises:
        SpaceError: the disk is full.
    """
    from engine.documents.writers.pdf import pdf_files  # only PDF waits for its libraries to load

    written = set[Path]()
    for number, content in enumerate(pdf_files(document, pictures), 1):
        path = folder / (paths.READ_PDF if number == 1 else paths.READ_PDFS.replace("*", f"-{number}"))
        write_bytes(path, content)
        written.add(path)
    for path in read_pdfs(folder):
        if path not in written:
            path.unlink()
