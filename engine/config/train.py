"""Configs of training runs, of readers and of locators; see `presets` for named starting points."""

from typing import Annotated, Any, Literal

from engine.config.base import setting
from engine.config.distributions import FloatSpan, Within
from engine.config.locator import LocatorConfig
from engine.config.reader import ReaderConfig
from engine.config.run import Optimiser, RunConfig

Unfit = Literal["refuse", "skip"]
CharsetPolicy = Literal["same", "extend", "replace"]
Loss = Literal["bce", "dice", "both"]
Negatives = Literal["all", "hard"]


class TrainConfig(RunConfig):
    """One run of a reader."""

    unfit: Unfit = setting(
        "refuse",
        folded=True,
        help="Samples with a longer label than the reader writes, or characters outside its charset: refuse the run, "
        "or skip them and count.",
    )
    reader: ReaderConfig = setting(ReaderConfig(), help="The network: encoder, decoder and sizes.")
    label_smoothing: float = setting(
        0.0,
        ge=0.0,
        le=0.5,
        folded=True,
        help="Label smoothing, with attention only. 0.1 keeps a reader from being overconfident. The plotted loss is "
        "without it.",
    )
    language: float | None = setting(
        None,
        ge=0.0,
        le=1.0,
        folded=True,
        help="Weight of likely texts, those like the training data's, where an image is ambiguous, with ctc only. "
        "Empty: chosen on the validation images; let these show such texts as you will read. 0: by the image alone.",
    )
    charset: CharsetPolicy = setting(
        "extend",
        folded=True,
        help="When fine-tuning: same keeps the run's characters, extend adds those of the data, replace takes only "
        "those. Weights of characters that both have are kept.",
    )
    freeze_encoder: bool = setting(
        False, folded=True, help="When fine-tuning: keep the encoder's weights and train only the decoder."
    )

    @property
    def validation_choice(self) -> tuple[Any, ...]:
        """Settings that choose the validation images, those among them that decide which samples are skipped."""
        chosen = super().validation_choice
        if self.unfit == "refuse":
            return chosen
        return (*chosen, self.reader.max_length, self.charset, self.start_from, self.learned)


class TrainLocatorConfig(RunConfig):
    """One run of a locator."""

    locator: LocatorConfig = setting(LocatorConfig(), help="The network, and how it sees a photo.")
    minutes: float | None = setting(
        20.0,
        unit="min",
        ge=0.1,
        le=20_160,
        help="Time for the whole run: start, training, validation and export. Empty: as long as the epochs take.",
    )
    batch: int = setting(4, unit="images", ge=1, le=2048, help="Pieces of scenes per step.")
    learning_rate: float = setting(
        2e-3, gt=0, le=10, help="Highest learning rate of the schedule. 0.002 suits muon and adamw, 0.05 sgd."
    )
    optimiser: Optimiser = setting(
        "muon",
        folded=True,
        help="The optimiser. muon learns most from each piece; adamw is the usual one; sgd is the second system's.",
    )
    validation_images: int = setting(
        60, unit="images", ge=1, le=100_000, folded=True, help="Scenes per validation and dataset at most."
    )
    loss: Loss = setting(
        "both",
        folded=True,
        help="bce: binary cross-entropy of each pixel. dice: overlap of the areas. both: their sum.",
    )
    negatives: Negatives = setting(
        "all",
        folded=True,
        help="Pixels without text in the cross-entropy: all of them, or the hard ones of each batch, three for each "
        "pixel with text.",
    )
    average: float = setting(
        0.998,
        ge=0.0,
        lt=1.0,
        folded=True,
        help="Share of the running mean of the weights that a step keeps; validations and exports take the mean. 0: "
        "none.",
    )
    crop: int = setting(
        512, unit="px", ge=64, le=2048, multiple_of=32, folded=True, help="Side of the pieces that are learned from."
    )
    zoom: Annotated[FloatSpan, Within(0.1, 4, whole=False)] = setting(
        (0.6, 2.0), folded=True, help="Scales at which pieces are cut out of scenes, equally likely by octave."
    )
    augment: float = setting(
        0.5, ge=0.0, le=1.0, folded=True, help="Strength of augmentation: pieces are turned, recoloured and blurred."
    )
    first: int = setting(
        0,
        unit="scenes",
        ge=0,
        le=10_000_000,
        folded=True,
        zero="all",
        help="Learn only from so many training scenes of the dataset, the first ones; 0: from all.",
    )
