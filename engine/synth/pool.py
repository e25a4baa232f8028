"""Process pool that draws the shards of a dataset, each shard in one process.

Processes are spawned rather than forked, so they inherit no lock of the job, and die with their parent even when it is
killed. A shard is the same whichever process draws it. Progress and stop requests go through shared memory.
"""

import multiprocessing
import os
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any, NamedTuple

from engine.config.generate import GenerateConfig
from engine.datasets.shards import ShardName, StoredSample, write_shard
from engine.datasets.splits import split_of
from engine.datasets.tfrecord import ImageRecord
from engine.errors import JobError
from engine.processes import die_with
from engine.synth.asset_resolver import AssetResolver
from engine.synth.encoding import encode
from engine.synth.samples import draw_sample
from engine.workspace import Workspace

_POLL_SECONDS = 0.1


class GenerationPlan(NamedTuple):
    """One shard to be drawn: its name, the number of its first sample, and its number of samples."""

    name: ShardName
    first: int
    count: int


class _StopDrawing(Exception):
    """Raised inside a drawing process to leave a shard unwritten."""


def draw_shards(
    config: GenerateConfig,
    folder: Path,
    plans: list[GenerationPlan],
    watch: Callable[[int], bool],
    processes: int,
    workspace: Workspace | None = None,
    meanwhile: Callable[[], None] = lambda: None,
) -> bool:
    """Draw and write shards, in any order.

    Args:
        config: recipe, seed, splits and format.
        folder: the dataset's folder.
        plans: the shards.
        watch: called about ten times a second with the number of images drawn so far; True stops.
        processes: number of drawing processes, at most one per shard.
        workspace: holds uploaded fonts, lists and pictures.
        meanwhile: called while the processes start, before anything is drawn; what it raises ends the drawing.

    Returns:
        True if all shards were written.

    Raises:
        ConfigError, SpaceError: raised in a process.
        JobError: a process was killed.
    """
    context = multiprocessing.get_context("spawn")
    drawn, stop = context.Value("q", 0), context.Value("b", 0, lock=False)
    arguments = (config.plain(), folder, workspace, drawn, stop, os.getpid())
    processes = min(processes, len(plans)) or 1
    with ProcessPoolExecutor(processes, context, _start_process, arguments) as pool:
        try:
            for _ in range(processes):
                pool.submit(os.getpid)  # starts them
            meanwhile()
            return _await_shards(pool, plans, lambda: watch(drawn.value))
        except _StopDrawing:
            return False
        except BrokenProcessPool:
            raise JobError(
                "A process that draws images was killed, most likely because memory ran out. "
                "Resume; if it happens again, set fewer processes."
            ) from None
        finally:
            stop.value = 1
            pool.shutdown(cancel_futures=True)


def _await_shards(pool: ProcessPoolExecutor, plans: list[GenerationPlan], stopped: Callable[[], bool]) -> bool:
    """Draw the shards and return whether all were written. What a process raises is raised here."""
    running = {pool.submit(_draw_shard, plan) for plan in plans}
    while running:
        finished, running = wait(running, _POLL_SECONDS, FIRST_COMPLETED)
        for shard in finished:
            shard.result()
        if stopped():
            return not running
    return True


_state: dict[str, Any] = {}


def _start_process(
    plain: dict[str, Any], folder: Path, workspace: Workspace | None, drawn: Any, stop: Any, parent: int
) -> None:
    """Set up a drawing process."""
    die_with(parent)
    _state.update(
        config=GenerateConfig.parse(plain), folder=folder, assets=AssetResolver(workspace), drawn=drawn, stop=stop
    )


def _draw_shard(plan: GenerationPlan) -> None:
    dropped: Counter[str] = Counter()
    write_shard(_state["folder"], plan.name, _samples(plan, dropped), dropped)


def _samples(plan: GenerationPlan, dropped: Counter[str]) -> Iterator[StoredSample]:
    config: GenerateConfig = _state["config"]

    def accepts(text: str) -> bool:
        return split_of(text, config.validation, config.test) == plan.name.split

    for index in range(plan.first, plan.first + plan.count):
        if _state["stop"].value:
            raise _StopDrawing
        sample = draw_sample(config.recipe, config.seed, index, accepts, _state["assets"])
        dropped.update(sample.dropped)
        record = ImageRecord(encode(sample.image, config.format, config.quality), sample.label, sample.factors["font"])
        yield StoredSample(index, record, *sample.image.size, sample.factors)
        with _state["drawn"].get_lock():
            _state["drawn"].value += 1
