"""The settings that all kinds of learning share: datasets, duration, optimiser, validation, device.

This module measures no time, finds no device and reads no dataset.
"""

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from engine.config.base import Config, setting
from engine.config.device import PATTERN, gpu_numbers
from engine.config.launchers import LOCAL, LauncherName, launcher_setting
from engine.workspace import READER_PATTERN

Optimiser = Literal["muon", "adamw", "adadelta", "sgd"]
Schedule = Literal["cosine", "constant"]
Precision = Literal["auto", "float32", "bfloat16"]
_ID = r"^[0-9a-z]{26}$"
_SWITCH = {True: "on", False: "off", "true": "on", "false": "off"}  # as configs of former versions have it


def _as_choice(value: Any) -> Any:
    """Return on or off for what was a yes or a no."""
    return _SWITCH.get(value, value) if isinstance(value, bool | str) else value


Fresh = Annotated[Literal["auto", "on", "off"], BeforeValidator(_as_choice)]


class Portion(Config):
    """Images of another dataset, mixed into the training images."""

    dataset: str = setting(pattern=_ID, help="Id of the dataset whose training images are mixed in.")
    weight: float = setting(
        1.0, gt=0, le=1000, help="How many of its images the run sees for each one of the main dataset; 0.25: one in 5."
    )


