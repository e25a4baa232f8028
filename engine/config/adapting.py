"""The config of one adaptation: unlabelled images of words, and how long is spent on a reader of them.

This module opens no image and starts nothing.
"""

from typing import Literal

from engine.config.base import setting
from engine.config.fitting import FittableRecipe
from engine.config.importing import ImageSourceConfig
from engine.config.recipe_presets import PRESETS
from engine.workspace import READER_PATTERN, STARTER


class AdaptConfig(ImageSourceConfig):
    """One adaptation of a reader to photos: from images without labels to a reader that reads them better."""

    content: Literal["auto", "word", "page"] = setting(
        "auto",
        help="What images show: words that were cut out, or whole photos out of which words are cut. auto: told by the "
        "size of each.",
    )
    recipe: FittableRecipe = setting(
        PRESETS["scene text, various"], help="The recipe that is fitted to the images; it stays as it is."
    )
    start_from: str = setting(
        STARTER, pattern=READER_PATTERN, help="Id of the run whose reader is adapted, or starter."
    )
    locator: str = setting(
        STARTER, pattern=READER_PATTERN, help="Id of the run, or starter, that finds the words in whole photos."
    )
    trials: int = setting(200, ge=10, le=5000, unit="trials", help="Recipes that are tried by the fit.")
    images: int = setting(20_000, ge=100, le=10_000_000, unit="images", help="Images drawn by the fitted recipe.")
    minutes: float = setting(15.0, ge=0.1, le=20_160, unit="min", help="Time for learning from the drawn images.")
    teach_minutes: float = setting(
        5.0,
        ge=0.1,
        le=20_160,
        unit="min",
        help="Time for learning from its own confident readings beside drawn images.",
    )
    tune_minutes: float = setting(
        5.0, ge=0.1, le=20_160, unit="min", help="Time for learning from what was confirmed, beside both."
    )
    sure: float = setting(
        0.9, share=True, ge=0.5, le=1, help="Least confidence of a reading that is learned from as if it were true."
    )
    confirmed: int = setting(
        20, ge=1, le=1000, unit="images", help="Readings to be confirmed or corrected, the least sure first."
    )
    judged: int = setting(
        20,
        ge=5,
        le=1000,
        unit="images",
        help="Images set aside at random, to be confirmed or corrected too: no reader learns from them, and they say "
        "what was gained. A third of all images at most; of five photos or more, words of whole ones.",
    )
    seed: int = setting(0, ge=0, le=2**31 - 1, folded=True, help="Seed of what is drawn, set aside and learned.")
