"""The config of one fit: a recipe of word images that is to be brought nearer to real photos, and how long to search.

This module opens no photo and draws nothing.
"""

from typing import Literal, Self

from pydantic import model_validator

from engine.config.base import setting
from engine.config.importing import ImageSourceConfig
from engine.config.recipe import Recipe
from engine.config.recipe_presets import PRESETS
from engine.workspace import READER_PATTERN, STARTER

FEWEST_CROPS = 10
"""Crops without which nothing is fitted."""

GOOD_NUMBER = 30
"""Crops from which on a fit follows more than chance."""


class FitConfig(ImageSourceConfig):
    """One fit of a recipe to photos of words. The same photos and settings give the same recipe."""

    recipe: Recipe = setting(PRESETS["scene text"], help="The recipe to begin with; it stays as it is.")
    dataset: str | None = setting(
        None,
        pattern=r"^[0-9a-z]{26}$",
        help="Instead of files: id of a dataset of words, of whose training images up to 300 are taken.",
    )
    content: Literal["auto", "word", "page"] = setting(
        "auto",
        help="What images show: words that were cut out, or whole photos in which words are searched. auto: PDF files "
        "and images of the size of photos are searched.",
    )
    run: str = setting(
        STARTER,
        pattern=READER_PATTERN,
        help="Id of the run, or starter, whose newest reader compares images, and reads those without a label.",
    )
    locator: str = setting(
        STARTER, pattern=READER_PATTERN, help="Id of the run, or starter, whose newest locator searches photos."
    )
    trials: int = setting(200, ge=10, le=5000, unit="trials", help="Recipes that are tried.")
    samples: int = setting(256, ge=32, le=2000, unit="images", folded=True, help="Images drawn for each trial.")
    variety: float = setting(
        0.3,
        share=True,
        ge=0.3,
        le=0.9,
        help="Share of images that the fitted recipe draws as the one before did: a reader that saw nothing else than "
        "a few photos would read nothing else.",
    )
    held_out: float = setting(
        0.2,
        share=True,
        ge=0.1,
        le=0.5,
        folded=True,
        help="Share of the photos that the search does not see; they judge what it found.",
    )
    seed: int = setting(0, ge=0, le=2**31 - 1, folded=True, help="Another seed draws other images and searches anew.")
    processes: int = setting(
        0, ge=0, le=256, folded=True, unit="processes", zero="one per core", help="Drawing processes; 0: one per core."
    )
    keep: Literal["gains", "always"] = setting(
        "gains",
        folded=True,
        help="When the fitted recipe is saved among the others. gains: if the photos that were held out say that it is "
        "nearer. always: also if they do not.",
    )

    @model_validator(mode="after")
    def _room_for_both(self) -> Self:
        check_looks(self.recipe)
        return self

    @property
    def places(self) -> tuple[str | None, ...]:
        """A folder or archive, an upload, a transcript, or a dataset."""
        return self.path, self.upload, self.transcript, self.dataset


def check_looks(recipe: Recipe) -> None:
    """Raise ValueError where a recipe has so many looks that a fitted one would have too many."""
    if 2 * len(recipe.looks) > 50:
        raise ValueError(
            f"recipe: {len(recipe.looks)} looks; a fitted recipe has each twice, and 50 are the most. Leave 25"
        )
