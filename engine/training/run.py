"""A whole training run, and the trial of one: open the task, learn, score what came of it.

Reads its config and its datasets, writes below its own folder. The steps themselves are in `loop`, what is particular
to reading words in `reading_task`, to finding text in `location_task`.
"""

import contextlib
import hashlib
import os
from collections.abc import Iterator

import keras

from engine.commands import install_command
from engine.config.device import gpu_numbers
from engine.config.run import RunConfig
from engine.config.train import TrainConfig, TrainLocatorConfig
from engine.errors import BundleError, CheckpointError, ConfigError, OutOfMemory
from engine.files import require_space
from engine.jobs import paths, records
from engine.jobs.context import Diverged, JobContext
from engine.jobs.devices import GRANTED, default_device
from engine.jobs.exit_reasons import is_out_of_memory
from engine.machine import processor
from engine.training import checkpoint as checkpoints
from engine.training.astray import went_astray
from engine.training.checkpoint import RunState
from engine.training.device import Gpus, precision_for
from engine.training.location_task import LocationTask, open_location_task
from engine.training.loop import Loop, RunSetup
from engine.training.new_images import choose_images
from engine.training.reading_task import open_reading_task
from engine.training.task import Task
from engine.training.telemetry import Recorder
from engine.training.trainer import GROUPS, drivable_gpus
from engine.training.trial import Trial
from glyphlab_read.parsing import canonical_json

_CHECKPOINTS = checkpoints.KEPT + 2  # the best, and the one that is being written
_FORMER_DEFAULTS = {"language": 0.6}  # written into the configs of older runs, which are to go on


def train(config: RunConfig, job: JobContext) -> None:
    """Do the work of a train job; see `engine.training.job.work` for what it raises."""
    batch = checkpoints.newest_state(job.folder).get("batch") or config.batch  # halved, where memory ran out before
    try:
        with _translate_oom(config, batch):
            _train(config, job, batch)
    except OutOfMemory as error:
        smaller = batch // 2 // config.device_count * config.device_count
        if not config.halve_batch or not smaller:
            raise
        job.event("note", 0, text=f"{error} Going on with {smaller} images per step.")
        keras.backend.clear_session()
        with _translate_oom(config, smaller):
            _train(config, job, smaller)


def trial(config: RunConfig, job: JobContext) -> None:
    """Do the work of a trial job: take the first steps of a run, and record their time and memory."""
    with _translate_oom(config, config.batch):
        recorder = Recorder(job)
        gpus = _gpus(config, recorder)
        task = open_task(config, job, recorder, config.batch, gpus)
        if isinstance(task, LocationTask):
            task.save_crops()
        Trial(config, job, task, gpus).run()


@contextlib.contextmanager
def _translate_oom(config: RunConfig, batch: int) -> Iterator[None]:
    """Turn a backend's out-of-memory error at so many images per step into OutOfMemory, with a batch to try.

    A process that the system itself kills for its memory leaves no error: the runner reports that.
    """
    try:
        yield
    except Exception as error:
        if not is_out_of_memory(error):
            raise
        size = "max_width" if isinstance(config, TrainConfig) else "crop"
        advice = f"Set batch to {batch // 2}" if batch > 1 else f"Set a smaller scale or {size}"
        raise OutOfMemory(f"Memory ran out with {batch} images per step. {advice}.") from None


def open_task(config: RunConfig, job: JobContext, recorder: Recorder, batch: int, gpus: Gpus) -> Task:
    """Open what a run learns, by the class of its config."""
    match config:
        case TrainConfig():
            return open_reading_task(config, job, recorder, batch, gpus)
        case TrainLocatorConfig():
            return open_location_task(config, job, recorder, batch, gpus)
        case _:
            raise TypeError(f"no kind of learning has a config of {type(config).__name__}")


