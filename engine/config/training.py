"""How a run learns: its dataset, its reader, how long, how fast, and where.

Presets are plain values, so that forms and flags can show what differs from them. This module measures no time,
finds no device and reads no dataset.
"""

from typing import Any, Literal, Self

from pydantic import model_validator

from engine.config.base import Config, setting
from engine.config.reader import ReaderConfig
from engine.errors import ConfigError

Optimiser = Literal["adamw", "adadelta", "sgd"]
Schedule = Literal["cosine", "constant"]
Precision = Literal["auto", "float32", "bfloat16"]


class TrainConfig(Config):
    """One run. It ends by `minutes` or by `epochs`, whichever comes first."""

    dataset: str = setting(pattern=r"^[0-9a-z]{26}$", help="Id of the dataset to learn from.")
    reader: ReaderConfig = setting(ReaderConfig(), help="The network: encoder, decoder and sizes.")
    minutes: float | None = setting(
        5.0, unit="min", ge=0.1, le=20_160,
        help="Time for the whole run: start, learning, validation and export. Empty: as long as the epochs take.",
    )  # fmt: skip
    epochs: int | None = setting(
        None, ge=1, le=10_000, help="How often each image is seen at most. Empty: as often as the time allows."
    )
    batch: int = setting(
        32, unit="images", ge=1, le=2048, help="Images a step. Large ones use a GPU well, and more memory."
    )
    learning_rate: float = setting(
        2e-3, gt=0, le=10, help="Size of a learning step at its highest. 0.002 suits adamw, 1.0 adadelta."
    )
    optimiser: Optimiser = setting("adamw", folded=True, help="The rule that turns gradients into learning steps.")
    schedule: Schedule = setting(
        "cosine", folded=True, help="cosine: rise in the warm-up, then fall to almost zero at the end. constant: stay."
    )
    warmup: float = setting(
        0.05, ge=0.0, le=0.5, folded=True, help="Share of the run in which the learning rate rises from zero."
    )
    weight_decay: float = setting(
        0.01, ge=0.0, le=1.0, folded=True, help="Pull of the weights towards zero, with adamw only."
    )
    clip: float = setting(
        5.0, ge=0.0, le=1000.0, folded=True, help="Longest gradient (global norm) that is used in full; 0: no limit."
    )
    evaluate_every: int = setting(
        0, unit="steps", ge=0, le=1_000_000, folded=True,
        help="Steps between two readings of the validation images; 0: twelve times a run.",
    )  # fmt: skip
    validation_images: int = setting(
        500, unit="images", ge=1, le=100_000, folded=True,
        help="Validation images read at most each time; the same ones for the whole run.",
    )  # fmt: skip
    checkpoint_minutes: float = setting(
        2.0, unit="min", ge=0.0, le=240, folded=True,
        help="Work that a killed run may lose at most. There is a checkpoint after each validation anyway.",
    )  # fmt: skip
    seed: int = setting(0, ge=0, le=2**31 - 1, folded=True, help="Start of all random numbers of the run.")
    device: str = setting(
        "auto", pattern=r"^(auto|cpu|gpu:\d{1,2})$", help="Where to learn: auto (a GPU if there is one), cpu or gpu:0."
    )
    precision: Precision = setting(
        "auto", folded=True, help="Numbers of the network: bfloat16 is faster where the device has it (auto)."
    )

    @model_validator(mode="after")
    def _ends_some_time(self) -> Self:
        if self.minutes is None and self.epochs is None:
            raise ValueError("Both minutes and epochs are empty, so the run would never end. Give one of them")
        return self


_AOCR: dict[str, Any] = {"encoder": "cnn8", "decoder": "attention", "recurrent": 256, "dropout": 0.5}

# What each preset sets; all else stays at its default.
TRAIN_PRESETS: dict[str, dict[str, Any]] = {
    "five minutes": {},
    "two minutes": {"minutes": 2.0},
    "one hour": {"minutes": 60.0, "batch": 64, "reader": {"scale": 1.5}},
    "first system": {
        "reader": {**_AOCR, "max_width": 160},
        "minutes": None,
        "epochs": 50,
        "batch": 65,
        "optimiser": "adadelta",
        "learning_rate": 1.0,
        "schedule": "constant",
        "warmup": 0.0,
    },
    "GPU": {"minutes": 20.0, "batch": 256, "learning_rate": 3e-3, "reader": {"scale": 2.0}},
}


def train_preset(name: str, dataset: str) -> TrainConfig:
    """Return the preset `name` for a dataset id. Raises ConfigError when there is no such preset."""
    if name not in TRAIN_PRESETS:
        raise ConfigError(f"{name!r} is no preset. There are: {', '.join(TRAIN_PRESETS)}. Pick one of them.")
    return TrainConfig.parse({"dataset": dataset, **TRAIN_PRESETS[name]})
