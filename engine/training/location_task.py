"""Learning to find text: batches of crops, their loss, validation by boxes, pinned photos, bundles.

An implementation of `engine.training.task.Task`, beside `reading_task`. Which steps are taken, and when to validate,
save and export, is the loop's.
"""

import contextlib
import math
import os
from collections.abc import Callable, Generator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.config.train import TrainLocatorConfig
from engine.datasets.scenes.dataset import SceneDataset, open_scenes
from engine.errors import DatasetError
from engine.evaluation.diagnosis import location_rank
from engine.evaluation.locate import (
    LocationTables,
    SceneSample,
    compare,
    evaluate_locator,
    scene_samples,
    score_summary,
    tables_of,
)
from engine.evaluation.location_score import LocationScore
from engine.evaluation.trial_crops import SHOWN, save_trial_crops
from engine.evaluation.validated import save_validated
from engine.export.locator import LocatorExporter, keras_text_map, preprocessing_of
from engine.jobs import paths
from engine.jobs.context import JobContext
from engine.location.bundle import open_locator
from engine.location.tuning import MappedScene, tune
from engine.models.locators.losses import locator_loss
from engine.regions.region import at_level, move_all
from engine.synth.online import OnlineRounds, spare_processes
from engine.training import checkpoint as checkpoints
from engine.training.base_task import BaseTask
from engine.training.checkpoint import Best
from engine.training.crops import CropBatch, cut_crop, draw_targets
from engine.training.device import Gpus, precision_for
from engine.training.location_data import LocationData, load_location_data
from engine.training.locator_trainer import LocatorTrainer
from engine.training.pinned_photos import PinnedPhotos
from engine.training.prefetch import prefetch
from engine.training.sampler import Sampler
from engine.training.scenes import (
    CHUNK,
    REUSE,
    ROUND,
    ScenePart,
    Scenes,
    StoredScenes,
    scene_rounds,
    scenes_generated_by,
)
from engine.training.task import ValidationResult
from engine.training.telemetry import Recorder, dataset_name
from engine.training.trainer import drivable_gpus
from engine.training.transfer import SETTLING_BATCHES, named, open_parent_locator, settle
from glyphlab_read.bundles.entries import TrainedOn
from glyphlab_read.location.locator import Locator
from glyphlab_read.location.manifest import MapParity, TunedThresholds
from glyphlab_read.location.maps import TextLevel, levels_of

_PARITY_PHOTOS = 8
_VALIDATION_COST = 5.0  # a whole scene is larger than a crop, and thresholds are tuned on its map
_TEST_SECONDS = 0.2  # through the bundle


