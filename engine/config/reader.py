"""Config of a reader: encoder, decoder, input size and longest text.

The arithmetic that data, networks and forms share (time steps of a width, widths a label needs) lives here, once. This
module builds no network, knows no charset and opens no image.
"""

import itertools
from typing import TYPE_CHECKING, Literal, Self

from pydantic import model_validator

from engine.config.base import Config, setting

if TYPE_CHECKING:
    from glyphlab_read.reading.preprocess import Preprocessing

Encoder = Literal["light", "cnn8", "residual", "resnet50", "densenet121", "transformer"]
Decoder = Literal["ctc", "attention"]
Pretrained = Literal["try", "must", "off"]

# Pixels of image width that become one time step.
STRIDES: dict[Encoder, int] = {
    "light": 4,
    "cnn8": 4,
    "residual": 4,
    "resnet50": 4,
    "densenet121": 4,
    "transformer": 4,
}

PRETRAINED: frozenset[Encoder] = frozenset({"resnet50", "densenet121"})
"""Encoders with ImageNet weights to download."""


_MULTIPLE = 32  # px; a network sees few widths, and each image the same padding in training and in reading

LONGEST_TEXT = 128
"""Characters that a reader writes at most: two time steps for each, and the most pixels of width."""


class ReaderConfig(Config):
    """Encoder, decoder and sizes of one reader; any encoder goes with any decoder."""

    encoder: Encoder = setting(
        "light",
        help="The part that sees. light: small, made for CPUs. cnn8: aocr's. residual: a variant of it. resnet50, "
        "densenet121: their first half, from ImageNet's weights, which a run downloads once. transformer: attention "
        "between columns.",
    )
    decoder: Decoder = setting(
        "ctc",
        help="The part that writes. ctc: all characters at once, fast. attention: one after the other, as aocr does.",
    )
    height: int = setting(32, unit="px", ge=16, le=96, multiple_of=8, help="Every image is scaled to this height.")
    widen_below: int = setting(
        0,
        unit="px",
        ge=0,
        le=512,
        multiple_of=16,
        folded=True,
        help="Images narrower than this (after scaling) are widened half-way to it, in proportion: with 128, those of "
        "32 px to 64. Narrow and steep words get more time steps so. 0: all keep their shape.",
    )
    max_width: int = setting(
        320, unit="px", ge=32, le=1024, multiple_of=16, help="Wider images (after scaling) are squeezed to this width."
    )
    colour: bool = setting(
        True,
        folded=True,
        help="Use colours, so that letters that differ from their background in hue only can be read. Off: brightness "
        "only, as aocr does.",
    )
    max_length: int = setting(
        32,
        unit="characters",
        ge=1,
        le=LONGEST_TEXT,
        help="The longest text the reader can write; longer labels are refused.",
    )
    recurrent: int = setting(
        0,
        unit="units",
        ge=0,
        le=512,
        folded=True,
        help="Units per direction of a bidirectional LSTM on top of the encoder; 0: none. aocr has 256.",
    )
    scale: float = setting(
        1.0,
        ge=0.125,
        le=4.0,
        folded=True,
        help="Factor of the channels of every layer of the encoder: more learn more and take longer.",
    )
    dropout: float = setting(
        0.1,
        ge=0.0,
        le=0.8,
        folded=True,
        help="Dropout: share of the encoder's features set to zero at random in training.",
    )
    pretrained: Pretrained = setting(
        "try",
        folded=True,
        help="Start resnet50 and densenet121 from ImageNet weights, downloaded once (94 and 29 MB). try: start from "
        "random ones if the download fails. must: do not start then. off: random ones.",
    )

    @model_validator(mode="after")
    def _enough_time_steps(self) -> Self:
        worst = time_steps_needed("a" * self.max_length)
        if self.decoder == "ctc" and self.time_steps < worst:
            raise ValueError(
                f"A text of max_length {self.max_length} may need {worst} time steps and max_width {self.max_width} "
                f"gives {self.time_steps} (one each {self.stride} px). Raise max_width to {worst * self.stride} or "
                "lower max_length"
            )
        return self

    @model_validator(mode="after")
    def _weights_that_there_are(self) -> Self:
        if self.pretrained == "must" and (self.encoder not in PRETRAINED or self.scale != 1.0):
            raise ValueError(
                f"There are no ImageNet weights for the encoder {self.encoder} at scale {self.scale:g}, only for "
                f"{' and '.join(sorted(PRETRAINED))} at scale 1. Set pretrained to try, or choose one of these"
            )
        return self

    @property
    def stride(self) -> int:
        """Pixels of width that become one time step."""
        return STRIDES[self.encoder]

    @property
    def channels(self) -> Literal[1, 3]:
        """Channels C of the image."""
        return 3 if self.colour else 1

    @property
    def preprocessing(self) -> "Preprocessing":
        """The preparation of images, in training and in the bundles."""
        from glyphlab_read.reading.preprocess import Preprocessing  # lists of jobs do without NumPy

        return Preprocessing(
            height=self.height,
            max_width=self.max_width,
            widen_below=self.widen_below,
            multiple=_MULTIPLE,
            channels=self.channels,
        )

    @property
    def time_steps(self) -> int:
        """Time steps T of the widest image."""
        return self.time_steps_at(self.max_width)

    def time_steps_at(self, width: int) -> int:
        """Return the time steps T of an image batch that is `width` px wide (padding included)."""
        return -(-width // self.stride)

    def width_for(self, text: str) -> int:
        """Return the least width in px whose time steps are enough to write `text`; 0 where any width is.

        Narrow images of long texts are padded to it: CTC cannot write more than one character a time step.
        """
        return time_steps_needed(text) * self.stride if self.decoder == "ctc" else 0


def time_steps_needed(text: str) -> int:
    """Return the shortest CTC path of `text`: a step for each character, and a blank between two equal neighbours."""
    return len(text) + sum(left == right for left, right in itertools.pairwise(text))
