"""Datasets of given samples, written by the project's own shards, for tests that need odd ones."""

import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from PIL import Image

from engine.config.generate import Split
from engine.datasets import Dataset, open_dataset
from engine.datasets.shards import ShardName, StoredSample, assemble, write_shard
from engine.datasets.splits import SPLITS
from engine.datasets.tfrecord import ImageRecord


@dataclass(frozen=True)
class Drawn:
    """One sample to be written: `shade` is the grey of all its pixels."""

    label: str
    split: Split = "train"
    shade: int = 200
    width: int = 20
    format: Literal["PNG", "JPEG"] = "PNG"
    factors: dict[str, Any] = field(default_factory=dict)

    def stored(self, index: int) -> StoredSample:
        content = io.BytesIO()
        Image.new("RGB", (self.width, 16), (self.shade,) * 3).save(content, self.format)
        return StoredSample(
            index, ImageRecord(content.getvalue(), self.label, f"no. {index}"), self.width, 16, self.factors
        )


def write_dataset(folder: Path, samples: Sequence[Drawn], *, kind: str = "imported", shard: int = 4) -> Dataset:
    """Write samples, numbered in the order of their splits, `shard` to a shard, and open the dataset."""
    folder.mkdir(parents=True, exist_ok=True)
    ordered = sorted(samples, key=lambda sample: SPLITS.index(sample.split))
    stored = [(sample.split, sample.stored(index)) for index, sample in enumerate(ordered)]
    names = []
    for split in SPLITS:
        own = [each for side, each in stored if side == split]
        for number, start in enumerate(range(0, len(own), shard)):
            names.append(ShardName(split, number))
            write_shard(folder, names[-1], own[start : start + shard], Counter())
    assemble(folder, names, kind, {}, 0)
    return open_dataset(folder)
