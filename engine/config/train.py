"""How a run learns: its dataset, its reader, how long, how fast, and where.

This module measures no time, finds no device and reads no dataset; see `presets` for named starting points.
"""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from engine.config.base import Config, setting
from engine.config.device import PATTERN, gpu_numbers
from engine.config.reader import ReaderConfig

Optimiser = Literal["muon", "adamw", "adadelta", "sgd"]
Schedule = Literal["cosine", "constant"]
Precision = Literal["auto", "float32", "bfloat16"]
Unfit = Literal["refuse", "skip"]
CharsetPolicy = Literal["same", "extend", "replace"]
_ID = r"^[0-9a-z]{26}$"


class Portion(Config):
    """Images of another dataset, mixed into those a run learns from."""

    dataset: str = setting(pattern=_ID, help="Id of the dataset whose training images are mixed in.")
    weight: float = setting(
        1.0, gt=0, le=1000, help="How many of its images the run sees for each one of the main dataset; 0.25: one in 5."
    )


class TrainConfig(Config):
    """One run. It ends by `minutes` or by `epochs`, whichever comes first."""

    dataset: str = setting(pattern=_ID, help="Id of the dataset to learn from.")
    mix: tuple[Portion, ...] = setting(
        (), folded=True, max_length=20, help="More datasets to learn from, real crops say, each with its weight."
    )
    fresh: bool = setting(
        False, folded=True,
        help="Draw new training images by the dataset's recipe while learning, so that no two epochs repeat. Takes "
        "processor time from learning.",
    )  # fmt: skip
    validate_on: str | None = setting(
        None, folded=True, pattern=_ID,
        help="Id of another dataset to validate on: the best checkpoint reads it best. Empty: the same dataset.",
    )  # fmt: skip
    watch_on: tuple[Annotated[str, Field(pattern=_ID)], ...] = setting(
        (), folded=True, max_length=10,
        help="Ids of datasets whose validation images (where there are none, all) are read at each validation, too, so "
        "that one sees how real ones come along. They decide nothing.",
    )  # fmt: skip
    test_on: tuple[Annotated[str, Field(pattern=_ID)], ...] = setting(
        (), folded=True, max_length=50,
        help="Ids of more datasets whose test images are scored at the end; where there are none, all their images.",
    )  # fmt: skip
    unfit: Unfit = setting(
        "refuse", folded=True,
        help="Samples with a longer label than the reader writes, or characters outside its charset: refuse the run, "
        "or skip them and count.",
    )  # fmt: skip
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
        3e-3, gt=0, le=10, help="Size of a learning step at its highest. 0.003 suits muon and adamw, 1.0 adadelta."
    )
    optimiser: Optimiser = setting(
        "muon", folded=True,
        help="The rule that turns gradients into learning steps. muon learns most from each image; adamw is the usual "
        "one; adadelta the first system's.",
    )  # fmt: skip
    schedule: Schedule = setting(
        "cosine", folded=True, help="cosine: rise in the warm-up, then fall to almost zero at the end. constant: stay."
    )
    warmup: float = setting(
        0.05, ge=0.0, le=0.5, folded=True, help="Share of the run in which the learning rate rises from zero."
    )
    weight_decay: float = setting(
        0.01, ge=0.0, le=1.0, folded=True, help="Pull of the weights towards zero, with muon and adamw only."
    )
    clip: float = setting(
        5.0, ge=0.0, le=1000.0, folded=True, help="Longest gradient (global norm) that is used in full; 0: no limit."
    )
    label_smoothing: float = setting(
        0.0, ge=0.0, le=0.5, folded=True,
        help="Share of the truth that is spread over all characters, with attention only. 0.1 keeps a reader from "
        "being too sure. The plotted loss is without it.",
    )  # fmt: skip
    language: float = setting(
        0.6, ge=0.0, le=1.0, folded=True,
        help="How much the reader prefers texts like those it learned from where an image leaves a doubt, with ctc "
        "only; 0: not at all. Lower it for texts that follow no rule, such as serial numbers.",
    )  # fmt: skip
    augment: float = setting(
        0.0, ge=0.0, le=1.0, folded=True,
        help="How strongly training images are bent, blurred, shaded and recoloured anew each time; 0: not at all.",
    )  # fmt: skip
    patience: int = setting(
        0, unit="validations", ge=0, le=10_000, folded=True,
        help="End the run after so many validations without a better one; 0: learn to the end.",
    )  # fmt: skip
    halve_batch: bool = setting(
        False, folded=True, help="If memory runs out, try once more with half the images a step."
    )
    start_from: str | None = setting(
        None, folded=True, pattern=_ID,
        help="Id of a run whose best weights this one begins with (fine-tuning). Its reader must be built the same.",
    )  # fmt: skip
    charset: CharsetPolicy = setting(
        "extend", folded=True,
        help="When fine-tuning: same keeps the run's characters, extend adds the data's, replace takes the data's "
        "alone. What is known of a character is kept.",
    )  # fmt: skip
    freeze_encoder: bool = setting(
        False, folded=True, help="When fine-tuning: leave the part that sees as it is, and teach only what writes."
    )
    evaluate_every: int = setting(
        0, unit="steps", ge=0, le=1_000_000, folded=True,
        help="Steps between two readings of the validation images; 0: twelve times a run.",
    )  # fmt: skip
    validation_images: int = setting(
        500, unit="images", ge=1, le=100_000, folded=True,
        help="Images read at most at each validation, of each dataset; the same ones for the whole run.",
    )  # fmt: skip
    checkpoint_minutes: float = setting(
        2.0, unit="min", ge=0.0, le=240, folded=True,
        help="Work that a killed run may lose at most. There is a checkpoint after each validation anyway.",
    )  # fmt: skip
    seed: int = setting(0, ge=0, le=2**31 - 1, folded=True, help="Start of all random numbers of the run.")
    device: str = setting(
        "auto",
        pattern=PATTERN,
        help="Where to learn: auto (a GPU if there is one), cpu, gpu:0, or gpu:0,1 to share each batch among two.",
    )
    precision: Precision = setting(
        "auto", folded=True, help="Numbers of the network: bfloat16 is faster where the device has it (auto)."
    )

    @model_validator(mode="after")
    def _ends_some_time(self) -> Self:
        if self.minutes is None and self.epochs is None:
            raise ValueError("Both minutes and epochs are empty, so the run would never end. Give one of them")
        return self

    @model_validator(mode="after")
    def _shares_evenly(self) -> Self:
        gpus = gpu_numbers(self.device)
        if gpus != tuple(sorted(set(gpus))):
            raise ValueError(f"device {self.device}: name each GPU once, in ascending order, such as gpu:0,1")
        if self.batch % self.sharers:
            raise ValueError(
                f"batch {self.batch} cannot be shared evenly among {self.sharers} GPUs. Make it a multiple of "
                f"{self.sharers}, such as {-(-self.batch // self.sharers) * self.sharers}"
            )
        return self

    @property
    def sharers(self) -> int:
        """How many devices share each batch."""
        return max(1, len(gpu_numbers(self.device)))

    @property
    def datasets(self) -> tuple[str, ...]:
        """The ids of all datasets that the run reads, each once, the main one first."""
        more = (portion.dataset for portion in self.mix)
        others = (*filter(None, [self.validate_on]), *self.watch_on, *self.test_on)
        return tuple(dict.fromkeys([self.dataset, *more, *others]))
