"""The whole job at once, for a first visit: a starter dataset and a run that waits for it. Both are ordinary jobs."""

from engine.config.generate import GenerateConfig
from engine.config.presets import train_preset
from engine.config.recipe_presets import PRESETS
from engine.config.train import TrainConfig
from engine.jobs import launch
from engine.workspace import Workspace

IMAGES = 10_000
MINUTES = 4.0  # of training, so that drawing the images and learning take five minutes together


def quick_start(workspace: Workspace, nonce: str | None = None) -> tuple[str, str]:
    """Launch the generation of a starter dataset and a run that learns from it; return both ids.

    The same nonce twice launches them once. Raises JobError or SpaceError as `launch` does.
    """
    first, second = (f"{nonce}-data", f"{nonce}-run") if nonce else (None, None)
    dataset = launch(workspace, "generate", starter_dataset(), name="starter words", nonce=first)
    return dataset, launch(workspace, "train", starter_run(dataset), nonce=second)


def starter_dataset() -> GenerateConfig:
    """Return the config of the dataset."""
    return GenerateConfig(recipe=PRESETS["starter"], images=IMAGES)


def starter_run(dataset: str) -> TrainConfig:
    """Return the config of the run on a dataset's id."""
    return train_preset("five minutes", dataset).changed(minutes=MINUTES)
