"""Configs of work with a trained locator: its evaluation, and labels by it. This module opens nothing."""

from typing import Literal, Self

from pydantic import model_validator

from engine.config.base import Config, setting
from engine.config.generate import Split
from engine.config.launchers import LauncherName, launcher_setting
from engine.workspace import READER_PATTERN, STARTER


class EvaluateLocatorConfig(Config):
    """One evaluation: every photo of a test set searched once, and its boxes compared with its regions."""

    run: str = setting(STARTER, pattern=READER_PATTERN, help="Id of the run whose newest locator searches, or starter.")
    dataset: str = setting(..., pattern=r"^[0-9a-z]{26}$", help="Id of the dataset of scenes that is searched.")
    split: Split | None = setting(
        None, help="Split of the dataset. Empty: its test scenes, or all where there are none."
    )
    level: Literal["word", "line"] = setting("word", help="What is to be found: words, or lines of text.")
    side: int | None = setting(
        None,
        ge=32,
        le=6400,
        unit="px",
        help="Longer side at which photos are seen. Empty: the one that the locator was made for; smaller photos are "
        "enlarged to it, but for drawn ones, whose letters have the sizes that it learned from.",
    )
    launcher: LauncherName = launcher_setting()


class LabelScenesConfig(Config):
    """Photos outlined by a locator: a new dataset of the same photos, with its boxes in place of their regions.

    A locator can learn from its own finds (self-training), and people can correct them instead of outlining all.
    """

    dataset: str = setting(..., pattern=r"^[0-9a-z]{26}$", help="Id of the dataset of scenes whose photos are taken.")
    run: str = setting(STARTER, pattern=READER_PATTERN, help="Id of the run whose newest locator searches, or starter.")
    sure: float = setting(0.8, ge=0.0, le=1.0, help="Score from which on a box counts as text.")
    unsure: float = setting(
        0.3, ge=0.0, le=1.0, help="Boxes of at least this score are kept as regions that do not count; others go."
    )
    side: int | None = setting(
        None,
        ge=32,
        le=6400,
        unit="px",
        help="Longer side at which photos are seen. Empty: the one that the locator was made for.",
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.unsure > self.sure:
            raise ValueError(f"unsure is {self.unsure}, above sure ({self.sure}); give at most as much")
        return self
