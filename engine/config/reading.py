"""Configs of the two jobs in which a reader reads many images: evaluation against labels, and transcription.

This module opens no bundle, no dataset and no folder.
"""

from pathlib import Path
from typing import Self

from pydantic import field_validator, model_validator

from engine.config.base import Config, setting
from engine.config.generate import Split
from engine.config.importing import ImageSourceConfig
from engine.config.launchers import LauncherName, launcher_setting
from engine.workspace import READER_PATTERN, STARTER


class EvaluateConfig(Config):
    """One evaluation: every image of a test set read once and compared with its label."""

    run: str = setting(STARTER, pattern=READER_PATTERN, help="Id of the run whose newest reader reads, or starter.")
    dataset: str | None = setting(
        None, pattern=r"^[0-9a-z]{26}$", help="Id of the dataset whose images are read; empty if a folder is given."
    )
    split: Split | None = setting(
        None,
        help="Split of the dataset. Empty: its test images, or all where there are none, as runs are tested.",
    )
    folder: str | None = setting(
        None,
        max_length=4096,
        folded=True,
        help="Instead of a dataset: a folder of images with a labels.tsv (name, tab, text; one a line).",
    )

    launcher: LauncherName = launcher_setting()

    @field_validator("folder")
    @classmethod
    def _absolute(cls, folder: str | None) -> str | None:
        """Fix a relative path where it was typed; the job works elsewhere."""
        return str(Path(folder).absolute()) if folder else None

    @model_validator(mode="after")
    def _one_test_set(self) -> Self:
        if (self.dataset is None) == (self.folder is None):
            given = "Both a dataset and a folder are" if self.dataset else "Neither a dataset nor a folder is"
            raise ValueError(f"{given} given; one test set makes one score. Give exactly one of them")
        return self


class TranscribeConfig(ImageSourceConfig):
    """One transcription: all images of a folder or a zip file read once, into a table."""

    run: str = setting(STARTER, pattern=READER_PATTERN, help="Id of the run whose newest reader reads, or starter.")
    beam: int = setting(
        0,
        ge=0,
        le=32,
        unit="texts",
        folded=True,
        help="Beam width; 0 decodes greedily, the fastest.",
    )
