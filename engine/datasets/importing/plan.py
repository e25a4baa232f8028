"""The shards of an import, planned from its accepted images, and those kept of an earlier start with the same plan."""

import hashlib
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Generic, NamedTuple, Protocol, TypeVar

from engine.config.generate import Split
from engine.datasets.shards import ShardName, sweep
from engine.datasets.splits import SPLITS
from engine.files import read_json, write_json
from engine.jobs import paths

_SHARD_IMAGES = 500
_SHARD_BYTES = 200_000_000  # of pixels


class Planned(Protocol):
    """An accepted image of an import: its split and its size."""

    @property
    def split(self) -> Split:
        """The split it is imported into."""
        ...

    @property
    def pixels(self) -> int:
        """Width times height."""
        ...


AnyImage = TypeVar("AnyImage", bound=Planned)


class ShardPlan(NamedTuple, Generic[AnyImage]):
    """One shard: its name, the number of its first sample, and its images."""

    name: ShardName
    first: int
    images: list[AnyImage]


def plan_shards(accepted: Sequence[AnyImage]) -> list[ShardPlan[AnyImage]]:
    """Distribute images over shards; samples are numbered split by split."""
    plans: list[ShardPlan[AnyImage]] = []
    first = 0
    for split in SPLITS:
        images = [image for image in accepted if image.split == split]
        for number, portion in enumerate(_portions(images)):
            plans.append(ShardPlan(ShardName(split, number), first, portion))
            first += len(portion)
    return plans


def keep_finished_shards(
    folder: Path, plans: Sequence[ShardPlan[AnyImage]], content: Callable[[AnyImage], tuple[object, ...]]
) -> None:
    """Keep the shards of an earlier start if their plans were the same; otherwise delete them.

    Args:
        folder: the job's folder.
        plans: the shards to be.
        content: all that decides what is stored of an image; its `repr` must tell it apart.
    """
    digest = hashlib.sha256()
    for plan in plans:
        for image in plan.images:
            digest.update(repr((plan.name, *content(image))).encode())
    stored = {"digest": digest.hexdigest()}
    path = folder / paths.IMPORT_PLAN
    if path.is_file() and read_json(path) == stored:
        sweep(folder)
        return
    for part in (paths.SHARDS, paths.PARTS):
        shutil.rmtree(folder / part, ignore_errors=True)
    write_json(path, stored)


def _portions(images: list[AnyImage]) -> Iterator[list[AnyImage]]:
    """Divide images into portions that fit in memory."""
    portion: list[AnyImage] = []
    size = 0
    for image in images:
        pixels = image.pixels * 3
        if portion and (len(portion) == _SHARD_IMAGES or size + pixels > _SHARD_BYTES):
            yield portion
            portion, size = [], 0
        portion.append(image)
        size += pixels
    if portion:
        yield portion
