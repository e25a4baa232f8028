"""Named starting points of runs, as data: the settings of each, and a reason to choose it.

All else stays at its default, so that forms and flags can show what differs. The three named for aocr repeat runs of
August 2020 with that program, as far as their notes describe them. This module measures nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.config.train import TrainConfig
from engine.errors import ConfigError
from engine.workspace import STARTER


@dataclass(frozen=True)
class TrainPreset:
    """Settings of a preset as plain values, and a sentence or two about it."""

    about: str
    values: dict[str, Any]


_AOCR: dict[str, Any] = {"encoder": "cnn8", "decoder": "attention", "recurrent": 256, "dropout": 0.5, "colour": False}
_ADADELTA: dict[str, Any] = {
    "minutes": None,
    "fresh": "off",
    "optimiser": "adadelta",
    "learning_rate": 1.0,
    "schedule": "constant",
    "warmup": 0.0,
}

# Photos of signs hold many narrow and steep words: widened so, 6 more of a hundred are read (bench.learning_ablation).
_WORDS: dict[str, Any] = {"widen_below": 128}

FINE_TUNING: Mapping[str, Any] = {
    "batch": 64,
    "learning_rate": 1e-3,
    "augment": 1.0,
    "average": 0.99,
    "keep_start": 0.5,
}
"""Settings for going on with few images of one's own: each is changed a good deal, lest it be learned by heart, and
half of the weights stay as they were, so that other images are read as before (docs/learning.md has the figures).

`python -m bench.fine_tuning` with 1,900 crops, the loss over 106 others: 0.91 with a strength of 0.25, a rate of 0.003
and as many crops as drawn images; 0.77 with 0.6, 0.0015 and half as many; 0.73 by these and a third."""

TRAIN_PRESETS: Mapping[str, TrainPreset] = {
    "five minutes": TrainPreset("A small reader that learns on two cores while one waits.", {"reader": _WORDS}),
    "two minutes": TrainPreset("The same in a hurry, to see that all is in place.", {"minutes": 2.0, "reader": _WORDS}),
    "one hour": TrainPreset(
        "A wider reader, for a processor and a lunch break.",
        {"minutes": 60.0, "batch": 64, "learning_rate": 6e-3, "reader": {**_WORDS, "scale": 1.5}},
    ),
    "GPU": TrainPreset(
        "A larger reader and large batches, for a graphics card.",
        {"minutes": 20.0, "batch": 256, "learning_rate": 6e-3, "reader": {**_WORDS, "scale": 2.0}},
    ),
    "fine-tuning": TrainPreset(
        "Goes on from the starter with a few thousand images of your own. Mix in three times as many drawn ones.",
        {"minutes": 20.0, "start_from": STARTER, "reader": {**_WORDS, "scale": 1.5, "max_width": 320}, **FINE_TUNING},
    ),
    "document lines": TrainPreset(
        "For whole lines of up to 128 characters, spaces included: four times as wide a reader, so it takes longer.",
        {"minutes": 30.0, "batch": 16, "reader": {"max_width": 1024, "max_length": 128}},
    ),
    # Widths in the notes are 300 and 650 px; ours go in steps of 16.
    "aocr, 32 characters": TrainPreset(
        "aocr's network on 60,000 images with all ASCII characters: 6 h 30 on a GPU, 69.88 % of its own test images.",
        {**_ADADELTA, "epochs": 50, "batch": 65, "reader": {**_AOCR, "max_width": 304, "max_length": 32}},
    ),
    "aocr, 15 characters": TrainPreset(
        "The same on texts of at most 15 characters in wider images: 12 h 40 on a GPU, 76.80 %.",
        {**_ADADELTA, "epochs": 47, "batch": 60, "reader": {**_AOCR, "max_width": 656, "max_length": 15}},
    ),
    "aocr, residual blocks": TrainPreset(
        "A variant with residual blocks, on the same images. How well it read is not known.",
        {
            **_ADADELTA,
            "epochs": 25,
            "batch": 60,
            "learning_rate": 0.05,
            "reader": {**_AOCR, "encoder": "residual", "max_width": 656, "max_length": 15},
        },
    ),
}


def train_preset(name: str, dataset: str) -> TrainConfig:
    """Return the preset `name` for a dataset id. Raises ConfigError when there is no such preset."""
    if name not in TRAIN_PRESETS:
        raise ConfigError(f"{name!r} is no preset. There are: {', '.join(map(repr, TRAIN_PRESETS))}. Pick one of them.")
    return TrainConfig.parse({"dataset": dataset, **TRAIN_PRESETS[name].values})
