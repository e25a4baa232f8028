"""Choices and the config of reading whole photos and pages. This module opens nothing."""

from typing import Literal, Self, get_args

from pydantic import model_validator

from engine.config.base import Config, setting
from engine.config.importing import Encoding, ImportConfig
from engine.workspace import READER_PATTERN, STARTER

Direction = Literal["ltr", "rtl", "ttb"]
"""Of writing: left to right, right to left, or top to bottom in columns from right to left."""

DocumentFormatName = Literal["text", "tsv", "json", "hocr", "alto", "page", "pdf"]
DOCUMENT_FORMAT_NAMES: tuple[DocumentFormatName, ...] = get_args(DocumentFormatName)


class ReadPagesConfig(Config):
    """One reading of whole photos and pages: located, read and put in order."""

    run: str = setting(STARTER, pattern=READER_PATTERN, help="Id of the run whose newest reader reads, or starter.")
    locator: str = setting(
        STARTER, pattern=READER_PATTERN, help="Id of the run whose newest locator finds the text, or starter."
    )
    path: str | None = setting(
        None,
        max_length=4096,
        help="A folder, zip, image or PDF file below a data root of the server; empty if one is uploaded.",
    )
    upload: str | None = setting(None, pattern=r"^[0-9a-z]{26}$", help="Id of an uploaded file.")
    encoding: Encoding = setting(
        "auto", folded=True, help="Encoding of names in a zip file that does not say its own, as for an import."
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

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        ImportConfig(path=self.path, upload=self.upload)  # the rules are its own
        return self

    @property
    def source(self) -> ImportConfig:
        """The source as an import knows it."""
        return ImportConfig(path=self.path, upload=self.upload, encoding=self.encoding)
