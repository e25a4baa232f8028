"""The config of one fit: a recipe of word images that is to be brought nearer to real photos, and how long to search.

This module opens no photo and draws nothing.
"""

from typing import Annotated, Literal

from pydantic import AfterValidator

from engine.config.base import setting
from engine.config.importing import ImageSourceConfig
from engine.config.recipe import MOST_LOOKS, Recipe
from engine.config.recipe_presets import PRESETS
from engine.config.style import Style
from engine.workspace import READER_PATTERN, STARTER

FEWEST_CROPS = 10
"""Crops without which nothing is fitted."""

GOOD_NUMBER = 30
"""Crops from which on a fit follows more than chance, and can tell a gain."""

FEWEST_JUDGES = 6
"""Photos held out under which no gain is told: from 6 on, four of five that are as large as most (0.02) show."""

MOST_CROPS = 300
"""Crops that are taken; more add time and little else."""


def broad_looks(recipe: Recipe) -> tuple[Style, ...]:
    """Return the looks whose variety a fitted recipe keeps: all that no fit has found, or all, where fits found all."""
    drawn = [look for look in recipe.looks if look.weight]
    return tuple(look for look in drawn if not look.fitted) or tuple(drawn)


def begun_looks(recipe: Recipe) -> tuple[Style, ...]:
    """Return the looks that a fit begins with: those that the last fit found, or all, where none did."""
    drawn = [look for look in recipe.looks if look.weight]
    return tuple(look for look in drawn if look.fitted) or tuple(drawn)


def _with_room(recipe: Recipe) -> Recipe:
    broad, begun = len(broad_looks(recipe)), len(begun_looks(recipe))
    if broad + begun > MOST_LOOKS:
        raise ValueError(
            f"{broad} looks are drawn; a fitted recipe has each twice, as it was and fitted, and {MOST_LOOKS} are the "
            f"most. Leave {MOST_LOOKS // 2} or set the weight of some to 0"
        )
    return recipe


FittableRecipe = Annotated[Recipe, AfterValidator(_with_room)]
"""A recipe that has room for fitted looks beside its own."""


class FitConfig(ImageSourceConfig):
    """One fit of a recipe to photos of words. The same photos and settings give the same recipe."""

    recipe: FittableRecipe = setting(PRESETS["scene text"], help="The recipe to begin with; it stays as it is.")
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
    seed: int = setting(0, ge=0, le=2**31 - 1, folded=True, help="Another seed draws other images and searches again.")
    processes: int = setting(
        0, ge=0, le=256, folded=True, unit="processes", zero="one per core", help="Drawing processes; 0: one per core."
    )
    keep: Literal["gains", "always"] = setting(
        "gains",
        folded=True,
        help="When the fitted recipe is saved among the others. gains: if the photos that were held out say that it is "
        "nearer. always: also if they do not.",
    )

    @property
    def places(self) -> dict[str, str | None]:
        """A folder or archive, an upload, a transcript, or a dataset."""
        return {**super().places, "dataset": self.dataset}
