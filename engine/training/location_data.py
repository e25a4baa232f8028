"""Data of a locator's run: scenes of one or more datasets for training, validation and the tests at the end.

This module decides no order and cuts no crop.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from engine.config.generate import Split
from engine.config.train import TrainLocatorConfig
from engine.datasets.scenes.dataset import SceneDataset
from engine.errors import DatasetError
from engine.training.sampler import fixed_places
from engine.training.scenes import ScenePart, StoredScenes


@dataclass(frozen=True)
class LocationData:
    """Datasets of a run.

    Attributes:
        datasets: all that the run reads, by id.
        training: the training scenes of the main dataset and of those mixed in.
        validation: as many validation scenes as the config allows, the same ones each time.
        watched: likewise of each dataset that is watched, by id; not of those whose scenes are all learned from.
    """

    datasets: dict[str, SceneDataset]
    training: StoredScenes
    validation: ScenePart
    watched: dict[str, ScenePart] = field(default_factory=dict)

    @property
    def main(self) -> SceneDataset:
        """The dataset that the config calls its dataset."""
        return next(iter(self.datasets.values()))

    @property
    def validation_images(self) -> int:
        """The scenes that are read at each validation, those of watched datasets included."""
        return len(self.validation.numbers) + sum(len(part.numbers) for part in self.watched.values())


def load_location_data(config: TrainLocatorConfig, open_one: Callable[[str], SceneDataset]) -> LocationData:
    """Open what a run reads.

    Args:
        config: the run's.
        open_one: opens a dataset of scenes by its id.

    Raises:
        DatasetError: a split is empty, or no region of the training scenes counts.
    """
    datasets = {id: open_one(id) for id in config.datasets}
    learned = config.learned
    weights = [1.0, *(portion.weight for portion in config.mix)]
    training = [
        ScenePart(datasets[id], _scenes(datasets[id], "train"), weight)
        for id, weight in zip(learned, weights, strict=True)
    ]
    if config.first:
        training[0] = training[0]._replace(numbers=training[0].numbers[: config.first])
    if not any(_counts(part) for part in training):
        raise DatasetError(
            f"Every region of the training scenes of {config.dataset} is to be ignored, so there is nothing to learn. "
            "Look at how its labels were imported, or choose another dataset."
        )
    validated = datasets[config.validate_on or config.dataset]
    watched = {id: datasets[id].numbers_or_all("validation", learned=id in learned) for id in config.watch_on}
    return LocationData(
        datasets,
        StoredScenes(training),
        ScenePart(validated, _some(_scenes(validated, "validation"), config)),
        {id: ScenePart(datasets[id], _some(numbers, config)) for id, numbers in watched.items() if len(numbers)},
    )


def _scenes(dataset: SceneDataset, split: Split) -> npt.NDArray[np.int64]:
    numbers = dataset.numbers(split)
    if not len(numbers):
        raise DatasetError(
            f"Dataset {dataset.folder.name} has no {split} photos. Make or import it again with a share of them, or "
            "name another dataset to validate on."
        )
    return numbers


def _some(numbers: npt.NDArray[np.int64], config: TrainLocatorConfig) -> npt.NDArray[np.int64]:
    return numbers[fixed_places(len(numbers), config.validation_images, config.seed)]


def _counts(part: ScenePart) -> bool:
    return any(not region.ignore for number in part.numbers.tolist() for region in part.dataset.regions(number))
