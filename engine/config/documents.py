"""Choices and the config of reading whole photos and pages. This module opens nothing."""

from typing import Literal, get_args

from engine.config.base import setting
from engine.config.importing import SourceConfig
from engine.workspace import READER_PATTERN, STARTER

Direction = Literal["ltr", "rtl", "ttb"]
"""Of writing: left to right, right to left, or top to bottom in columns from right to left."""

DocumentFormatName = Literal["text", "tsv", "json", "hocr", "alto", "page", "pdf"]
DOCUMENT_FORMAT_NAMES: tuple[DocumentFormatName, ...] = get_args(DocumentFormatName)


class ReadPagesConfig(SourceConfig):
    """One reading of the whole photos and PDF pages of a folder or zip file: located, read and put in order."""

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
