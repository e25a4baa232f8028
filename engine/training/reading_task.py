"""Learning to read words: batches of labelled images, their loss, validation by decoding, pinned samples, bundles.

An implementation of `engine.training.task.Task`, beside `location_task`. Which steps are taken, and when to validate,
save and export, is the loop's.
"""

import contextlib
import os
from collections.abc import Callable, Generator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.config.train import TrainConfig
from engine.datasets import Dataset, open_dataset
from engine.errors import DatasetError
from engine.evaluation.diagnosis import validation_rank
from engine.evaluation.evaluate import evaluate
from engine.evaluation.metrics import wilson
from engine.evaluation.test_sets import TestSample, dataset_samples
from engine.evaluation.validated import save_validated
from engine.export.exporter import Exporter
from engine.jobs import paths
from engine.jobs.context import JobContext
from engine.models.pretrained import load_imagenet
from engine.reading.bundle import open_reader
from engine.synth.online import CHUNK, OnlineRounds, spare_processes
from engine.training import checkpoint as checkpoints
from engine.training.base_task import BaseTask
from engine.training.checkpoint import Best
from engine.training.data import TrainingData, load_training_data
from engine.training.device import Gpus, precision_for
from engine.training.ngram import ngram_model_of
from engine.training.ngram_weight import CANDIDATES, LIKELY_WEIGHT, choose_weight
from engine.training.online import ROUND, generated_by, word_rounds
from engine.training.pinned_samples import PinnedSamples
from engine.training.prefetch import Batch, make_batch, reading_batches
from engine.training.sampler import Sampler
from engine.training.samples import Samples, StoredSamples
from engine.training.task import ValidationResult
from engine.training.telemetry import Recorder, dataset_name
from engine.training.trainer import Trainer, drivable_gpus
from engine.training.transfer import (
    SETTLING_BATCHES,
    Fresh,
    ParentCheckpoint,
    load_pretrained,
    named,
    open_parent,
    settle,
)
from engine.training.validation import Validation, perplexity, validate
from glyphlab_read.bundles.entries import TrainedOn
from glyphlab_read.charset import Charset
from glyphlab_read.reading.decoding.ngram import NgramModel
from glyphlab_read.reading.manifest import Parity
from glyphlab_read.reading.reader import Reader

_PARITY_IMAGES = 64
_VALIDATION_COST = 1.1  # read for the loss, and for the text, which is then looked for
_TEST_SECONDS = 0.004  # through the bundle