class RunConfig(Config):
    """Settings that all kinds of learning share. A run ends by `minutes` or by `epochs`, whichever comes first."""

    dataset: str = setting(pattern=_ID, help="Id of the dataset to train on.")
    mix: tuple[Portion, ...] = setting(
        (), folded=True, max_length=20, help="More datasets to train on, such as real crops, each with its weight."
    )
    fresh: Fresh = setting(
        "auto",
        folded=True,
        help="Draw new training images by the dataset's recipe during training, so that no epoch repeats. auto: where "
        "drawing keeps up with learning, which a run on a GPU measures at its start; on a processor drawing would take "
        "cores from learning.",
    )
    validate_on: str | None = setting(
        None,
        folded=True,
        pattern=_ID,
        help="Id of another dataset to validate on: the best checkpoint reads it best. Empty: the same dataset.",
    )
    watch_on: tuple[Annotated[str, Field(pattern=_ID)], ...] = setting(
        (),
        folded=True,
        max_length=10,
        help="Ids of datasets whose validation images (where there are none, all that the run does not learn from) are "
        "read at each validation, too, to watch real images, say. They decide nothing.",
    )
    test_on: tuple[Annotated[str, Field(pattern=_ID)], ...] = setting(
        (),
        folded=True,
        max_length=50,
        help="Ids of more datasets scored at the end by their test images; if none, by all that are not learned from.",
    )
    minutes: float | None = setting(
        5.0,
        unit="min",
        ge=0.1,
        le=20_160,
        help="Time for the whole run: start, training, validation and export. Empty: as long as the epochs take.",
    )
    epochs: int | None = setting(None, ge=1, le=10_000, help="Epochs at most. Empty: as many as the time allows.")
    batch: int = setting(
        32, unit="images", ge=1, le=2048, help="Images per step. Large batches use a GPU well, and more memory."
    )
    learning_rate: float = setting(
        3e-3, gt=0, le=10, help="Highest learning rate of the schedule. 0.003 suits muon and adamw, 1.0 adadelta."
    )
    optimiser: Optimiser = setting(
        "muon",
        folded=True,
        help="The optimiser. muon learns most from each image; adamw is the usual one; adadelta that of aocr in 2017.",
    )
    schedule: Schedule = setting(
        "cosine",
        folded=True,
        help="cosine: rises in the warm-up, then falls to almost zero. constant: stays after the warm-up.",
    )
    warmup: float = setting(
        0.05,
        share=True,
        ge=0.0,
        le=0.5,
        folded=True,
        help="Share of the run in which the learning rate rises from zero.",
    )
    weight_decay: float = setting(0.01, ge=0.0, le=1.0, folded=True, help="Weight decay, with muon and adamw only.")
    clip: float = setting(
        5.0, ge=0.0, le=1000.0, folded=True, help="Global norm to which gradients are clipped; 0: no limit."
    )
    average: float = setting(
        0.0,
        ge=0.0,
        lt=1.0,
        folded=True,
        help="Share of the running mean of the weights that a step keeps, such as 0.999; validations and exports take "
        "the mean. 0: none.",
    )
    augment: float = setting(
        0.0,
        ge=0.0,
        le=1.0,
        folded=True,
        help="Strength of augmentation: training images are bent, blurred, shaded and recoloured at random; 0: none.",
    )
    patience: int = setting(
        0,
        unit="validations",
        ge=0,
        le=10_000,
        folded=True,
        zero="never",
        help="Early stopping after so many validations without improvement; 0: never.",
    )
    start_from: str | None = setting(
        None,
        folded=True,
        pattern=READER_PATTERN,
        help="Id of a run whose best weights this one starts from (fine-tuning), or starter. Both networks are of one "
        "shape; a command takes it over.",
    )
    keep_start: float = setting(
        0.0,
        share=True,
        ge=0.0,
        le=0.9,
        folded=True,
        help="When fine-tuning: share of the weights it started from in those that are validated and exported. 50 % "
        "keeps much of what they read before beside what was learned.",
    )
    halve_batch: bool = setting(False, folded=True, help="If memory runs out, try once more with half the batch.")
    evaluate_every: int = setting(
        0,
        unit="steps",
        ge=0,
        le=1_000_000,
        folded=True,
        zero="twelve a run",
        help="Steps between two validations; 0: twelve validations per run.",
    )
    validation_images: int = setting(
        500,
        unit="images",
        ge=1,
        le=100_000,
        folded=True,
        help="Images per validation and dataset at most; the same for the whole run.",
    )
    checkpoint_minutes: float = setting(
        2.0,
        unit="min",
        ge=0.0,
        le=240,
        folded=True,
        help="Longest time between checkpoints. Each validation saves one, too.",
    )
    seed: int = setting(0, ge=0, le=2**31 - 1, folded=True, help="Seed of all random numbers of the run.")
    device: str = setting(
        "auto",
        pattern=PATTERN,
        help="Device: auto (a GPU if there is one), cpu, gpu:0, or gpu:0,1 to split each batch between two.",
    )
    launcher: LauncherName = launcher_setting()
    gpus: int = setting(
        1,
        ge=0,
        le=16,
        folded=True,
        zero="none",
        help="GPUs that are asked of a cluster; several share each batch. On this machine the device says which.",
    )
    precision: Precision = setting(
        "auto",
        folded=True,
        help="Number format of the network; auto takes bfloat16 where the device is faster with it.",
    )

    @model_validator(mode="after")
    def _ends_some_time(self) -> Self:
        if self.minutes is None and self.epochs is None:
            raise ValueError("Both minutes and epochs are empty, so the run would never end. Give one of them")
        return self

    @model_validator(mode="after")
    def _has_a_start_to_keep(self) -> Self:
        if self.keep_start and self.start_from is None:
            raise ValueError(
                f"Keep start is {100 * self.keep_start:g} %, but Start from is empty, so there is nothing to keep. "
                "Choose a run to start from, or set Keep start to 0"
            )
        return self

    @model_validator(mode="after")
    def _shares_evenly(self) -> Self:
        if self.launcher != LOCAL and self.device != "auto":
            raise ValueError(f"device {self.device}: on {self.launcher} the cluster chooses. Set it to auto, and gpus")
        gpus = gpu_numbers(self.device)
        if gpus != tuple(sorted(set(gpus))):
            raise ValueError(f"device {self.device}: name each GPU once, in ascending order, such as gpu:0,1")
        if self.batch % self.device_count:
            raise ValueError(
                f"batch {self.batch} cannot be shared evenly among {self.device_count} GPUs. Make it a multiple of "
                f"{self.device_count}, such as {-(-self.batch // self.device_count) * self.device_count}"
            )
        return self

    @property
    def device_count(self) -> int:
        """Number of devices that share each batch."""
        return max(1, len(gpu_numbers(self.device)) if self.launcher == LOCAL else self.gpus)

    @property
    def learned(self) -> tuple[str, ...]:
        """Ids of the datasets that the run learns from, the main one first."""
        return (self.dataset, *(portion.dataset for portion in self.mix))

    @property
    def validation_choice(self) -> tuple[Any, ...]:
        """Settings that choose the validation images and their order: equal ones choose the same."""
        return (self.validate_on or self.dataset, self.validation_images, self.seed)

    @property
    def datasets(self) -> tuple[str, ...]:
        """Ids of all datasets that the run reads, each once, the main one first."""
        others = (*filter(None, [self.validate_on]), *self.watch_on, *self.test_on)
        return tuple(dict.fromkeys([*self.learned, *others]))