class LocationTask(BaseTask[TrainLocatorConfig, LocationData, Scenes, CropBatch]):
    """A locator that learns; see `Task` for attributes and methods.

    Args:
        config: of the run.
        job: whose folder is written to.
        data: what the run reads.
        trainer: the network and its optimiser.
        recorder: where validations and tests are recorded.
        batch: crops per step.

    Raises:
        DatasetError: there are too few scenes for one batch, or there is no recipe to draw more by.
    """

    _round, _chunk, _reuse = ROUND, CHUNK, REUSE

    def __init__(
        self,
        config: TrainLocatorConfig,
        job: JobContext,
        data: LocationData,
        trainer: LocatorTrainer,
        recorder: Recorder,
        batch: int,
    ) -> None:
        super().__init__(config, job, data, recorder, batch)
        self.trainer = trainer
        self.validation_cost, self.test_seconds = _VALIDATION_COST, _TEST_SECONDS
        self._thresholds: dict[TextLevel, TunedThresholds] = {}
        self._tuned_at = -1  # the step of these
        self._tests: Mapping[str, Sequence[SceneSample]] = {}
        self._exporter: LocatorExporter | None = None

    @property
    def can_draw(self) -> bool:
        """See `Task.can_draw`; who learns from the first scenes only wants no others."""
        with contextlib.suppress(DatasetError):
            return bool(scenes_generated_by(self._data.main)) and not self._config.first
        return False

    def _new_rounds(self, size: int) -> OnlineRounds[Any, Scenes]:
        mixed = StoredScenes(self._data.training.parts[1:]) if self._config.mix else None
        return scene_rounds(self._data.main, mixed, self._job.workspace, spare_processes(), size)

    def _prefetched(self, sampler: Sampler[Scenes], start: int) -> Generator[CropBatch]:
        return prefetch(lambda step: (step, *sampler.at(step)), self._make, start)

    def _stored_batch(self, step: int, numbers: npt.NDArray[np.int64]) -> CropBatch:
        return self._make((step, self._data.training, numbers))

    def prepare(self) -> None:
        """Open the test sets."""
        datasets = self._data.datasets
        self._tests = self._test_sets(lambda id, learned: scene_samples(datasets[id].folder, learned=learned))

    def save_crops(self) -> None:
        """Write a few crops with their targets into the job's folder, to be looked at before the first step."""
        batch = next(self.stored_batches(min(SHOWN, len(self._data.training))))
        images = np.asarray(batch.image, np.uint8)
        save_trial_crops(self._job.folder, images, batch.targets, self.trainer.map_names)

    def _make(self, planned: tuple[int, Scenes, npt.NDArray[np.int64]]) -> CropBatch:
        """Cut the crops of a step, each by random numbers of its own: the order of threads decides nothing."""
        step, scenes, numbers = planned
        crops = []
        for place, number in enumerate(numbers.tolist()):
            scene = scenes.scene(number)
            rng = np.random.default_rng([self._config.seed, step, place])
            crops.append(cut_crop(scene.pixels, scene.regions, self._config, rng))
        images, targets = (np.stack(each) for each in zip(*crops, strict=True))
        return CropBatch(images, targets, numbers)

    def loss_figures(self, loss: float) -> dict[str, float]:
        """Return the loss."""
        return {"loss": loss}

    def validate(self, step: int, epoch: int, check_stop: Callable[[], None]) -> ValidationResult:
        """Map the validation scenes, tune the thresholds on them, and score; then the watched datasets by these."""
        with self.trainer.averaged():
            loss, scenes = self._map(self._data.validation, check_stop)
            watched = {id: self._map(part, check_stop) for id, part in self._data.watched.items()}
        self._tune(step, scenes)
        tables = self._tables(scenes)
        score = tables.score
        save_validated(self._job.folder, step, tables.h_means)
        photos = PinnedPhotos(self._job.folder, self._data.validation)
        self._recorder.pinned_photos(step, epoch, photos.save(step, scenes, self._thresholds["word"].thresholds))
        figures = {"loss": loss, **_figures(score)}
        self._recorder.validation(step, epoch, figures, len(scenes))
        for id, (lost, mapped) in watched.items():
            self._recorder.watched(step, epoch, {"loss": lost, **_figures(self._tables(mapped).score)}, len(mapped), id)
        return ValidationResult(loss, _figures(score), len(scenes))

    def _tune(self, step: int, scenes: list[MappedScene]) -> None:
        """Choose the thresholds of a step by the maps of its validation scenes."""
        data = self._data.validation.dataset
        told = f"validation scenes of {dataset_name(self._job, data.folder.name) or 'validation'}"
        drawn, levels = data.manifest.kind == "synthetic", levels_of(self.trainer.map_names)
        self._thresholds = {level: tune(scenes, level, told, synthetic=drawn) for level in levels}
        self._tuned_at = step

    def _map(self, part: ScenePart, check_stop: Callable[[], None]) -> tuple[float, list[MappedScene]]:
        """Return the mean loss over scenes, and their maps, seen at the size at which evaluations see them."""
        config, scenes, lost = self._config, [], 0.0
        preprocessing, drawn = preprocessing_of(config.locator), part.dataset.manifest.kind == "synthetic"
        for number in part.numbers.tolist():
            check_stop()
            photo, regions = part.dataset.image(number), part.dataset.regions(number)
            side = preprocessing.usual_side(photo.size, drawn)
            mapped = keras_text_map(self.trainer.network, config.locator, photo, side)
            lost += self._loss(mapped, regions)
            scenes.append(MappedScene(mapped, regions))
        return lost / len(scenes) if scenes else math.nan, scenes

    def _loss(self, mapped: Any, regions: Any) -> float:
        """Return the loss of a map that is known, as in training."""
        height, width, _ = mapped.maps.shape
        factors = np.array(mapped.scale, np.float32)
        scaled = move_all(regions, lambda points: points / factors)
        targets = draw_targets(scaled, (height, width), mapped.names, 1)
        shares = np.clip(mapped.maps.astype(np.float32), 1e-4, 1 - 1e-4)
        logits = np.log(shares / (1 - shares))
        config = self._config
        return float(locator_loss(targets[None], logits[None], mapped.names, config.loss, config.negatives))

    def _tables(self, scenes: list[MappedScene]) -> LocationTables:
        rows: tuple[list[Any], list[Any], list[Any]] = ([], [], [])
        for number, scene in enumerate(scenes):
            boxes = scene.text_map.boxes("word", self._thresholds["word"].thresholds)
            words = at_level(scene.regions, "word")
            found = compare(str(number), scene.text_map.size, boxes, words, 0.0, scene.text_map)
            for kept, new in zip(rows, found, strict=True):
                kept += new
        return tables_of(rows)

    @staticmethod
    def rank(metrics: Mapping[str, Any]) -> tuple[float, ...]:
        """Rank by H-mean, then by the F1 of pixels, then by loss."""
        return location_rank(metrics["h_mean"], metrics.get("pixel_f1", 0.0), metrics["loss"])

    @staticmethod
    def describe(best: Best, images: int) -> dict[str, Any]:
        """Return all figures of the best validation."""
        return {"step": best.step, **best.metrics, "images": images}

    def export(self, best: Best) -> MapParity:
        """See `Task.export`."""
        if self._exporter is None:
            validation, config = self._data.validation, self._config
            photos = [validation.dataset.image(number) for number in validation.numbers[:_PARITY_PHOTOS].tolist()]
            main = self._data.main
            trained_on = TrainedOn(dataset=main.folder.name, hash=main.manifest.hash)
            self._exporter = LocatorExporter(self._job.folder, self.trainer.network, config.locator, trained_on, photos)
        with self.trainer.averaged():
            if self._tuned_at != best.step:  # an older checkpoint than was validated last, or a resumed run's
                self._tune(best.step, self._map(self._data.validation, lambda: None)[1])
            return self._exporter.export(best.step, self._thresholds, {"validation": best.model_dump()}).parity

    def test(self, step: int, bundle: Path) -> list[dict[str, Any]]:
        """Search each test set with a bundle, keep its tables and return its score. Raises Stopped."""
        locator = open_locator(bundle, self._job.workspace, threads=len(os.sched_getaffinity(0)))
        return [self._test(step, locator, id, samples) for id, samples in self._tests.items()]

    def _test(self, step: int, locator: Locator, dataset: str, samples: Sequence[SceneSample]) -> dict[str, Any]:
        self._job.phase("searching the test scenes")
        after = partial(self._job.advance, total=len(samples), unit="scenes")
        tables = evaluate_locator(locator, samples, after=after)
        (self._job.folder / paths.TESTS).mkdir(exist_ok=True)
        tables.save(self._job.folder / paths.TESTS / dataset)
        name = dataset_name(self._job, dataset) or dataset
        return self._recorder.test(step, score_summary(tables, locator, name, drawn=samples[0].drawn), dataset)


