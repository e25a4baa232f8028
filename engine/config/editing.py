"""The config of one edit, of words or of scenes: what is corrected and what left out. This module opens no dataset."""

import math
from collections import Counter
from typing import Self

from pydantic import model_validator

from engine.config.base import Config, setting

_MOST = 1_000_000
_MOST_SAMPLES = 2**31  # of one dataset


class Correction(Config):
    """The corrected label of one sample."""

    sample: int = setting(ge=0, le=_MOST_SAMPLES, help="Number of the sample in the dataset, from 0.")
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
            raise ValueError(f"Sample {sample} is named {times} times; correct it once, or remove it once")
        if min(named) < 0:
            raise ValueError(f"There is no sample {min(named)}; samples are numbered from 0. Name one of these")
        return self


class RegionEdit(Config):
    """A change of one region of a scene; what is not given stays as it is."""

    scene: int = setting(ge=0, le=_MOST_SAMPLES, help="Number of the scene in the dataset, from 0.")
    region: int = setting(ge=0, le=_MOST_SAMPLES, help="Number of the region in its scene, from 0.")
    remove: bool = setting(False, help="Leave the region out.")
    ignore: bool | None = setting(None, help="Whether the region is one that does not count.")
    text: str | None = setting(None, max_length=1000, help="What it says; nothing where nobody can tell.")
    polygon: tuple[tuple[float, float], ...] | None = setting(
        None, min_length=3, max_length=2000, unit="px", help="Its corners, x and y each; they are cut at the edges."
    )

    @model_validator(mode="after")
    def _one_change(self) -> Self:
        changes = (self.ignore, self.text, self.polygon)
        if self.remove and any(change is not None for change in changes):
            raise ValueError(f"Region {self.region} of scene {self.scene} is both removed and changed; do one of them")
        if not self.remove and all(change is None for change in changes):
            raise ValueError(f"Nothing of region {self.region} of scene {self.scene} would change; give what should")
        if self.polygon is not None and not all(math.isfinite(value) for corner in self.polygon for value in corner):
            raise ValueError(f"A corner of region {self.region} of scene {self.scene} is no number; give x and y in px")
        return self


class SceneEditConfig(Config):
    """A new version of a dataset of scenes: some regions changed, some left out. The dataset itself stays as it is."""

    dataset: str = setting(pattern=r"^[0-9a-z]{26}$", help="Id of the dataset of which a new version is made.")
    regions: tuple[RegionEdit, ...] = setting((), max_length=_MOST, help="What changes of single regions.")
    removals: tuple[int, ...] = setting((), max_length=_MOST, help="Numbers of the scenes to be left out.")

    @model_validator(mode="after")
    def _one_edit_a_region(self) -> Self:
        if not self.regions and not self.removals:
            raise ValueError("Neither changes of regions nor removals are given, so nothing would change. Give one")
        for (scene, region), times in Counter((edit.scene, edit.region) for edit in self.regions).items():
            if times > 1:
                raise ValueError(f"Region {region} of scene {scene} is named {times} times; say all its changes once")
        if self.removals and min(self.removals) < 0:
            raise ValueError(f"There is no scene {min(self.removals)}; scenes are numbered from 0. Name one of these")
        both = set(self.removals).intersection(edit.scene for edit in self.regions)
        if both:
            raise ValueError(f"Scene {min(both)} is left out, so its regions cannot change; do one of them")
        return self
