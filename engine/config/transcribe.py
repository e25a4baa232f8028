"""The config of reading many images at once: which reader, and the folder or zip file they are in. Opens neither."""

from typing import Self

from pydantic import model_validator

from engine.config.base import Config, setting
from engine.config.importing import ImportConfig
from engine.workspace import READER_PATTERN, STARTER


class TranscribeConfig(Config):
    """All images of a folder or a zip file read once, and what they say in a table."""

    run: str = setting(STARTER, pattern=READER_PATTERN, help="Id of the run whose newest reader reads, or starter.")
    path: str | None = setting(
        None, max_length=4096, help="A folder or zip file below a data root of the server; empty if one is uploaded."
    )
    upload: str | None = setting(None, pattern=r"^[0-9a-z]{26}$", help="Id of an uploaded zip file.")
    beam: int = setting(
        0, ge=0, le=32, unit="texts", folded=True,
        help="Texts that beam search follows at once; 0 decodes greedily, the fastest.",
    )  # fmt: skip

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        ImportConfig(path=self.path, upload=self.upload)  # the rules are its own
        return self

    @property
    def source(self) -> ImportConfig:
        """The source as an import knows it."""
        return ImportConfig(path=self.path, upload=self.upload)
