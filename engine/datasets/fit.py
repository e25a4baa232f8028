"""Fit of a reader's input to a dataset: images that it squeezes, and texts for which they leave too few time steps.

Arithmetic on sizes and labels alone, so that a page can tell it before a run while settings move; opens no image.
Legend: S samples.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.config.reader import ReaderConfig, time_steps_needed
from engine.formatting import count, decimal

_NARROWER = 1.25  # times as wide as the reader sees: letters clearly narrower than those that it learns most from
_MANY = 0.01  # share of images so wide, or of texts without room, from which they matter
_COVERED = 99.5  # per cent of images that a width should hold unsqueezed
_BOUNDS = {
    name: {type(rule).__name__: rule for rule in field.metadata} for name, field in ReaderConfig.model_fields.items()
}


@dataclass(frozen=True)
class TextNeeds:
    """Needs of S samples: px of width for one of height, time steps, and characters; float (S,) and int (S,)."""

    aspects: npt.NDArray[np.float64]
    steps: npt.NDArray[np.int64]
    characters: npt.NDArray[np.int64]


@dataclass(frozen=True)
class ReaderFit:
    """Fit of a reader to S samples.

    Attributes:
        images: S.
        squeezed: images that are wider, at the reader's height, than it sees.
        widest: px that the widest has at this height.
        cramped: images whose width leaves CTC fewer time steps than their texts need, as they are read.
        severe: whether so many are squeezed much, or cramped, that the reader is worse for it.
        remedy: settings of the reader that mend it, those that differ; empty where none would.
    """

    images: int
    squeezed: int
    widest: int
    cramped: int
    severe: bool
    remedy: dict[str, int]

    def sentences(self, reader: ReaderConfig) -> list[str]:
        """Return what happens to images and texts that do not fit, and why; none where all fit."""
        told = []
        if self.squeezed:
            times = decimal(self.widest / reader.max_width, 2)
            are = "is" if self.squeezed == 1 else "are"
            told.append(
                f"{count(self.squeezed)} of {count(self.images, 'images')} {are} wider than the "
                f"{count(reader.max_width)} px that the reader sees, up to {times} times: squeezed to that width, in "
                "training and in reading, their letters become narrow."
            )
        if self.cramped:
            told.append(
                f"{count(self.cramped)} of {count(self.images, 'texts')} have no room in their images: at a height of "
                f"{reader.height} px each character takes {reader.stride} px of width, and twice that after its like. "
                "Training pads such images; in reading the ends of their texts are missing."
            )
        return told


def text_needs(frame: pd.DataFrame) -> TextNeeds:
    """Return the needs of the rows of a dataset's table."""
    return TextNeeds(
        (frame["width"] / frame["height"]).to_numpy(np.float64),
        np.array([time_steps_needed(text) for text in frame["label"]], np.int64),
        np.array([len(text) for text in frame["label"]], np.int64),
    )


def reader_fit(needs: TextNeeds, reader: ReaderConfig) -> ReaderFit:
    """Return how a reader fits samples, at least one."""
    natural = np.rint(needs.aspects * reader.height)
    cramped = _cramped(needs, reader)
    widest = int(natural.max())
    squeezed = int((natural > reader.max_width).sum())
    much = int((natural > _NARROWER * reader.max_width).sum())
    severe = max(much, cramped) > _MANY * len(natural)
    return ReaderFit(len(natural), squeezed, widest, cramped, severe, _remedy(needs, reader, cramped))


def _cramped(needs: TextNeeds, reader: ReaderConfig) -> int:
    if reader.decoder != "ctc":
        return 0
    widths = reader.preprocessing.prepared_widths(needs.aspects, np.array(1.0))
    return int((needs.steps > np.ceil(widths / reader.stride)).sum())


def _remedy(needs: TextNeeds, reader: ReaderConfig, cramped: int) -> dict[str, int]:
    """Return the settings that hold nearly all samples: the length, then the height that gives room, then the width."""
    length = max(reader.max_length, min(int(needs.characters.max()), _most("max_length")))
    best = reader.height
    if cramped > _MANY * len(needs.steps):
        heights = range(reader.height, _most("height") + 1, 8)
        sized = {height: _cramped(needs, _with(reader, height, _most("max_width"), length)) for height in heights}
        best = min(sized, key=lambda height: (sized[height], height))
    wanted = max(float(np.percentile(needs.aspects * best, _COVERED)), reader.max_width)
    if reader.decoder == "ctc":
        wanted = max(wanted, time_steps_needed("a" * length) * reader.stride)
    width = min(16 * math.ceil(wanted / 16), _most("max_width"))
    found = {"max_length": length, "height": best, "max_width": width}
    return {name: value for name, value in found.items() if value != getattr(reader, name)}


def _with(reader: ReaderConfig, height: int, max_width: int, max_length: int) -> ReaderConfig:
    return reader.model_copy(update={"height": height, "max_width": max_width, "max_length": max_length})


def _most(name: str) -> int:
    """Return the largest value of a setting of readers."""
    return int(_BOUNDS[name]["Le"].le)
