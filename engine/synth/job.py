"""The work of a generate job: draw the dataset of a config in the job's folder.

A generation that was stopped or killed goes on with the shards it lacks. This module defines no format
(`engine.datasets` does).
"""

import functools
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from engine.config.generate import GenerateConfig
from engine.datasets.shards import StoredSample, assemble, write_shard
from engine.datasets.splits import split_of
from engine.datasets.summary import is_complete, sum_up
from engine.datasets.tfrecord import ImageRecord
from engine.files import require_space
from engine.jobs.context import JobContext
from engine.synth.asset_resolver import AssetResolver
from engine.synth.encoding import encode
from engine.synth.pool import GenerationPlan, draw_missing, plan_shards
from engine.synth.preview import estimate
from engine.synth.renderer import renderer
from engine.synth.samples import draw_sample
from engine.workspace import Workspace

SHARD_IMAGES = 500
"""Images of a shard: a few seconds of drawing, which is what a stop or a crash costs."""

_ROOM = 1.1  # of the expected size, to be free before we begin


def work(config: GenerateConfig, job: JobContext) -> None:
    """Make the dataset of a config in the folder of a job.

    Raises:
        ConfigError: the recipe cannot be drawn.
        SpaceError: the disk is, or would be, full.
        Stopped: the user asked; finished shards are kept.
        DatasetError, JobError: the result fails its own check, or a drawing process was killed.
    """
    rate = None if job.resuming and is_complete(job.folder) else _make(config, job)
    sum_up(job, images_per_second=rate)


def _make(config: GenerateConfig, job: JobContext) -> float:
    """Draw the shards that are missing, write the manifest, and return the images drawn a second."""
    plans = plan_shards(config.counts, SHARD_IMAGES)
    drawer = WordShards(config, job.folder, job.workspace)
    rate = draw_missing(job, drawer, plans, config, functools.partial(_check_room, config, job))
    job.phase("writing the manifest")
    assemble(job.folder, [plan.name for plan in plans], "synthetic", config.recipe.plain(), config.seed)
    return rate


def _check_room(config: GenerateConfig, job: JobContext, images: int) -> None:
    """Raise SpaceError if the disk has no room for the images, or ConfigError if the recipe cannot be drawn."""
    needed = estimate(config.recipe, images, config.quality, config.format, workspace=job.workspace).bytes * _ROOM
    require_space(job.folder, needed, f"{images:,} images need", "Make fewer")


@dataclass(frozen=True)
class WordShards:
    """Draws shards of words; see `ShardDrawer`."""

    config: GenerateConfig
    folder: Path
    workspace: Workspace | None

    def draw(self, plan: GenerationPlan, after: Callable[[], None]) -> None:
        """Draw a shard and write it. Raises ConfigError and SpaceError."""
        dropped: Counter[str] = Counter()
        write_shard(self.folder, plan.name, self._samples(plan, dropped, after), dropped, (renderer(),))

    def _samples(
        self, plan: GenerationPlan, dropped: Counter[str], after: Callable[[], None]
    ) -> Iterator[StoredSample]:
        config, assets = self.config, _assets(self.workspace)

        def accepts(text: str) -> bool:
            return split_of(text, config.validation, config.test) == plan.name.split

        for index in range(plan.first, plan.first + plan.count):
            sample = draw_sample(config.recipe, config.seed, index, accepts, assets)
            dropped.update(sample.dropped)
            content = encode(sample.image, config.format, config.quality)
            record = ImageRecord(content, sample.label, sample.factors["font"])
            yield StoredSample(index, record, *sample.image.size, sample.factors)
            after()


@functools.cache
def _assets(workspace: Workspace | None) -> AssetResolver:
    """Return the process's resolver, which caches what it found from shard to shard."""
    return AssetResolver(workspace)
