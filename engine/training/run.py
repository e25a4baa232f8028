"""A whole run: open the data, build the learner, learn, score what came of it.

Reads its config and its datasets, writes below its own folder. The steps themselves are in `loop`.
"""

import contextlib
import hashlib
import os
from collections.abc import Iterator
from functools import partial

import keras
import numpy as np

from engine.config.device import gpu_numbers
from engine.config.train import TrainConfig
from engine.datasets import Dataset, open_dataset
from engine.errors import BundleError, ConfigError, OutOfMemory
from engine.evaluation.evaluate import evaluate
from engine.evaluation.test_sets import TestSample, dataset_samples
from engine.export.bundle import Exporter
from engine.files import canonical_json, require_space
from engine.jobs import paths
from engine.jobs.context import JobContext, Stopped
from engine.jobs.devices import default_device
from engine.models.pretrained import load_imagenet
from engine.reading.decoding.ngram import NgramModel
from engine.reading.manifest import TrainedOn
from engine.reading.reader import Reader
from engine.training import checkpoint as checkpoints
from engine.training.data import TrainingData, load_training_data
from engine.training.device import Gpus, precision_for
from engine.training.loop import Loop
from engine.training.memory import translate_oom
from engine.training.ngram import ngram_model_of
from engine.training.online import ROUND, OnlineRounds
from engine.training.preflight import run_preflight
from engine.training.sampler import Sampler
from engine.training.samples import StoredSamples
from engine.training.shuffle import MixShares
from engine.training.telemetry import dataset_name
from engine.training.trainer import GROUPS, Trainer, drivable_gpus
from engine.training.transfer import ParentCheckpoint, load_pretrained, open_parent

_PARITY_IMAGES = 64
_CHECKPOINTS = checkpoints.KEPT + 2  # the best, and the one that is being written


def train(config: TrainConfig, job: JobContext) -> None:
    """Do the work of a train job; see `engine.training.job.work` for what it raises."""
    try:
        with translate_oom(config):
            _train(config, job, config.batch)
    except OutOfMemory as error:
        smaller = config.batch // 2 // config.sharers * config.sharers
        if not config.halve_batch or not smaller:
            raise
        job.event("note", 0, text=f"{error} Going on with {smaller} images a step.")
        keras.backend.clear_session()
        with translate_oom(config.changed(batch=smaller)):
            _train(config, job, smaller)


def look_ahead(config: TrainConfig, job: JobContext) -> None:
    """Do the work of a pre-flight job: the first steps of a run, and what they cost."""
    with translate_oom(config):
        learner, material, gpus = _prepare(config, job)
        job.phase("trying steps")
        run_preflight(config, job, learner, material, gpus)


def _prepare(config: TrainConfig, job: JobContext) -> tuple[Trainer, TrainingData, Gpus]:
    """Open what the run reads, build its network, give it the weights it begins with, and say what it is made of."""
    job.phase("opening the dataset")
    forebear = open_parent(job.workspace, config.start_from) if config.start_from else None
    material = load_training_data(config, partial(_open, job), forebear and forebear.charset)
    job.phase("building the network")
    gpus = _gpus(config, job)
    precision = precision_for(config.precision, gpus)
    learner = Trainer(config, material.charset.classes, precision, drivable_gpus()[: len(gpus)])
    if forebear:
        load_pretrained(learner, config, forebear, material.charset)
    elif not checkpoints.saved_steps(job.folder):  # a resumed run goes on with its own
        told = load_imagenet(learner.network)
        if told:
            _note(job, told)
    _introduce(config, job, material, learner, precision, forebear)
    return learner, material, gpus


def _train(config: TrainConfig, job: JobContext, batch: int) -> None:
    learner, material, gpus = _prepare(config, job)
    _check_room(job, learner)
    hashes = [dataset.manifest.hash for dataset in material.datasets.values()]
    identity = hashlib.sha256(canonical_json([config.set_apart(), hashes])).hexdigest()
    tests = _test_sets(config, material)
    job.phase("learning which texts are likely")
    language = ngram_model_of(config, material, job.workspace)
    with _source(config, job, material, batch) as source:
        exporter = _exporter(job, learner, material, language)
        loop = Loop(
            config, job, material, source, learner, exporter, language=language, identity=identity, gpus=gpus,
            test_images=sum(map(len, tests.values())),
        )  # fmt: skip
        loop.run()
    _finish(loop, job, tests)


def _open(job: JobContext, id: str) -> Dataset:
    return open_dataset(job.workspace.folder("datasets", id), verify="hashes")


def _introduce(
    config: TrainConfig,
    job: JobContext,
    material: TrainingData,
    learner: Trainer,
    precision: str,
    forebear: ParentCheckpoint | None,
) -> None:
    """Say in the summary and the events what the run is made of."""
    job.summary(
        dataset=config.dataset,
        dataset_name=dataset_name(job, config.dataset),
        parameters=learner.parameters,
        precision=precision,
        charset_size=len(material.charset),
        skipped=dict(material.skipped),
    )
    if forebear:
        new = len(set(material.charset.characters) - set(forebear.charset.characters))
        _note(job, f"Begins with step {forebear.step:,} of run {forebear.run}; characters new to it: {new}.")
    for reason, count in material.skipped.items():
        if count:
            _note(job, f"Samples left out, {reason}: {count:,}.")


