"""Process pool that draws the shards of a dataset, each shard in one process.

Processes are spawned rather than forked, so they inherit no lock of the job, and die with their parent even when it is
killed. On a Ray cluster the nodes draw. A shard is the same whichever process draws it, by equal renderers; a job whose
shards have several says so. Progress and stop requests go through shared memory. What a shard holds, words or scenes, a
`ShardDrawer` knows.
"""

import contextlib
import multiprocessing
import os
import time
from collections.abc import Callable, Generator, Iterable, Mapping
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, cast

from engine.config.generate import GenerationConfig, Split
from engine.datasets.manifest import Renderer
from engine.datasets.shards import ShardName, read_part, sweep
from engine.datasets.splits import SPLITS
from engine.errors import JobError
from engine.jobs.context import JobContext, Stopped
from engine.synth.renderer import renderer
from glyphlab_read.processes import die_with, helpers_die_with_this

if TYPE_CHECKING:
    from engine.jobs.launchers.ray_cluster import Part

_POLL_SECONDS = 0.1
_UNKNOWN = "what an earlier version did not note"

_DrawnBy = tuple[Renderer, ...]


class GenerationPlan(NamedTuple):
    """One shard to be drawn: its name, the number of its first sample, and its number of samples."""

    name: ShardName
    first: int
    count: int


class ShardDrawer(Protocol):
    """A drawer of one shard, which writes it, too; must be picklable."""

    def draw(self, plan: GenerationPlan, after: Callable[[], None]) -> None:
        """Draw a shard. `after` is called after each image, and raises to leave the shard unwritten."""
        ...


def plan_shards(counts: Mapping[Split, int], size: int) -> list[GenerationPlan]:
    """Return the shards of a dataset, `size` images each; samples are numbered through the splits in their order."""
    plans, first = [], 0
    for split in SPLITS:
        end = first + counts[split]
        plans += [
            GenerationPlan(ShardName(split, number), start, min(size, end - start))
            for number, start in enumerate(range(first, end, size))
        ]
        first = end
    return plans


def draw_missing(
    job: JobContext,
    drawer: ShardDrawer,
    plans: list[GenerationPlan],
    config: GenerationConfig,
    check_room: Callable[[int], None],
) -> float:
    """Draw the shards that a job's folder lacks, and return the images drawn per second.

    Args:
        job: whose folder holds the shards.
        drawer: draws one.
        plans: all shards of the dataset.
        config: says how many processes draw, and where.
        check_room: called with the number of images to be drawn, while the processes start; may raise.

    Raises:
        ConfigError, SpaceError, JobError: as of `draw_shards`.
        Stopped: the user asked; finished shards are kept.
    """
    sweep(job.folder)
    missing, drawn_by = _missing(job.folder, plans)
    images, total = sum(plan.count for plan in missing), sum(plan.count for plan in plans)
    began = time.monotonic()
    job.phase("preparing")

    def prepare() -> None:
        nonlocal began
        check_room(images)
        job.phase("drawing")
        began = time.monotonic()

    def watch(drawn: int) -> bool:
        job.progress(total - images + drawn, total, "images")
        return job.stop_requested()

    if missing and config.launcher == "ray":
        from engine.jobs.launchers.ray_cluster import follow, open_cluster

        check_room(images)
        began = time.monotonic()
        parts = open_cluster(job.workspace).divide(_ShardTask(drawer, job.folder), missing, config.processes)
        follow(_counted(parts, job, drawn_by), job, "drawing", total - images, total)
    else:
        if missing:
            _tell_differing(job, drawn_by | {(renderer(),)})
        if not draw_shards(drawer, missing, watch, config.processes or len(os.sched_getaffinity(0)), prepare):
            raise Stopped
    return round(images / (time.monotonic() - began), 1)


def _missing(folder: Path, plans: list[GenerationPlan]) -> tuple[list[GenerationPlan], set[_DrawnBy]]:
    """Return the plans of the shards that a folder lacks, and what drew those that are there."""
    missing, drawn_by = list[GenerationPlan](), set[_DrawnBy]()
    for plan in plans:
        if part := read_part(folder, plan.name):
            drawn_by.add(part.drawn_by)
        else:
            missing.append(plan)
    return missing, drawn_by


def _tell_differing(job: JobContext, drawn_by: Iterable[_DrawnBy]) -> None:
    """Say in an event that shards were not all drawn alike, where that is so."""
    words = sorted("; ".join(each.words for each in renderers) or _UNKNOWN for renderers in drawn_by)
    if len(words) > 1:
        told = "; ".join(f"({place}) {each}" for place, each in enumerate(words, 1))
        job.event("note", None, text=f"Shards are not all drawn alike, so that pixels may differ. Drawn by {told}.")


def _counted(
    parts: "Generator[Part[tuple[int, _DrawnBy]] | None]", job: JobContext, drawn_by: set[_DrawnBy]
) -> "Generator[Part[int] | None]":
    """Yield parts with their images alone, and say in an event where nodes do not draw alike.

    Args:
        parts: as nodes return them; closed at the end.
        job: the job whose shards they are.
        drawn_by: what drew the shards that are there already; what drew the others is added.
    """
    with contextlib.closing(parts):
        for part in parts:
            if part is None:
                yield None
                continue
            images, renderers = part.result
            if renderers not in drawn_by:
                drawn_by.add(renderers)
                _tell_differing(job, drawn_by)
            yield cast("Part[int]", part._replace(result=images))


@dataclass(frozen=True)
class _ShardTask:
    """Draws a shard on a node, and returns its images and what drew it; one that is there is not drawn again."""

    drawer: ShardDrawer
    folder: Path

    def __call__(self, plan: GenerationPlan) -> tuple[int, _DrawnBy]:
        if part := read_part(self.folder, plan.name):
            return plan.count, part.drawn_by
        self.drawer.draw(plan, lambda: None)
        return plan.count, (renderer(),)


class _StopDrawing(Exception):
    """Raised inside a drawing process to leave a shard unwritten."""


def draw_shards(
    drawer: ShardDrawer,
    plans: list[GenerationPlan],
    watch: Callable[[int], bool],
    processes: int,
    meanwhile: Callable[[], None] = lambda: None,
) -> bool:
    """Draw and write shards, in any order.

    Args:
        drawer: draws one.
        plans: the shards.
        watch: called about ten times a second with the number of images drawn so far; True stops.
        processes: number of drawing processes, at most one per shard.
        meanwhile: called while the processes start, before anything is drawn; what it raises ends the drawing.

    Returns:
        True if all shards were written.

    Raises:
        ConfigError, SpaceError: raised in a process.
        JobError: a process was killed.
    """
    context = multiprocessing.get_context("spawn")
    drawn, stop = context.Value("q", 0), context.Value("b", 0, lock=False)
    arguments = (drawer, drawn, stop, os.getpid())
    processes = min(processes, len(plans)) or 1
    with ProcessPoolExecutor(processes, context, _start_process, arguments) as pool:
        try:
            with helpers_die_with_this():
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


def _start_process(drawer: ShardDrawer, drawn: Any, stop: Any, parent: int) -> None:
    """Set up a drawing process."""
    die_with(parent)
    _state.update(drawer=drawer, drawn=drawn, stop=stop)


def _draw_shard(plan: GenerationPlan) -> None:
    def after() -> None:
        with _state["drawn"].get_lock():
            _state["drawn"].value += 1
        if _state["stop"].value:
            raise _StopDrawing

    _state["drawer"].draw(plan, after)
