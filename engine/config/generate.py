"""Configs of generations, of words and of scenes: recipe, number of images, seed, splits and format.

Counts per split follow from it exactly, before anything is drawn. It does not say where the dataset is written.
"""

from typing import Literal, Self

from pydantic import model_validator

from engine.config.base import Config, setting
from engine.config.launchers import LauncherName, launcher_setting
from engine.config.recipe import Recipe
from engine.config.recipe_presets import PRESETS
from engine.config.scene_recipe import SCENE_PRESETS, SceneRecipe

Split = Literal["train", "validation", "test"]


def check_shares(validation: float, test: float) -> None:
    """Raise ValueError, naming both shares, when too little is left to train on."""
    if validation + test > 0.9:
        raise ValueError(f"validation {validation:g} and test {test:g} leave under a tenth to train on; lower one")


class GenerationConfig(Config):
    """A dataset to be made.

    The same recipe, seed, counts, format and quality give the same dataset, byte for byte, on processors of one kind
    and by one version of the drawing and its libraries; the manifest says which.
    """

    images: int = setting(10_000, ge=10, le=10_000_000, unit="images", help="Images of all splits together.")
    seed: int = setting(0, ge=0, le=2**63 - 1, help="Another seed draws other images by the same recipe.")
    validation: float = setting(0.05, share=True, ge=0, le=0.5, help="Share of images for validation during training.")
    test: float = setting(
        0.1, share=True, ge=0, le=0.5, help="Share of images for the final score; their texts are never trained on."
    )
    format: Literal["jpeg", "png"] = setting(
        "jpeg",
        folded=True,
        help="Format of the stored images: JPEG is small, PNG keeps every pixel and takes several times as much.",
    )
    quality: int = setting(92, ge=30, le=100, folded=True, help="JPEG quality of the stored images.")
    processes: int = setting(
        0,
        ge=0,
        le=4096,
        folded=True,
        unit="processes",
        zero="one per core",
        help="Drawing processes; 0: one per core, of all nodes on a Ray cluster.",
    )
    launcher: LauncherName = launcher_setting()

    @property
    def counts(self) -> dict[Split, int]:
        """Images of each split; a split with a share gets at least one."""
        validation = max(round(self.images * self.validation), int(self.validation > 0))
        test = max(round(self.images * self.test), int(self.test > 0))
        return {"train": self.images - validation - test, "validation": validation, "test": test}

    @model_validator(mode="after")
    def _something_to_train_on(self) -> Self:
        check_shares(self.validation, self.test)
        return self


class GenerateConfig(GenerationConfig):
    """A dataset of words to be made."""

    recipe: Recipe = setting(PRESETS["starter"], help="Recipe of the images.")


class GenerateScenesConfig(GenerationConfig):
    """A dataset of scenes to be made."""

    recipe: SceneRecipe = setting(SCENE_PRESETS["street signs"], help="Recipe of the scenes.")
    images: int = setting(2_000, ge=10, le=1_000_000, unit="images", help="Scenes of all splits together.")
