"""Plugin of OCRmyPDF: `ocrmypdf --plugin engine.cli.ocrmypdf_plugin in.pdf out.pdf` reads by networks trained here.

OCRmyPDF draws the pages and lays the text under them; this engine finds, reads and orders it. A page that lies on its
side or head is read all the same, and its words are given where they lie. OCRmyPDF is an extra that nothing else here
needs (requirements-ocrmypdf.txt), and no Tesseract is wanted: docs/ocrmypdf.md begins from nothing.
"""

import os
from argparse import ArgumentParser
from collections.abc import Set
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Literal

import numpy as np
import pluggy
from ocrmypdf import OcrEngine, OcrOptions, OrientationConfidence, hookimpl
from ocrmypdf.builtin_plugins.tesseract_ocr import TesseractOptions
from ocrmypdf.exceptions import BadArgsError
from ocrmypdf.pdfinfo import PdfInfo
from PIL import Image
from pydantic import BaseModel

from engine import __version__
from engine.cli.manage import run_id
from engine.documents.writers import written
from engine.documents.writers.pdf import pdf_file
from engine.errors import GlyphlabError
from engine.location.bundle import newest_locator_bundle, open_locator
from engine.reading.bundle import newest_bundle, open_reader
from engine.workspace import STARTER, Workspace
from glyphlab_read.documents.document import DPI, Direction, Document
from glyphlab_read.documents.frame import frame_of
from glyphlab_read.documents.page_reader import PageReader

_SURE = 15.0  # OCRmyPDF's "very confident" of a page's orientation: it turns pages from 14 on
_OPENING = Lock()


class EngineOptions(BaseModel):
    """The choices of one call of OCRmyPDF, as `options.glyphlab`.

    Attributes:
        run: id, name or "latest" of the run whose newest reader reads.
        locator: the same of the run whose newest locator finds the text.
        level: what is cut out and read at once.
        direction: of writing; None: told by the text.
        side: longer side at which pages are searched, px; None: the locator's own.
        workspace: where the runs are; None: the usual one.
        threads: cores for one page, while others are read beside it.
    """

    run: str = STARTER
    locator: str = STARTER
    level: Literal["word", "line"] = "word"
    direction: Direction | None = None
    side: int | None = None
    workspace: str | None = None
    threads: int = 1


class GlyphlabEngine(OcrEngine):
    """The page reader as OCRmyPDF calls it, once for each page, in threads or processes of its own."""

    @staticmethod
    def version() -> str:
        """Return Glyphlab's version."""
        return __version__

    @staticmethod
    def creator_tag(options: OcrOptions) -> str:
        """Return what the file's metadata call this engine."""
        return f"Glyphlab {__version__}"

    def __str__(self) -> str:
        return f"Glyphlab {__version__}"

    @staticmethod
    def languages(options: OcrOptions) -> Set[str]:
        """Return no languages, so that any may be named: a reader knows characters."""
        return set()

    @staticmethod
    def get_orientation(input_file: Path, options: OcrOptions) -> OrientationConfidence:
        """Return by which angle counter-clockwise an image is to be turned, found by how its words read.

        OCRmyPDF's specification says clockwise; its pipeline turns the other way.
        """
        with Image.open(input_file) as image:
            turned = _page_reader(options).search(image).turned
        return OrientationConfidence(-90 * turned % 360, _SURE if turned else 0.0)

    @staticmethod
    def get_deskew(input_file: Path, options: OcrOptions) -> float:
        """Return by how many degrees an image is to be turned counter-clockwise until its lines are level."""
        reader = _page_reader(options)
        with Image.open(input_file) as image:
            boxes = reader.search(image).text_map.boxes(reader.level, reader.thresholds)
        quads = np.array([box.quad for box in boxes], np.float32).reshape(-1, 4, 2)
        return frame_of(quads, direction=reader.direction).angle

    @staticmethod
    def generate_hocr(input_file: Path, output_hocr: Path, output_text: Path, options: OcrOptions) -> None:
        """Write the text of an image as hOCR and as plain text."""
        document = _document(input_file, options)
        output_hocr.write_bytes(written(document, "hocr"))
        output_text.write_bytes(written(document, "text"))

    @staticmethod
    def generate_pdf(input_file: Path, output_pdf: Path, output_text: Path, options: OcrOptions) -> None:
        """Write the text of an image as a PDF page that shows nothing, and as plain text."""
        document = _document(input_file, options)
        output_pdf.write_bytes(pdf_file(document, None))
        output_text.write_bytes(written(document, "text"))


