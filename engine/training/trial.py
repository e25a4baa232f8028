"""Trial of a run: time and memory of a few real steps, and the batch that suits.

Steps are taken with batches of the config's size first, then of double and half of it where a minute has room for them;
nothing that was learned is kept. Where images are drawn while a run learns, they are while it is tried. This module
gives no advice about anything but the batch; see `new_images` for what a run decides by such steps.
"""

import contextlib
import math
import resource
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import NamedTuple

from engine.config.run import RunConfig
from engine.jobs.context import JobContext, Stopped
from engine.jobs.exit_reasons import is_out_of_memory
from engine.training.budget import steps_of_epochs
from engine.training.device import Gpus, free_bytes, memory_bytes
from engine.training.task import Task

_COMPILED = 2  # steps that build graphs and fill caches, and do not count
_STEPS = 8  # steps of one size that count
_SECONDS = 10.0  # after which one size is left, once it has a step that counts
_LIMIT = 45.0  # seconds in which all sizes must be done: with the start of the process, a minute
_LARGEST = 2048  # images of the largest batch that is tried
_ROOM = 0.8  # share of the free memory that a batch may take
_BETTER = 1.1  # how much faster another batch must be to be worth a change


@dataclass(frozen=True)
class BatchTrial:
    """A few steps with one batch.

    Attributes:
        batch: its images.
        seconds_per_step, images_per_second: as a run will take them: where it learns from nothing but new images and
            these take longer than learning, at the pace of drawing.
        peak_bytes: of memory.
        learned_per_second, drawn_per_second: images that learning takes, and that drawing makes meanwhile; None where
            nothing was drawn.
    """

    batch: int
    seconds_per_step: float
    images_per_second: float
    peak_bytes: int
    learned_per_second: float | None = None
    drawn_per_second: float | None = None


class Pace(NamedTuple):
    """Steps in a few figures.

    Attributes:
        seconds: of a step, the median, without those spent waiting for images.
        images: of a step, fewer than asked for where a round has fewer.
        drawn: images drawn per second meanwhile; None where nothing was drawn.
    """

    seconds: float
    images: int
    drawn: float | None

    @property
    def learned(self) -> float:
        """Images that learning takes per second."""
        return self.images / self.seconds