class ReadingTask(BaseTask[TrainConfig, TrainingData, Samples, Batch]):
    """A reader that learns; see `Task` for attributes and methods.

    Args:
        config: of the run.
        job: whose folder is written to.
        data: what the run reads.
        trainer: the network and its optimiser.
        recorder: where validations and tests are recorded.
        batch: images per step.

    Raises:
        DatasetError: there are too few samples for one batch, or there is no recipe to draw more by.
    """

    _round, _chunk = ROUND, CHUNK

    def __init__(
        self, config: TrainConfig, job: JobContext, data: TrainingData, trainer: Trainer, recorder: Recorder, batch: int
    ) -> None:
        super().__init__(config, job, data, recorder, batch)
        self.trainer = trainer
        self.validation_cost, self.test_seconds = _VALIDATION_COST, _TEST_SECONDS
        self.charset: str | None = data.charset.characters
        self._ngram: NgramModel | None = None
        self._tests: Mapping[str, Sequence[TestSample]] = {}
        self._exporter: Exporter | None = None

    @property
    def can_draw(self) -> bool:
        """See `Task.can_draw`."""
        with contextlib.suppress(DatasetError):
            return bool(generated_by(self._data.main))
        return False

    def _new_rounds(self, size: int) -> OnlineRounds[Any, Samples]:
        data, reader = self._data, self._config.reader
        mixed = StoredSamples(data.training.parts[1:], data.charset, reader) if self._config.mix else None
        return word_rounds(data.main, mixed, data.charset, reader, self._job.workspace, spare_processes(), size)

    def _prefetched(self, sampler: Sampler[Samples], start: int) -> Generator[Batch]:
        return reading_batches(sampler, self._config, self._data.charset.end, start)

    def _stored_batch(self, step: int, numbers: npt.NDArray[np.int64]) -> Batch:
        """Return a batch that is not augmented, whichever step it is of."""
        return make_batch(self._data.training, numbers, self._config.reader, self._data.charset.end)

    def prepare(self) -> None:
        """Open the test sets, and learn the n-gram model that readings are ranked with."""
        datasets = self._data.datasets
        self._tests = self._test_sets(lambda id, learned: dataset_samples(datasets[id], learned=learned))
        self._job.phase("learning which texts are likely")
        self._ngram = ngram_model_of(self._config, self._data, self._job.workspace)

    def loss_figures(self, loss: float) -> dict[str, float]:
        """Return the loss in nats per character, and the perplexity."""
        return {"loss": loss, "perplexity": perplexity(loss)}

    def validate(self, step: int, epoch: int, check_stop: Callable[[], None]) -> ValidationResult:
        """Decode the validation images, those that are pinned, and the watched datasets, which decide nothing."""
        with self.trainer.averaged():
            return self._validate(step, epoch, check_stop)

    def _validate(self, step: int, epoch: int, check_stop: Callable[[], None]) -> ValidationResult:
        validation, ngram, fixed = self._data.validation, self._ngram, self._config.language
        result = self._read(validation, check_stop, ngram, CANDIDATES if fixed is None else (0.0, fixed))
        weight = 0.0 if ngram is None else choose_weight(result.right) if fixed is None else fixed
        pinned = PinnedSamples(validation, self._data.charset, self._config.reader)
        pinned.add(np.arange(len(validation)), result.readings[weight])
        pinned.save_images(self._job.folder)
        self._recorder.pinned(step, epoch, pinned.readings())
        scores = self._scores(result, weight)
        save_validated(self._job.folder, step, result.shares[weight])
        self._recorder.validation(step, epoch, {**self.loss_figures(result.loss), **scores}, len(validation))
        chosen = ngram.weighing(weight) if ngram and weight else None
        for id, samples in self._data.watched.items():
            watched = self._read(samples, check_stop, chosen, (0.0, weight))
            figures = {**self.loss_figures(watched.loss), **self._scores(watched, weight)}
            self._recorder.watched(step, epoch, figures, len(samples), id)
        return ValidationResult(result.loss, scores, len(validation))

    @staticmethod
    def rank(metrics: Mapping[str, Any]) -> tuple[float, ...]:
        """Rank by word accuracy, then by CER, then by loss."""
        return validation_rank(metrics["word_accuracy"], metrics["cer"], metrics["loss"])

    @staticmethod
    def describe(best: Best, images: int) -> dict[str, Any]:
        """Return word accuracy and CER, with the 95 % interval that the number of validation images leaves."""
        accuracy = best.metrics["word_accuracy"]
        interval = wilson(round(accuracy * images), images)
        known = {name: value for name, value in best.metrics.items() if name != "loss"}
        return {"step": best.step, **known, "images": images, "interval": list(interval)}

    def export(self, best: Best) -> Parity:
        """See `Task.export`."""
        if self._exporter is None:
            self._exporter = _open_exporter(self._job, self.trainer, self._data, self._ngram)
        weight = 0.0 if self._ngram is None else best.metrics.get(LIKELY_WEIGHT, self._ngram.weight)
        with self.trainer.averaged():
            return self._exporter.export(best.step, {"validation": best.model_dump()}, weight).parity

    def test(self, step: int, bundle: Path) -> list[dict[str, Any]]:
        """Read each test set with a bundle, keep its readings and return its score. Raises Stopped."""
        reader = open_reader(bundle, self._job.workspace, threads=len(os.sched_getaffinity(0)))
        return [self._test(step, reader, id, samples) for id, samples in self._tests.items()]

    def _test(self, step: int, reader: Reader, dataset: str, samples: Sequence[TestSample]) -> dict[str, Any]:
        self._job.phase("reading the test images")
        after = partial(self._job.advance, total=len(samples), unit="images")
        evaluation = evaluate(reader, samples, after)
        evaluation.save(self._job.folder / paths.TESTS / f"{dataset}.parquet")
        return self._recorder.test(step, evaluation.plain(), dataset)

    def _read(
        self,
        samples: StoredSamples,
        check_stop: Callable[[], None],
        ngram: NgramModel | None,
        weights: Sequence[float],
    ) -> Validation:
        return validate(self.trainer, samples, self._data.charset, check_stop, ngram, weights if ngram else (0.0,))

    def _scores(self, result: Validation, weight: float) -> dict[str, float]:
        """Return the figures of a validation by name; where likely texts may count, those by the image alone, too."""
        score, alone = result.scores[weight], result.scores[0.0]
        figures = {"word_accuracy": score.word_accuracy, "cer": score.cer}
        if self._ngram is None:
            return figures
        right, alone_right = result.right[weight], result.right[0.0]
        counts = {"likely_won": int((right & ~alone_right).sum()), "likely_lost": int((alone_right & ~right).sum())}
        without = {"word_accuracy_alone": alone.word_accuracy, "cer_alone": alone.cer}
        return {**figures, **without, **counts, LIKELY_WEIGHT: weight}