def _note(job: JobContext, text: str) -> None:
    """Tell people of what holds before the first step, once."""
    if not job.resuming:
        job.event("note", 0, text=text)


@contextlib.contextmanager
def _source(config: TrainConfig, job: JobContext, material: TrainingData, batch: int) -> Iterator[Sampler]:
    """Open the source of the run's batches: its stored samples, or new ones with the rest mixed in."""
    rows = material.training
    if not config.fresh:
        yield Sampler(lambda _: rows, MixShares(rows.sizes, rows.weights), batch, config.seed, multiple=config.sharers)
        return
    mixed = StoredSamples(rows.parts[1:], material.charset, config.reader) if config.mix else None
    size = min(ROUND, rows.sizes[0])
    shares = MixShares([size, *rows.sizes[1:]], rows.weights)
    processes = max(1, len(os.sched_getaffinity(0)) // 2)
    rounds = OnlineRounds(material.main, mixed, material.charset, config.reader, job.workspace, processes, size)
    with contextlib.closing(rounds):
        yield Sampler(rounds.rows_of, shares, batch, config.seed, epoch=rows.sizes[0], multiple=config.sharers)


def _check_room(job: JobContext, learner: Trainer) -> None:
    """Refuse to begin where the checkpoints would not fit. Raises SpaceError."""
    needed = _CHECKPOINTS * sum(tensor.nbytes for group in GROUPS for tensor in learner.tensors(group).values())
    require_space(job.folder, needed, "The checkpoints of this network need")


def _exporter(job: JobContext, learner: Trainer, material: TrainingData, language: NgramModel | None) -> Exporter:
    rows = material.validation
    chosen = range(min(_PARITY_IMAGES, len(rows)))
    return Exporter(
        run=job.folder,
        network=learner.network,
        charset=material.charset,
        preprocessing=rows.preprocessing,
        trained_on=TrainedOn(dataset=material.main.folder.name, hash=material.main.manifest.hash),
        rows=[np.array(rows.row(index)) for index in chosen],
        texts=[rows.ids(index) for index in chosen],
        ngram=language,
    )


def _gpus(config: TrainConfig, job: JobContext) -> Gpus:
    """Return the GPUs that the backend really uses. Raises ConfigError when it cannot use all of several."""
    device = default_device() if config.device == "auto" else config.device
    wanted, backend = gpu_numbers(device), keras.backend.backend()
    if len(wanted) > 1 and (backend != "jax" or len(drivable_gpus()) < len(wanted)):
        raise ConfigError(
            f"device {device}: {backend} can drive {len(drivable_gpus())} of these GPUs, and sharing batches among "
            "several needs JAX. Install requirements-gpu.txt, leave KERAS_BACKEND unset, or choose one GPU."
        )
    if wanted and not drivable_gpus():
        _note(job, f"GPU {wanted[0]} is there, but {backend} cannot drive it: learning on the CPU.")
        return ()
    return wanted


def _test_sets(config: TrainConfig, material: TrainingData) -> dict[str, list[TestSample]]:
    """Return the samples that are scored at the end, by dataset: of test splits, or all where there is none."""
    sets = {id: dataset_samples(material.datasets[id]) for id in config.test_on}
    if material.main.manifest.counts.get("test", 0):
        sets = {config.dataset: dataset_samples(material.main, "test"), **sets}
    return sets


def _finish(loop: Loop, job: JobContext, tests: dict[str, list[TestSample]]) -> None:
    """Score the best bundle on each test set, and sum the run up."""
    step = loop.state.bundle_step
    if step is None:
        raise BundleError(
            "No bundle of this run reads as its network does, so none counts; the events say how far they are apart. "
            "Train with precision float32, or report this as a fault of Glyphlab."
        )
    reader = Reader.open(job.folder / paths.BUNDLES / str(step), job.workspace, threads=os.cpu_count() or 1)
    figures = {id: _test(loop, job, reader, id, samples) for id, samples in tests.items()}
    job.summary(
        steps=loop.state.step,
        bundle_step=step,
        test=next(iter(figures.values()), None),
        tests=list(figures.values()),
        images_per_second=round(loop.spent.images / loop.spent.seconds, 1) if loop.spent.seconds else None,
        training_seconds=round(job.seconds, 1),
    )


def _test(loop: Loop, job: JobContext, reader: Reader, dataset: str, samples: list[TestSample]) -> dict[str, object]:
    job.phase("reading the test images")

    def after(done: int) -> None:
        job.progress(done, len(samples), "images")
        if job.stop_requested():
            raise Stopped

    evaluation = evaluate(reader, samples, after)
    evaluation.save(job.folder / paths.TESTS / f"{dataset}.parquet")
    return loop.recorder.test(loop.state.step, evaluation.score, dataset)
