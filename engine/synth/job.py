"""The work of a generate job: draw the dataset of a config in the job's folder.

A generation that was stopped or killed goes on with the shards it lacks. This module draws nothing itself (pool.py
does) and defines no format (`engine.datasets` does).
"""

import os
import time

from engine.config.generate import GenerateConfig
from engine.datasets.dataset import open_dataset
from engine.datasets.shards import ShardName, assemble, read_part, sweep
from engine.datasets.splits import SPLITS
from engine.datasets.summary import is_complete, summarize
from engine.files import require_space
from engine.jobs.context import JobContext, Stopped
from engine.synth.pool import GenerationPlan, draw_shards
from engine.synth.preview import estimate

_SHARD_IMAGES = 500  # a few seconds of drawing, which is what a stop or a crash costs
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
    job.summary(**summarize(open_dataset(job.folder)), seconds=round(job.seconds, 3), images_per_second=rate)


def _make(config: GenerateConfig, job: JobContext) -> float:
    """Draw the shards that are missing, write the manifest, and return the images drawn a second."""
    plans = plan_shards(config)
    sweep(job.folder)
    missing = [plan for plan in plans if read_part(job.folder, plan.name) is None]
    images = sum(plan.count for plan in missing)
    job.phase("preparing")
    seconds = _draw(config, job, missing)
    job.phase("writing the manifest")
    assemble(job.folder, [plan.name for plan in plans], "synthetic", config.recipe.plain(), config.seed)
    return round(images / seconds, 1)


def plan_shards(config: GenerateConfig) -> list[GenerationPlan]:
    """Return the shards of a dataset; samples are numbered through the splits in their order."""
    plans, first = [], 0
    for split in SPLITS:
        end = first + config.counts[split]
        starts = range(first, end, _SHARD_IMAGES)
        plans += [
            GenerationPlan(ShardName(split, number), start, min(_SHARD_IMAGES, end - start))
            for number, start in enumerate(starts)
        ]
        first = end
    return plans


def _draw(config: GenerateConfig, job: JobContext, missing: list[GenerationPlan]) -> float:
    """Draw the missing shards, once the disk has room for them, and return the seconds of the drawing alone."""
    images = sum(plan.count for plan in missing)
    done = config.images - images
    began = time.monotonic()

    def prepare() -> None:
        nonlocal began
        _check_room(config, job, images)
        job.phase("drawing")
        began = time.monotonic()

    def watch(drawn: int) -> bool:
        job.progress(done + drawn, config.images, "images")
        return job.stop_requested()

    processes = config.processes or len(os.sched_getaffinity(0))
    if missing and not draw_shards(config, job.folder, missing, watch, processes, job.workspace, prepare):
        raise Stopped
    return time.monotonic() - began


def _check_room(config: GenerateConfig, job: JobContext, images: int) -> None:
    """Raise SpaceError if the disk has no room for the images, or ConfigError if the recipe cannot be drawn."""
    needed = estimate(config.recipe, images, config.quality, config.format, workspace=job.workspace).bytes * _ROOM
    require_space(job.folder, needed, f"{images:,} images need", "Make fewer")
