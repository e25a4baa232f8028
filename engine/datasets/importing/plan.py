"""The shards of an import: planned from its accepted images, kept of an earlier start, and filled with copies."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Generic, NamedTuple, Protocol, TypeVar

from engine.config.generate import Split
from engine.datasets.shards import ShardName, keep_shards
from engine.datasets.splits import SPLITS
from engine.errors import ImageError, SourceError
from engine.files import require_space
from engine.images.encode import encode_for_storage
from engine.images.look import Look
from engine.jobs.context import JobContext

_SHARD_IMAGES = 500
_SHARD_BYTES = 200_000_000  # of pixels
_SPACE_FACTOR = 1.5  # of the source's size, to be free before copying


class Planned(Protocol):
    """An accepted image of an import."""

    @property
    def name(self) -> str:
        """Its name in the source."""
        ...

    @property
    def split(self) -> Split:
        """The split it is imported into."""
        ...

    @property
    def look(self) -> Look:
        """The part of it that was seen."""
        ...


AnyImage = TypeVar("AnyImage", bound=Planned)


class ShardPlan(NamedTuple, Generic[AnyImage]):
    """One shard: its name, the number of its first sample, and its images."""

    name: ShardName
    first: int
    images: list[AnyImage]


class ImageCopy(NamedTuple, Generic[AnyImage]):
    """An image as it is to be stored: its number, what it is, its encoded bytes, and its size in px."""

    index: int
    image: AnyImage
    content: bytes
    width: int
    height: int


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
) -> bool:
    """Keep the shards of an earlier start if their plans were the same; otherwise delete them and return True.

    Args:
        folder: the job's folder.
        plans: the shards to be.
        content: all that decides what is stored of an image; its `repr` must tell it apart.
    """
    digest = hashlib.sha256()
    for plan in plans:
        for image in plan.images:
            digest.update(repr((plan.name, *content(image))).encode())
    return keep_shards(folder, digest.hexdigest())


def prepare_shards(
    job: JobContext, accepted: Sequence[AnyImage], unit: str, content: Callable[[AnyImage], tuple[object, ...]]
) -> list[ShardPlan[AnyImage]]:
    """Make sure that a job's folder has room for images, and plan their shards; see `keep_finished_shards`.

    Raises:
        SpaceError: the disk is, or would be, full.
    """
    needed = sum(image.look.bytes for image in accepted) * _SPACE_FACTOR
    require_space(job.folder, needed, f"{len(accepted):,} {unit} need")
    plans = plan_shards(accepted)
    if keep_finished_shards(job.folder, plans, content):
        job.event("note", None, text="The source changed since this import began, so it starts over.")
    return plans


def copies(
    job: JobContext, plan: ShardPlan[AnyImage], read: Callable[[AnyImage], bytes], total: int, unit: str
) -> Iterator[ImageCopy[AnyImage]]:
    """Yield the images of a shard as they are to be stored, and report each of `total`.

    Raises:
        SourceError: an image is not what was scanned.
        Stopped: the user asked.
    """
    for index, image in enumerate(plan.images, plan.first):
        job.advance(index, total, unit)
        try:
            content, pixels = encode_for_storage(read(image), image.look.digest)
        except (OSError, ValueError, ImageError) as error:
            raise SourceError(f"{image.name!r} changed during the import ({error}). Resume to start over.") from None
        yield ImageCopy(index, image, content, *pixels.size)


def _portions(images: list[AnyImage]) -> Iterator[list[AnyImage]]:
    """Divide images into portions that fit in memory."""
    portion: list[AnyImage] = []
    size = 0
    for image in images:
        pixels = image.look.width * image.look.height * 3
        if portion and (len(portion) == _SHARD_IMAGES or size + pixels > _SHARD_BYTES):
            yield portion
            portion, size = [], 0
        portion.append(image)
        size += pixels
    if portion:
        yield portion