def _train(config: RunConfig, job: JobContext, batch: int) -> None:
    recorder = Recorder(job)
    gpus = _gpus(config, recorder)
    begun = _as_begun(config, job, recorder, gpus)
    task = open_task(begun, job, recorder, batch, gpus)
    sizes = {group: sum(tensor.nbytes for tensor in task.trainer.tensors(group).values()) for group in GROUPS}
    means = sizes["network"] if config.average else 0  # there from the first step on, at most so much
    needed = _CHECKPOINTS * (sum(sizes.values()) + means)
    require_space(job.folder, needed, "The checkpoints of this network need")
    new = choose_images(begun, task, job, recorder, gpus)
    job.summary(fresh=new)
    settings = {
        name: value
        for name, value in config.non_defaults().items()
        if name != "fresh" and (name, value) not in _FORMER_DEFAULTS.items()
    }
    settings |= {"fresh": True} if new else {}  # as it was decided, in the form that it always had
    identity = hashlib.sha256(canonical_json([settings, task.data_hashes])).hexdigest()
    task.prepare()
    first = RunState(
        identity=identity,
        precision=begun.precision,
        backend=keras.backend.backend(),
        fresh=new,
        charset=task.charset,
        batch=batch,
        steps_per_epoch=task.steps_per_epoch,
    )
    loop = Loop(RunSetup(config, job, task, recorder, first, gpus))
    loop.run()
    _finish(config, loop, job, task)


def _as_begun(config: RunConfig, job: JobContext, recorder: Recorder, gpus: Gpus) -> RunConfig:
    """Return a config with what its run decided when it began: whether images are drawn, and the number format.

    Where a run begins now, the format suits its device.

    Raises:
        CheckpointError: the run began under another backend.
    """
    begun, backend = checkpoints.newest_state(job.folder), keras.backend.backend()
    former = begun.get("backend") or backend
    if former != backend:
        raise CheckpointError(
            f"This run began under {former} and would go on under {backend}, where random numbers are others. "
            f"Set KERAS_BACKEND={former} and resume it, or start a new run."
        )
    here = precision_for(config.precision, gpus)
    known = begun.get("precision") or (begun and records.optional_object(job.folder / paths.SUMMARY).get("precision"))
    if known and known != here:
        recorder.note(
            int(begun.get("step", 0)), f"Going on in {known}, as the run began; a new one would compute in {here} here."
        )
    return config.changed(precision=known or here, fresh=begun.get("fresh", config.fresh))


def _gpus(config: RunConfig, recorder: Recorder) -> Gpus:
    """Return the GPUs that the backend really uses.

    Raises:
        ConfigError: it cannot use all of several, or none of those that a cluster granted, where others wait for them.
    """
    device = default_device() if config.device == "auto" else config.device
    wanted, backend = gpu_numbers(device), keras.backend.backend()
    if len(wanted) > 1 and (backend != "jax" or len(drivable_gpus()) < len(wanted)):
        raise ConfigError(
            f"device {device}: {backend} can drive {len(drivable_gpus())} of these GPUs, and sharing batches among "
            f"several needs JAX. Run `{install_command('gpu')}`, leave KERAS_BACKEND unset, or choose one "
            "GPU."
        )
    if wanted and not drivable_gpus():
        if GRANTED in os.environ:
            raise ConfigError(
                f"gpus {len(wanted)}: {backend} can drive none of what the cluster granted on {os.uname().nodename}. "
                f"Run `{install_command('gpu')}` there, or set gpus to 0 to learn on its cores."
            )
        recorder.first_note(f"GPU {wanted[0]} is there, but {backend} cannot drive it: learning on the CPU.")
        return ()
    return wanted


def _finish(config: RunConfig, loop: Loop, job: JobContext, task: Task) -> None:
    """Score the best bundle on each test set, and sum the run up."""
    step = loop.state.bundle_step
    if step is None:
        if (told := went_astray(job.folder, config.learning_rate)) is not None:
            raise Diverged(told)
        raise BundleError(
            "No bundle of this run reads as its network does, so none counts; the events say how far they are apart. "
            "Train with precision float32, or report this as a fault of Glyphlab."
        )
    scores = task.test(loop.state.step, job.folder / paths.BUNDLES / str(step))
    meter = loop.meter
    job.summary(
        steps=loop.state.step,
        bundle_step=step,
        test=next(iter(scores), None),
        tests=scores,
        tested_on=processor(),
        images_per_second=round(meter.images / meter.seconds, 1) if meter.seconds else None,
        training_seconds=round(job.seconds, 1),
    )