def open_location_task(
    config: TrainLocatorConfig, job: JobContext, recorder: Recorder, batch: int, gpus: Gpus
) -> LocationTask:
    """Open what a run reads, build its network, give it the weights it begins with, and record what it is made of.

    Raises:
        DatasetError: the data is empty, damaged, or holds words.
        ConfigError: the parent run's network is built otherwise.
    """
    job.phase("opening the dataset")

    def open_one(id: str) -> SceneDataset:
        return open_scenes(job.workspace.folder("datasets", id), verify="hashes")

    data = load_location_data(config, open_one)
    job.phase("building the network")
    precision = precision_for(config.precision, gpus)
    trainer = LocatorTrainer(config, precision, drivable_gpus()[: len(gpus)])
    begins = config.start_from if not checkpoints.saved_steps(job.folder) else None  # a resumed run has its own
    if begins:
        step, tensors = open_parent_locator(job.workspace, begins, config.locator)
        trainer.restore("network", tensors)
        recorder.first_note(f"Begins with step {step:,} of {named(begins)}.")
    job.summary(
        dataset=config.dataset,
        dataset_name=dataset_name(job, config.dataset),
        parameters=trainer.parameters,
        precision=precision,
        network=config.locator.network,
    )
    task = LocationTask(config, job, data, trainer, recorder, batch)
    if begins:
        job.phase("measuring the first batches")
        settle(trainer.network, (batch.image for batch in task.first_batches(SETTLING_BATCHES)))
        trainer.keep_start(config.keep_start)
    return task


def _figures(score: LocationScore) -> dict[str, float]:
    """Return what curves show of a score, by name."""
    counts = score.counts
    figures = {"h_mean": counts.h_mean, "precision": counts.precision, "recall": counts.recall}
    if score.pixels is None:
        return figures
    pixels = {f"pixel_{name}": value or 0.0 for name, value in score.pixels.plain().items()}
    return {**figures, **pixels}