def open_reading_task(config: TrainConfig, job: JobContext, recorder: Recorder, batch: int, gpus: Gpus) -> ReadingTask:
    """Open what a run reads, build its network, give it the weights it begins with, and record what it is made of.

    A run that goes on has its own weights and characters, and needs its parent no more.

    Raises:
        DatasetError, CharsetError: the data does not fit the reader.
        ConfigError: the parent run's network is built otherwise.
    """
    job.phase("opening the dataset")
    begun = checkpoints.newest_state(job.folder)
    known = begun.get("charset")  # None in those of older versions
    parent = open_parent(job.workspace, config.start_from) if config.start_from and known is None else None
    charset = parent.charset if parent else known and Charset(known)
    data = load_training_data(config, partial(_open_dataset, job), charset)
    job.phase("building the network")
    precision = precision_for(config.precision, gpus)
    trainer = Trainer(config, data.charset.classes, precision, drivable_gpus()[: len(gpus)])
    fresh: Fresh = {}
    if parent and not begun:
        fresh = load_pretrained(trainer, config, parent, data.charset)
    elif not begun:
        note = load_imagenet(trainer.network)
        if note:
            recorder.first_note(note)
    job.summary(
        dataset=config.dataset,
        dataset_name=dataset_name(job, config.dataset),
        parameters=trainer.parameters,
        precision=precision,
        charset_size=len(data.charset),
        skipped=dict(data.skipped),
        warning=data.warning,
    )
    _note_origin(recorder, data, parent)
    task = ReadingTask(config, job, data, trainer, recorder, batch)
    if parent and not begun:
        job.phase("measuring the first batches")
        settle(trainer.network.encoder, (batch.image for batch in task.first_batches(SETTLING_BATCHES)))
        trainer.keep_start(config.keep_start, fresh)
    return task


def _open_dataset(job: JobContext, id: str) -> Dataset:
    return open_dataset(job.workspace.folder("datasets", id), verify="hashes")


def _note_origin(recorder: Recorder, data: TrainingData, parent: ParentCheckpoint | None) -> None:
    if parent:
        new = len(set(data.charset.characters) - set(parent.charset.characters))
        recorder.first_note(f"Begins with step {parent.step:,} of {named(parent.run)}; characters new to it: {new}.")
    if data.warning:
        recorder.first_note(data.warning)
    for reason, count in data.skipped.items():
        if count:
            recorder.first_note(f"Samples left out, {reason}: {count:,}.")


def _open_exporter(job: JobContext, trainer: Trainer, data: TrainingData, ngram: NgramModel | None) -> Exporter:
    samples = data.validation
    chosen = range(min(_PARITY_IMAGES, len(samples)))
    return Exporter(
        run=job.folder,
        network=trainer.network,
        charset=data.charset,
        preprocessing=samples.preprocessing,
        trained_on=TrainedOn(dataset=data.main.folder.name, hash=data.main.manifest.hash),
        images=[np.array(samples.image(index)) for index in chosen],
        labels=[samples.ids(index) for index in chosen],
        ngram=ngram,
    )
