"""The command `read`: print the texts of images and pages, or write them as files of other programs.

One line a word image, or for each line of a photo or a PDF page: file, confidence, text, separated by tabs. With beam
search a line for each of the best readings of a word: file, probability of the whole text, text. With a format, one
file of all pages in their order. The reader, the locator and all rules about images and pages come from the engine.
"""

import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from PIL import Image

from engine.cli.output import check_output, write_output
from engine.config.documents import DocumentFormatName
from engine.documents.pdf_pages import MAX_PDF_BYTES
from engine.documents.sources import PageImage, page_images
from engine.documents.writers import DOCUMENT_FORMATS, format_of, written
from engine.errors import ConfigError, GlyphlabError, SourceError
from engine.formatting import count
from engine.location.bundle import newest_locator_bundle, open_locator
from engine.reading.bundle import newest_bundle, open_reader
from engine.sources.tree import plain_name
from engine.workspace import Workspace
from glyphlab_read.documents.document import Direction, Document, Page, TextBlock, TextLine, Word
from glyphlab_read.documents.page_reader import TURNS, PageReader
from glyphlab_read.images.blank import BLANK
from glyphlab_read.images.sources import is_photo_size
from glyphlab_read.location.maps import TextLevel

Content = Literal["auto", "word", "page"]
"""The content of an image: a word or line that was cut out, or a whole photo or page; "auto" tells by its size."""


_NO_TEXT = "If there is some, search at a larger --side, or by another --locator."


@dataclass(frozen=True)
class ReadRequest:
    """A request to read files.

    Attributes:
        files: images and PDF files.
        run: whose newest reader reads; `bundle` is a folder in its place.
        locator: the run whose newest locator finds the text of photos and pages.
        content: what images show.
        beam: beam width for words; 0 reads greedily.
        level: what is cut out of photos and read at once.
        side: longer side at which photos are searched, px; None: the locator's.
        direction: of writing; None: told by the text.
        format: of DOCUMENT_FORMATS; None: told by the ending of `output`, and a table where there is neither.
        output: the file that is written; None: standard output.
    """

    files: Sequence[Path]
    run: str
    bundle: Path | None
    locator: str
    content: Content = "auto"
    beam: int = 0
    level: TextLevel = "word"
    side: int | None = None
    direction: Direction | None = None
    format: DocumentFormatName | None = None
    output: Path | None = None


