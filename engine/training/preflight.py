"""A look before a run: does the data fit, how long is a step, how much memory does it take, and which batch is best.

Learns a few real steps with batches of half, the whole and double the config's size, the widest images first, and keeps
none of what it learned. This module gives no advice about anything but the batch.
"""

import resource
import statistics
import time
from dataclasses import asdict, dataclass

import numpy as np
import psutil

from engine.config.train import TrainConfig
from engine.jobs.context import JobContext, Stopped
from engine.training.budget import steps_of_epochs
from engine.training.data import TrainingData
from engine.training.device import Gpus, memory_bytes
from engine.training.memory import is_out_of_memory
from engine.training.prefetch import make_batch
from engine.training.shuffle import MixShares, draw_round
from engine.training.trainer import Trainer

_STEPS = 8  # steps of a trial that count
_SECONDS = 10.0  # after which a trial ends, once it has a step that counts
_ROOM = 0.8  # share of the free memory that a batch may take
_BETTER = 1.1  # how much faster another batch must be to be worth a change


@dataclass(frozen=True)
class Trial:
    """A few steps with one batch: its images, seconds a step (median), images a second, and the most bytes in use."""

    batch: int
    seconds_per_step: float
    images_per_second: float
    peak_bytes: int


def run_preflight(config: TrainConfig, job: JobContext, learner: Trainer, material: TrainingData, gpus: Gpus) -> None:
    """Try steps and write what they cost into the job's summary.

    Summary: trials (see `Trial`), suggested_batch, steps_per_epoch, steps and seconds (of the whole run; None where
    only time ends it), training_images, validation_images, skipped, parameters.

    Raises:
        Stopped: a stop was asked for.
    """
    trials: list[Trial] = []
    images = sum(MixShares(material.training.sizes, material.training.weights).counts)
    each = config.batch // config.sharers  # images a device
    most = min(images, 2048) // config.sharers
    batches = sorted({config.sharers * size for size in (max(1, each // 2), each, min(2 * each, most))})
    for number, batch in enumerate(batches):
        job.progress(number, len(batches), "batch sizes", note=f"{batch} images a step")
        if trials and not _fits(trials[-1], batch):
            break
        try:
            trials.append(_try(config, job, learner, material, batch, gpus))
        except Exception as error:
            if not is_out_of_memory(error) or not trials:
                raise
            break
    here = next((trial for trial in trials if trial.batch == config.batch), trials[-1])
    an_epoch = max(1, images // config.batch)
    steps = steps_of_epochs(config, an_epoch)
    job.summary(
        trials=[asdict(trial) for trial in trials],
        suggested_batch=suggested(trials, config.batch),
        steps_per_epoch=an_epoch,
        steps=steps,
        seconds=steps and round(steps * here.seconds_per_step, 1),
        training_images=images,
        validation_images=len(material.validation),
        skipped=dict(material.skipped),
        parameters=learner.parameters,
    )


def suggested(trials: list[Trial], batch: int) -> int:
    """Return the batch that learns most images a second, or the one asked for if no other is clearly better."""
    best = max(trials, key=lambda trial: trial.images_per_second)
    asked = next((trial for trial in trials if trial.batch == batch), None)
    if asked and best.images_per_second < _BETTER * asked.images_per_second:
        return batch
    return best.batch


def _fits(last: Trial, batch: int) -> bool:
    """Say whether a larger batch has room, going by what the last one took."""
    more = last.peak_bytes * (batch / last.batch - 1)
    return more < _ROOM * psutil.virtual_memory().available


def _try(
    config: TrainConfig, job: JobContext, learner: Trainer, material: TrainingData, batch: int, gpus: Gpus
) -> Trial:
    rows = material.training
    batches = draw_round(rows.widths, MixShares(rows.sizes, rows.weights), min(batch, len(rows)), config.seed, 0)
    widest = np.argsort([-int(rows.widths[numbers].max()) for numbers in batches], kind="stable")
    # The widest twice: its first step traces the graph; then batches as they come.
    order = [widest[0], widest[0], *range(len(batches))]
    durations: list[float] = []
    began = time.monotonic()
    for step in range(_STEPS + 2):
        if job.stop_requested():
            raise Stopped
        made = make_batch(rows, batches[order[step % len(order)]], config.reader, material.charset.end)
        started = time.monotonic()
        learner.train_step(made, config.learning_rate)
        durations.append(time.monotonic() - started)
        if step > 2 and time.monotonic() - began > _SECONDS:
            break
    seconds = statistics.median(durations[2:])
    return Trial(batch, round(seconds, 4), round(batch / seconds, 1), _peak(gpus))


def _peak(gpus: Gpus) -> int:
    own = 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return memory_bytes(gpus) if gpus else own
