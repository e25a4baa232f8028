"""The training job's door: set the process up, then train.

Keras and its backend read their environment when they are imported, so that nothing here imports them at once.
"""

from engine.config.run import RunConfig
from engine.jobs.context import JobContext
from engine.training.device import prepare_environment


def work(config: RunConfig, job: JobContext) -> None:
    """Train a run from its config, or go on where its newest checkpoint stands.

    Raises:
        DatasetError, CharsetError: the dataset does not fit the reader; the text names what does not.
        CheckpointError: no checkpoint can be resumed from.
        SpaceError: the disk is full; the last checkpoint is whole.
        Diverged: the loss is no number any more; the last checkpoint is kept.
        Stopped: a stop was asked for; a checkpoint was written.
    """
    job.phase("starting")
    prepare_environment(config.device)
    from engine.training.run import train

    train(config, job)


def trial(config: RunConfig, job: JobContext) -> None:
    """Take a run's first steps, and record their time and memory. Raises as `work` does, but for checkpoints."""
    job.phase("starting")
    prepare_environment(config.device)
    from engine.training.run import trial as take_trial

    take_trial(config, job)
