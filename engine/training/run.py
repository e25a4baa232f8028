"""A whole run: open the data, build the learner, learn, score what came of it.

Reads its config and its dataset, writes below its own folder. The steps themselves are in `loop`.
"""

import hashlib
import os
import shutil

import keras
import numpy as np

from engine.config.training import TrainConfig
from engine.datasets import open_dataset
from engine.errors import BundleError, GlyphlabError, SpaceError
from engine.evaluation.evaluate import evaluate
from engine.evaluation.samples import split_samples
from engine.export.bundle import FOLDER as BUNDLES
from engine.export.bundle import Exporter
from engine.files import canonical_json
from engine.jobs.context import JobContext, Stopped
from engine.jobs.devices import default_device
from engine.jobs.job import load_job
from engine.reading.manifest import TrainedOn
from engine.reading.reader import Reader
from engine.training import checkpoint as checkpoints
from engine.training.device import gpu_index, precision_for
from engine.training.learner import GROUPS, Learner, uses_gpu
from engine.training.loop import Loop
from engine.training.material import Material, collect

_PARITY_IMAGES = 64
_CHECKPOINTS = checkpoints.KEPT + 2  # the best, and the one that is being written


def train(config: TrainConfig, job: JobContext) -> None:
    """Do the work of a train job; see `engine.training.job.work` for what it raises."""
    job.phase("opening the dataset")
    dataset = open_dataset(job.workspace.folder("datasets", config.dataset), verify="hashes")
    material = collect(dataset, config.reader, config.validation_images, config.seed)
    job.phase("building the network")
    gpu = _gpu(config, job)
    precision = precision_for(config.precision, gpu)
    learner = Learner(config, material.charset.classes, precision)
    _check_room(job, learner)
    job.summary(
        dataset=config.dataset,
        dataset_name=_name_of(config, job),
        parameters=learner.parameters,
        precision=precision,
        charset_size=len(material.charset),
    )
    identity = hashlib.sha256(canonical_json([config.plain(), dataset.manifest.hash])).hexdigest()
    loop = Loop(config, job, material, learner, _exporter(job, learner, material), identity=identity, gpu=gpu)
    loop.run()
    _finish(loop, job, material)


def _check_room(job: JobContext, learner: Learner) -> None:
    """Refuse to begin where the checkpoints would not fit. Raises SpaceError."""
    needed = _CHECKPOINTS * sum(tensor.nbytes for group in GROUPS for tensor in learner.tensors(group).values())
    free = shutil.disk_usage(job.folder).free
    if free < needed:
        raise SpaceError(
            f"A run of this network needs {needed / 1e6:,.0f} MB for its checkpoints, and the disk has "
            f"{free / 1e6:,.0f} MB left. Delete datasets or runs you no longer need."
        )


def _exporter(job: JobContext, learner: Learner, material: Material) -> Exporter:
    rows = material.validation
    chosen = range(min(_PARITY_IMAGES, len(rows)))
    return Exporter(
        run=job.folder,
        network=learner.network,
        charset=material.charset,
        preprocessing=rows.preprocessing,
        trained_on=TrainedOn(dataset=material.dataset.folder.name, hash=material.dataset.manifest.hash),
        rows=[np.array(rows.row(index)) for index in chosen],
        texts=[rows.ids(index) for index in chosen],
    )


def _gpu(config: TrainConfig, job: JobContext) -> int | None:
    """Return the number of the GPU that the backend really uses; None on the CPU."""
    wanted = gpu_index(default_device() if config.device == "auto" else config.device)
    if wanted is not None and not uses_gpu():
        backend = keras.backend.backend()
        job.event("note", 0, text=f"GPU {wanted} is there, but {backend} cannot drive it: learning on the CPU.")
        return None
    return wanted


def _name_of(config: TrainConfig, job: JobContext) -> str | None:
    try:
        return load_job(job.workspace, "datasets", config.dataset).name
    except GlyphlabError:
        return None


def _finish(loop: Loop, job: JobContext, material: Material) -> None:
    """Score the best bundle on the dataset's own test split, and sum the run up."""
    step = loop.state.bundle_step
    if step is None:
        raise BundleError(
            "No bundle of this run reads as its network does, so none counts; the events say how far they are apart. "
            "Train with precision float32, or report this as a fault of Glyphlab."
        )
    figures = _test(loop, job, material, step) if material.test_images else None
    job.summary(
        steps=loop.state.step,
        bundle_step=step,
        test=figures,
        images_per_second=round(loop.images / loop.learning_seconds, 1) if loop.learning_seconds else None,
        training_seconds=round(job.seconds, 1),
    )


def _test(loop: Loop, job: JobContext, material: Material, step: int) -> dict[str, object]:
    job.phase("reading the test images")
    reader = Reader.open(job.folder / BUNDLES / str(step), job.workspace, threads=os.cpu_count() or 1)
    samples = split_samples(material.dataset.folder, "test")

    def after(done: int) -> None:
        job.progress(done, len(samples), "images")
        if job.stop_requested():
            raise Stopped

    return loop.recorder.test(loop.state.step, evaluate(reader, samples, after).score)
