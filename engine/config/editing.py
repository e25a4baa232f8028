"""The config of one edit: dataset, corrected labels and removed samples. This module opens no dataset."""

from collections import Counter
from typing import Self

from pydantic import model_validator

from engine.config.base import Config, setting

_MOST = 1_000_000


class Correction(Config):
    """The corrected label of one sample."""

    sample: int = setting(ge=0, help="Number of the sample in the dataset, from 0.")
    label: str = setting(
        min_length=1, max_length=1000, help="The text that its image shows; control characters go, as in an import."
    )


class EditConfig(Config):
    """A new version of a dataset: some labels corrected, some samples left out. The dataset itself stays as it is."""

    dataset: str = setting(pattern=r"^[0-9a-z]{26}$", help="Id of the dataset of which a new version is made.")
    corrections: tuple[Correction, ...] = setting((), max_length=_MOST, help="Labels to be corrected, one a sample.")
    removals: tuple[int, ...] = setting((), max_length=_MOST, help="Numbers of the samples to be left out.")

    @model_validator(mode="after")
    def _one_edit_a_sample(self) -> Self:
        if not self.corrections and not self.removals:
            raise ValueError("Neither corrections nor removals are given, so nothing would change. Give one at least")
        named = Counter([*(correction.sample for correction in self.corrections), *self.removals])
        sample, times = named.most_common(1)[0]
        if times > 1:
            raise ValueError(f"Sample {sample} is named {times} times; it can be corrected once or removed once")
        if min(named) < 0:
            raise ValueError(f"There is no sample {min(named)}; samples are numbered from 0")
        return self
