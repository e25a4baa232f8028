"""Config of the evaluation of a locator: which one, on which scenes, and at which size. It opens nothing."""

from typing import Literal

from engine.config.base import Config, setting
from engine.config.generate import Split
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
        help="Longer side at which photos are seen. Empty: the one that the locator was made for.",
    )