class Trial:
    """The trial of one run.

    Args:
        config: the run's.
        job: whose summary and progress show what is found.
        task: the run's, opened.
        gpus: those that learn; none on the CPU.
    """

    def __init__(self, config: RunConfig, job: JobContext, task: Task, gpus: Gpus) -> None:
        self._config, self._job, self._task, self._gpus = config, job, task, gpus
        self._began = time.monotonic()
        self._found: list[BatchTrial] = []

    def run(self) -> None:
        """Try steps; write what each size takes into the job's summary as soon as it is known.

        Summary: trials (see `BatchTrial`), suggested_batch, steps_per_epoch, steps and seconds (of the whole run; None
        where only time ends it), training_images, validation_images.

        Raises:
            Stopped: a stop was asked for.
        """
        sizes = self._sizes()
        too_large = math.inf
        for batch in sizes:
            if batch > too_large or (self._found and not (self._has_time(batch) and self._has_room(batch))):
                continue
            try:
                self._found.append(self._try(batch))
            except Exception as error:
                if not is_out_of_memory(error) or batch == min(sizes):
                    raise
                too_large = batch
            else:
                self._report()

    def _sizes(self) -> list[int]:
        """Return the batches to try, in images, the config's first."""
        devices, asked = self._config.device_count, self._config.batch
        most = min(self._task.training_images, _LARGEST) // devices * devices
        half = max(1, min(asked, most) // devices // 2) * devices
        return list(dict.fromkeys([asked, max(asked, min(2 * asked, most)), half]))

    def _report(self) -> None:
        config, task = self._config, self._task
        here = next((trial for trial in self._found if trial.batch == config.batch), self._found[0])
        steps_per_epoch = max(1, task.training_images // config.batch)
        steps = steps_of_epochs(config, steps_per_epoch)
        self._job.summary(
            trials=[asdict(trial) for trial in self._found],
            suggested_batch=suggested(self._found, config.batch),
            steps_per_epoch=steps_per_epoch,
            steps=steps,
            seconds=steps and round(steps * here.seconds_per_step, 1),
            training_images=task.training_images,
            validation_images=task.validation_images,
        )

    def _has_time(self, batch: int) -> bool:
        """Say whether the steps that one size takes at least are likely to end in time, going by the first size."""
        first = self._found[0]
        steps = (_COMPILED + 1) * first.seconds_per_step * batch / first.batch
        return time.monotonic() - self._began + steps < _LIMIT

    def _has_room(self, batch: int) -> bool:
        """Say whether a larger batch has room, going by what the last one took."""
        last = self._found[-1]
        more = last.peak_bytes * (batch / last.batch - 1)
        return more < _ROOM * free_bytes(self._gpus)

    def _try(self, images: int) -> BatchTrial:
        config, job, total = self._config, self._job, _COMPILED + _STEPS
        job.phase("compiling")

        def after(step: int) -> None:
            if step == 1:
                job.phase("trying steps")
            job.progress(min(step, total), total, "steps", note=f"{images} images per step")

        fresh = may_draw(config, self._task, self._gpus)
        pace = few_steps(self._task, job, config.learning_rate, images, fresh, self._began + _LIMIT, after)
        learned, peak = pace.learned, _peak(self._gpus)
        if pace.drawn is None:
            return BatchTrial(images, round(pace.seconds, 4), round(learned, 1), peak)
        taken = min(learned, pace.drawn) if config.fresh == "on" else learned
        return BatchTrial(
            images, round(pace.images / taken, 4), round(taken, 1), peak, round(learned, 1), round(pace.drawn, 1)
        )


def may_draw(config: RunConfig, task: Task, gpus: Gpus) -> bool:
    """Say whether a run may learn from new images: it is to, or left to choose where learning leaves the cores free."""
    return bool(gpus) and task.can_draw if config.fresh == "auto" else config.fresh == "on"


def few_steps(
    task: Task,
    job: JobContext,
    rate: float,
    images: int,
    fresh: bool,
    deadline: float,
    after: Callable[[int], None] = lambda step: None,
) -> Pace:
    """Take a few steps; what is learned stays with the network.

    Args:
        task: opened.
        job: that may be asked to stop.
        rate: the learning rate.
        images: of one step, at most.
        fresh: they are new ones, not the stored ones.
        deadline: by the monotonic clock; two steps are taken in any case.
        after: called with the number of steps so far.

    Raises:
        Stopped: a stop was asked for.
    """
    taken: list[float] = []
    counted: list[float] = []
    shapes: set[tuple[int, ...]] = set()
    count = images
    began = time.monotonic()
    with contextlib.closing(task.trial_batches(images, fresh)) as batches:
        for batch in batches:
            if job.stop_requested():
                raise Stopped
            started = time.monotonic()
            task.trainer.train_step(batch, rate)
            taken.append(time.monotonic() - started)
            if len(taken) > _COMPILED and batch.image.shape in shapes:  # of another shape, graphs may be built anew
                counted.append(taken[-1])
            shapes.add(batch.image.shape)
            count = len(batch.indices)
            after(len(taken))
            now = time.monotonic()
            over = len(taken) > 1 and now > deadline
            if over or len(counted) == _STEPS or (counted and now - began > _SECONDS):
                break
        drawn = task.drawn_per_second if fresh else None
    return Pace(statistics.median(counted or [min(taken)]), count, drawn)


def suggested(trials: list[BatchTrial], batch: int) -> int:
    """Return the batch that learns most images per second, or the one asked for if no other is clearly better."""
    best = max(trials, key=lambda trial: trial.images_per_second)
    asked = next((trial for trial in trials if trial.batch == batch), None)
    if asked and best.images_per_second < _BETTER * asked.images_per_second:
        return batch
    return best.batch


def _peak(gpus: Gpus) -> int:
    own = 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return memory_bytes(gpus) if gpus else own
