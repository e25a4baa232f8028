"""Pre-flight of a run: time and memory of a few real steps, and the batch that suits.

Steps are taken with batches of half, the whole and double the config's size, the most costly first; nothing that was
learned is kept. This module gives no advice about anything but the batch.
"""

import resource
import statistics
import time
from dataclasses import asdict, dataclass

import psutil

from engine.config.train import RunConfig
from engine.jobs.context import JobContext, Stopped
from engine.jobs.exit_reasons import is_out_of_memory
from engine.training.budget import steps_of_epochs
from engine.training.device import Gpus, memory_bytes
from engine.training.task import Task

_STEPS = 8  # steps of a trial that count
_SECONDS = 10.0  # after which a trial ends, once it has a step that counts
_LARGEST = 2048  # images of the largest batch that is tried
_ROOM = 0.8  # share of the free memory that a batch may take
_BETTER = 1.1  # how much faster another batch must be to be worth a change


@dataclass(frozen=True)
class Trial:
    """A few steps with one batch: its images, median seconds per step, images per second, and peak memory in bytes."""

    batch: int
    seconds_per_step: float
    images_per_second: float
    peak_bytes: int


def run_preflight(config: RunConfig, job: JobContext, task: Task, gpus: Gpus) -> None:
    """Try steps, and write their time and memory into the job's summary.

    Summary: trials (see `Trial`), suggested_batch, steps_per_epoch, steps and seconds (of the whole run; None where
    only time ends it), training_images, validation_images.

    Raises:
        Stopped: a stop was asked for.
    """
    trials: list[Trial] = []
    per_device = config.batch // config.device_count  # images
    most = min(task.training_images, _LARGEST) // config.device_count
    batches = sorted(
        {config.device_count * size for size in (max(1, per_device // 2), per_device, min(2 * per_device, most))}
    )
    for number, batch in enumerate(batches):
        job.progress(number, len(batches), "batch sizes", note=f"{batch} images per step")
        if trials and not _fits(trials[-1], batch):
            break
        try:
            trials.append(_try(config, job, task, batch, gpus))
        except Exception as error:
            if not is_out_of_memory(error) or not trials:
                raise
            break
    here = next((trial for trial in trials if trial.batch == config.batch), trials[-1])
    steps_per_epoch = max(1, task.training_images // config.batch)
    steps = steps_of_epochs(config, steps_per_epoch)
    job.summary(
        trials=[asdict(trial) for trial in trials],
        suggested_batch=suggested(trials, config.batch),
        steps_per_epoch=steps_per_epoch,
        steps=steps,
        seconds=steps and round(steps * here.seconds_per_step, 1),
        training_images=task.training_images,
        validation_images=task.validation_images,
    )


def suggested(trials: list[Trial], batch: int) -> int:
    """Return the batch that learns most images per second, or the one asked for if no other is clearly better."""
    best = max(trials, key=lambda trial: trial.images_per_second)
    asked = next((trial for trial in trials if trial.batch == batch), None)
    if asked and best.images_per_second < _BETTER * asked.images_per_second:
        return batch
    return best.batch


def _fits(last: Trial, batch: int) -> bool:
    """Say whether a larger batch has room, going by what the last one took."""
    more = last.peak_bytes * (batch / last.batch - 1)
    return more < _ROOM * psutil.virtual_memory().available


def _try(config: RunConfig, job: JobContext, task: Task, images: int, gpus: Gpus) -> Trial:
    durations: list[float] = []
    began = time.monotonic()
    for step, batch in zip(range(_STEPS + 2), task.trial_batches(images), strict=False):
        if job.stop_requested():
            raise Stopped
        started = time.monotonic()
        task.trainer.train_step(batch, config.learning_rate)
        durations.append(time.monotonic() - started)
        if step > 2 and time.monotonic() - began > _SECONDS:
            break
    seconds = statistics.median(durations[2:])
    return Trial(images, round(seconds, 4), round(images / seconds, 1), _peak(gpus))


def _peak(gpus: Gpus) -> int:
    own = 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return memory_bytes(gpus) if gpus else own
