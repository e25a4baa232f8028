"""New images in every epoch, or the stored ones: what a run that is left to choose decides at its start, and says.

A few steps are taken while images are drawn: where drawing keeps up with learning, the run learns from new images. The
network is put back afterwards, so that a run begins as if nothing had been tried. On a CPU nothing is tried, as drawing
would take its cores from learning. What was decided is kept in checkpoints: a resumed run does the same.
"""

import math

from engine.config.run import RunConfig
from engine.formatting import pace
from engine.jobs.context import JobContext
from engine.training.device import Gpus
from engine.training.task import Task
from engine.training.telemetry import Recorder
from engine.training.trainer import GROUPS, Group, Tensors
from engine.training.trial import few_steps, may_draw


def choose_images(config: RunConfig, task: Task, job: JobContext, recorder: Recorder, gpus: Gpus) -> bool:
    """Return whether a run learns from new images; one that is left to choose has its task opened accordingly.

    Raises:
        Stopped: a stop was asked for.
    """
    fresh = may_draw(config, task, gpus)
    if config.fresh != "auto" or not fresh:
        return fresh
    return _keeps_up(config, task, job, recorder)


def _keeps_up(config: RunConfig, task: Task, job: JobContext, recorder: Recorder) -> bool:
    job.phase("comparing drawing with learning")
    begun: list[tuple[Group, Tensors]] = [(group, task.trainer.tensors(group)) for group in GROUPS]
    found = few_steps(task, job, config.learning_rate, task.batch, True, math.inf)
    for group, tensors in begun:
        task.trainer.restore(group, tensors)
    assert found.drawn is not None  # noqa: S101  a round was drawn before the first step
    fresh = found.drawn >= found.learned
    task.open_images(fresh)
    rates = f"drawing makes {pace(found.drawn, 'images')}, learning takes {pace(found.learned, 'images')}"
    recorder.note(0, f"{'New' if fresh else 'The same'} images in every epoch: {rates}.")
    return fresh