class _Command:
    """One call of the command: bundles are opened when they are first needed, faults are counted."""

    def __init__(self, workspace: Workspace, request: ReadRequest) -> None:
        self.code = 0
        self._told: set[tuple[Path, str]] = set()
        self._workspace, self._request = workspace, request
        folder = request.bundle if request.bundle is not None else newest_bundle(workspace, request.run).folder
        self._reader = open_reader(folder, workspace, threads=len(os.sched_getaffinity(0)))
        self._reader.read_many([], request.beam)  # reports a beam that is too wide once, not for each image
        self._page_reader: PageReader | None = None

    def table(self) -> None:
        """Print a line for each word image, and for each line of a page."""
        images = ((file, image) for file in self._request.files for image in self._images(file))
        for path, source in images:
            if self._is_page(source):
                many = f":{source.number}" if source.name.lower().endswith("pdf") else ""
                lines = self._page(path, source).lines
                rows = [(f"{path}{many}", line.confidence, line.text) for line in lines]
            else:
                rows = [(str(path), sure, text) for sure, text in self._word(path, source.image)]
            sys.stdout.write("".join(f"{name}\t{sure:.3f}\t{text}\n" for name, sure, text in rows))

    def document(self, format: DocumentFormatName) -> None:
        """Write one file of all pages."""
        read = [(path, list(self._read_pages(path))) for path in self._request.files]
        pages = tuple(page for _, its in read for page in its)
        title = plain_name(self._request.files[0].stem)
        content = written(Document(pages, title), format, self._pictures(read))
        if self._request.output is not None:
            write_output(self._request.output, content)
        else:
            sys.stdout.buffer.write(content)

    def _read_pages(self, path: Path) -> Iterator[Page]:
        for source in self._images(path):
            yield self._page(path, source) if self._is_page(source) else self._word_page(source)

    def _images(self, path: Path) -> Iterator[PageImage]:
        """Yield the pages of a file; what cannot be opened is told, once."""
        try:
            for source in page_images(_content(path), plain_name(path.name)):
                if isinstance(source, PageImage):
                    yield source
                else:
                    self._tell(path, source.problem)
        except GlyphlabError as error:
            self._tell(path, str(error))

    def _tell(self, path: Path, problem: str) -> None:
        self.code = 2
        if (path, problem) not in self._told:
            self._told.add((path, problem))
            sys.stderr.write(f"{path}: {problem}\n")

    def _pictures(self, read: Sequence[tuple[Path, Sequence[Page]]]) -> Iterator[Image.Image | None]:
        """Open the files once more, so that no more than one picture is in memory; None for what fails by now."""
        for path, pages in read:
            images, missing = self._images(path), 0
            image = next(images, None)
            for page in pages:
                while image is not None and image.number < page.number:
                    image = next(images, None)
                if image is None or image.number > page.number:
                    missing += 1
                    yield None
                else:
                    yield image.image.transpose(TURNS[page.turned]) if page.turned else image.image
            if missing:
                self._tell(path, f"The PDF file holds {count(missing, 'pages')} as text alone, without a picture.")

    def _is_page(self, source: PageImage) -> bool:
        if self._request.content != "auto":
            return self._request.content == "page"
        return source.name.lower().endswith("pdf") or is_photo_size(*source.image.size)

    def _page(self, path: Path, source: PageImage) -> Page:
        """Read a page; one without text is told, and is no fault."""
        if self._page_reader is None:
            request = self._request
            folder = newest_locator_bundle(self._workspace, request.locator).folder
            locator = open_locator(folder, self._workspace, threads=len(os.sched_getaffinity(0)))
            self._page_reader = PageReader(
                locator, self._reader, request.level, side=request.side, direction=request.direction
            )
        page = self._page_reader.read(source.image, source.name, source.number, source.dpi)
        if not page.blocks:
            sys.stderr.write(f"{path}: no text was found on page {page.number}. {_NO_TEXT}\n")
        return page

    def _word(self, path: Path, image: Image.Image) -> list[tuple[float, str]]:
        [reading] = self._reader.read_many([image], self._request.beam)
        if reading.blank:
            sys.stderr.write(f"{path}: {BLANK}\n")
        return [(one.probability, one.text) for one in reading.candidates] or [(reading.confidence, reading.text)]

    def _word_page(self, source: PageImage) -> Page:
        """Return an image of one word or line as a page that holds it alone."""
        width, height = source.image.size
        [(sure, text), *_] = self._word(Path(source.name), source.image)
        corners = ((0.0, 0.0), (float(width), 0.0), (float(width), float(height)), (0.0, float(height)))
        blocks = (TextBlock((TextLine((Word(corners, text, sure),)),)),) if text.strip() else ()
        return Page(width, height, blocks, source.name, source.number, source.dpi)


def read(workspace: Workspace, request: ReadRequest) -> int:
    """Read files; 2 when one of them could not be opened.

    Raises:
        BundleError: there is no such reader or locator.
        ConfigError: the beam is too wide, the locator finds nothing of this level or at this side, or the output
            cannot be written, or has no known ending.
        SpaceError: the disk is full.
    """
    format = request.format
    if request.output is not None:
        format = format or _format(request.output)
        check_output(request.output)
    command = _Command(workspace, request)
    if format is None:
        command.table()
    else:
        command.document(format)
    return command.code


def _format(output: Path) -> DocumentFormatName:
    format = format_of(output.name)
    if format is None:
        endings = ", ".join(f".{one.extension}" for one in DOCUMENT_FORMATS.values())
        raise ConfigError(f"--output: {str(output)[:200]!r} ends in none of {endings}. Correct it, or add --format.")
    return format


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_PDF_BYTES + 1)
    except OSError as error:
        raise SourceError(f"{path.name!r} cannot be read ({error.strerror}). Check the path.") from None
