"""Choices and the config of reading whole photos and pages. This module opens nothing."""

from typing import Literal, get_args

from engine.config.base import Config, setting
from engine.config.generate import Split
from engine.config.importing import SourceConfig
from engine.config.launchers import LauncherName, launcher_setting
from engine.workspace import READER_PATTERN, STARTER
from glyphlab_read.documents.document import Direction

DocumentFormatName = Literal["text", "tsv", "json", "hocr", "alto", "page", "pdf"]
DOCUMENT_FORMAT_NAMES: tuple[DocumentFormatName, ...] = get_args(DocumentFormatName)


class EvaluatePagesConfig(Config):
    """One evaluation of a locator and a reader together: every photo of a test set located and read, and compared."""

    dataset: str = setting(
        ..., pattern=r"^[0-9a-z]{26}$", help="Id of the dataset of scenes that is read; its texts are known."
    )
    run: str = setting(STARTER, pattern=READER_PATTERN, help="Id of the run whose newest reader reads, or starter.")
    locator: str = setting(
        STARTER, pattern=READER_PATTERN, help="Id of the run whose newest locator finds the text, or starter."
    )
    split: Split | None = setting(
        None, help="Split of the dataset. Empty: its test scenes, or all where there are none."
    )
    level: Literal["word", "line"] = setting("word", help="What is found and read at once: words, or lines of text.")
    side: int | None = setting(
        None,
        ge=32,
        le=6400,
        unit="px",
        help="Longer side at which photos are seen. Empty: as for the evaluation of a locator.",
    )
    launcher: LauncherName = launcher_setting()


class ReadPagesConfig(SourceConfig):
    """One reading of the whole photos and PDF pages of a folder, zip or file: located, read and put in order."""

    path: str | None = setting(
        None,
        max_length=4096,
        help="A folder, zip file, PDF file or photo below a data root: the workspace's imports folder, or one that "
        "GLYPHLAB_DATA_ROOT names. Empty if one is uploaded. On the command line also a folder or zip file at "
        "s3:// or gs:// (docs/buckets.md).",
    )
    run: str = setting(STARTER, pattern=READER_PATTERN, help="Id of the run whose newest reader reads, or starter.")
    locator: str = setting(
        STARTER, pattern=READER_PATTERN, help="Id of the run whose newest locator finds the text, or starter."
    )
    level: Literal["word", "line"] = setting(
        "word", help="What is cut out and read at once: words, or lines for a reader of lines."
    )
    direction: Direction | None = setting(
        None,
        help="Direction of writing: left to right, right to left, or top to bottom. Empty: told by the text.",
        folded=True,
    )
    side: int | None = setting(
        None,
        ge=32,
        le=6400,
        unit="px",
        folded=True,
        help="Longer side at which pages are searched: more finds smaller text. Empty: the locator's own.",
    )
    dpi: float = setting(
        200.0, ge=50.0, le=600.0, unit="px per inch", folded=True, help="Resolution at which PDF pages are drawn."
    )