@hookimpl
def initialize(plugin_manager: pluggy.PluginManager) -> None:
    """Take Tesseract's place, so that it need not be installed."""
    plugin_manager.set_blocked("ocrmypdf.builtin_plugins.tesseract_ocr")


@hookimpl
def register_options() -> dict[str, type[BaseModel]]:
    """Return this engine's options, and Tesseract's, which OCRmyPDF looks at whoever reads."""
    return {"glyphlab": EngineOptions, "tesseract": TesseractOptions}


@hookimpl
def add_options(parser: ArgumentParser) -> None:
    """Add the flags of this engine."""
    group = parser.add_argument_group("Glyphlab", "Networks that find and read the text")
    run_help = "a reader's run: its id, name, or latest; its newest bundle reads [default: the starter]"
    group.add_argument("--glyphlab-run", metavar="RUN", help=run_help)
    locator_help = "a locator's run, which finds the text [default: the starter]"
    group.add_argument("--glyphlab-locator", metavar="RUN", help=locator_help)
    workspace_help = "folder of all datasets and runs [default: GLYPHLAB_WORKSPACE, else artifacts in the checkout]"
    group.add_argument("--glyphlab-workspace", metavar="DIR", help=workspace_help)
    level_help = "what is read at once: words, or lines by a reader of lines [default: word]"
    group.add_argument("--glyphlab-level", choices=("word", "line"), help=level_help)
    direction_help = "of writing: left to right, right to left, top to bottom [default: told by the text]"
    group.add_argument("--glyphlab-direction", choices=("ltr", "rtl", "ttb"), help=direction_help)
    side_help = "longer side at which pages are searched: more finds smaller text [default: the locator's]"
    group.add_argument("--glyphlab-side", type=int, metavar="PX", help=side_help)


@hookimpl
def check_options(options: OcrOptions) -> None:
    """Refuse another engine beside this one, and write its text by its own writer unless a renderer is named.

    OCRmyPDF's own one is fed hOCR; words whose boxes touch then lose the space between them in some programs.

    Raises:
        BadArgsError: Tesseract is asked for.
    """
    if options.ocr_engine not in ("auto", "none"):
        raise BadArgsError(
            f"--ocr-engine {options.ocr_engine}: with Glyphlab's plugin, Glyphlab reads. Leave out one of the two."
        )
    if options.pdf_renderer == "auto" and options.ocr_engine == "auto":
        options.pdf_renderer = "sandwich"


@hookimpl
def validate(pdfinfo: PdfInfo, options: OcrOptions) -> None:
    """Open the networks before the first page. Raises BadArgsError where that fails."""
    if options.ocr_engine == "none":
        return
    cores = len(os.sched_getaffinity(0))
    options.glyphlab.threads = max(1, cores // min(options.jobs or cores, len(pdfinfo)))
    try:
        _page_reader(options)
    except GlyphlabError as error:
        raise BadArgsError(str(error)) from None


@hookimpl
def get_ocr_engine(options: OcrOptions | None) -> OcrEngine | None:
    """Return this engine, unless none is wanted."""
    return None if options is not None and options.ocr_engine == "none" else GlyphlabEngine()


def _document(input_file: Path, options: OcrOptions) -> Document:
    """Return the page that an image of OCRmyPDF's shows, in its own px."""
    with Image.open(input_file) as image:
        dpi = float(image.info.get("dpi", (DPI, DPI))[0])
        page = _page_reader(options).read(image, dpi=dpi).as_it_lay()
    return Document((page,))


def _page_reader(options: OcrOptions) -> PageReader:
    """Return the page reader of a call of OCRmyPDF: one for all threads of a process."""
    with _OPENING:
        return _opened(options.glyphlab.model_dump_json(), os.getpid())


@lru_cache(maxsize=1)
def _opened(choice: str, process: int) -> PageReader:
    options = EngineOptions.model_validate_json(choice)
    workspace = Workspace(Path(options.workspace).resolve()) if options.workspace else Workspace.default()
    locating = newest_locator_bundle(workspace, run_id(workspace, options.locator, locator=True))
    reading = newest_bundle(workspace, run_id(workspace, options.run, locator=False))
    return PageReader(
        open_locator(locating.folder, workspace, options.threads),
        open_reader(reading.folder, workspace, options.threads),
        options.level,
        side=options.side,
        direction=options.direction,
    )
