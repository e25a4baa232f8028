"""Named starting points of locators' runs, as data, beside those of readers.

The two models are those of the second system that Glyphlab grew from, as far as its notes describe them: their epochs,
optimiser, loss and images. Batch and learning rate are usual ones, for the notes name none.
"""

from collections.abc import Mapping
from typing import Any

from engine.config.presets import TrainPreset
from engine.config.train import TrainLocatorConfig
from engine.errors import ConfigError

_SECOND: dict[str, Any] = {
    "minutes": None,
    "fresh": "off",
    "batch": 4,
    "optimiser": "sgd",
    "learning_rate": 0.01,
    "schedule": "constant",
    "warmup": 0.0,
    "loss": "bce",
    "average": 0.0,
    "augment": 0.0,
    "first": 100,
}

LOCATOR_PRESETS: Mapping[str, TrainPreset] = {
    "twenty minutes": TrainPreset(
        "A small locator that learns from new scenes all the time, on two cores.", {"minutes": 20.0, "fresh": "on"}
    ),
    "one hour": TrainPreset("The same for longer: small and turned text gain most.", {"minutes": 60.0, "fresh": "on"}),
    "second system, model 1": TrainPreset(
        "Two convolutions and three dense layers on 100 photos, 10 epochs: accuracy 0.33 by its notes.",
        {**_SECOND, "epochs": 10, "locator": {"network": "fc_mask"}},
    ),
    "second system, model 2": TrainPreset(
        "Four convolutions, dropout and one dense layer on the same photos, 5 epochs: accuracy 0.17.",
        {**_SECOND, "epochs": 5, "locator": {"network": "conv_mask"}},
    ),
}


def locator_preset(name: str, dataset: str) -> TrainLocatorConfig:
    """Return the preset `name` for a dataset id. Raises ConfigError when there is no such preset."""
    if name not in LOCATOR_PRESETS:
        raise ConfigError(f"{name!r} is no preset. There are: {', '.join(LOCATOR_PRESETS)}. Pick one of them.")
    return TrainLocatorConfig.parse({"dataset": dataset, **LOCATOR_PRESETS[name].values})
