"""Base of every kind of learning: the batches of a run's steps and of its trial, stored images or new ones.

New images come in rounds, each with its share of what is mixed in; an epoch is as many steps as with the stored ones.
This module knows neither words nor scenes, and validates nothing.
"""

import contextlib
import itertools
from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from typing import Any, ClassVar, Generic, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from engine.config.run import RunConfig
from engine.datasets.dataset import StoredImages
from engine.jobs.context import JobContext
from engine.synth.online import OnlineRounds, short_round
from engine.training.sampler import AnySamples, MixShares, Sampler, Sized
from engine.training.telemetry import Recorder, dataset_name


class StoredTraining(Sized, Protocol):
    """Stored training samples, part after part: how many each part has, and its weight."""

    sizes: list[int]
    weights: list[float]


class TaskData(Protocol):
    """The data of a run, opened; see `TrainingData` and `LocationData`."""

    @property
    def datasets(self) -> Mapping[str, StoredImages]:
        """All datasets that the run reads, by id."""
        ...

    @property
    def training(self) -> StoredTraining:
        """The training samples of the main dataset and of those mixed in."""
        ...

    @property
    def watched(self) -> Mapping[str, Any]:
        """Images of each dataset that is watched, by id; not of those whose images are all learned from."""
        ...

    @property
    def validation_images(self) -> int:
        """The images that are read at each validation, those of watched datasets included."""
        ...


AnyConfig = TypeVar("AnyConfig", bound=RunConfig)
AnyData = TypeVar("AnyData", bound=TaskData)
AnyBatch = TypeVar("AnyBatch")
AnyTest = TypeVar("AnyTest")


class BaseTask(ABC, Generic[AnyConfig, AnyData, AnySamples, AnyBatch]):
    """The batches of a task; see `Task` for attributes and methods.

    Subclasses set `_round` (new images of a round, at most), `_chunk` (those of one drawing task) and `_reuse` (samples
    of each new image), and say how images are drawn and what a batch is.

    Args:
        config: of the run.
        job: whose folder is written to.
        data: what the run reads.
        recorder: where validations and tests are recorded.
        batch: images per step.

    Raises:
        DatasetError: there are too few images for one batch, or there is no recipe to draw more by.
    """

    _round: ClassVar[int]
    _chunk: ClassVar[int]
    _reuse: ClassVar[int] = 1
    charset: str | None = None

    def __init__(self, config: AnyConfig, job: JobContext, data: AnyData, recorder: Recorder, batch: int) -> None:
        self._config, self._job, self._data, self._recorder = config, job, data, recorder
        self._images = batch
        self.training_images = sum(self._shares(data.training.sizes).counts)
        self.open_images(config.fresh == "on")
        self.validation_images = data.validation_images
        self.test_images = 0
        self.data_hashes = [dataset.manifest.hash for dataset in data.datasets.values()]
        for id in config.watch_on:
            if id not in data.watched:
                self._note_none_left(id, "watched")

    @abstractmethod
    def _new_rounds(self, size: int) -> OnlineRounds[Any, AnySamples]:
        """Return rounds of `size` new images, each followed by what is mixed in. To be closed. Raises DatasetError."""

    @abstractmethod
    def _prefetched(self, sampler: Sampler[AnySamples], start: int) -> Generator[AnyBatch]:
        """Yield the batches of step `start` and all later ones, made ahead of need. To be closed."""

    @abstractmethod
    def _stored_batch(self, step: int, numbers: npt.NDArray[np.int64]) -> AnyBatch:
        """Return a batch of stored samples for a trial."""

    def open_images(self, fresh: bool) -> None:
        """See `Task.open_images`. Raises DatasetError."""
        size = min(self._round, self._data.training.sizes[0])
        self._online, self._sampler = self._drawn(self._images, size) if fresh else (None, self._stored(self._images))
        self.batch, self.steps_per_epoch = self._sampler.batch, self._sampler.steps_per_epoch

    def batches(self, start: int) -> Generator[AnyBatch]:
        """See `Task.batches`. Raises DatasetError when a record is damaged."""
        batches = self._prefetched(self._sampler, start)
        with contextlib.closing(self._online or contextlib.ExitStack()), contextlib.closing(batches):
            yield from batches

    def trial_batches(self, images: int, fresh: bool) -> Generator[AnyBatch]:
        """See `Task.trial_batches`: as a run draws them, in rounds that are drawn sooner, or as `stored_batches`."""
        if not fresh:
            yield from self.stored_batches(images)
            return
        self._online, sampler = self._drawn(images, short_round(images // self._reuse, self._chunk))
        with contextlib.closing(self._online), contextlib.closing(self._prefetched(sampler, 0)) as batches:
            yield from batches

    @property
    def drawn_per_second(self) -> float | None:
        """See `Task.drawn_per_second`."""
        drawn = self._online and self._online.samples_per_second
        return drawn and self._reuse * drawn

    def stored_batches(self, images: int) -> Iterator[AnyBatch]:
        """Yield batches of stored samples: the widest twice, for its first step builds the graph, then as they come."""
        sampler = self._stored(max(images, self._config.device_count))
        batches = [sampler.at(step)[1] for step in range(sampler.steps_per_epoch)]
        widths = self._data.training.widths
        widest = max(range(len(batches)), key=lambda number: int(widths[batches[number]].max()))
        for step, number in enumerate(itertools.cycle((widest, widest, *range(len(batches))))):
            yield self._stored_batch(step, batches[number])

    def first_batches(self, count: int) -> Iterator[AnyBatch]:
        """Yield the first batches of stored samples as a run learns from them, augmentation included."""
        with contextlib.closing(self._prefetched(self._stored(self._images), 0)) as batches:
            yield from itertools.islice(batches, count)

    def _test_sets(self, open_one: Callable[[str, bool], Sequence[AnyTest]]) -> Mapping[str, Sequence[AnyTest]]:
        """Return the samples that are scored at the end, by dataset, and count them.

        Args:
            open_one: opens a dataset's by its id, without its training samples where the run learns from them.
        """
        config, own = self._config, self._data.datasets[self._config.dataset].manifest.counts.get("test", 0)
        ids: dict[str, None] = dict.fromkeys([*([config.dataset] if own else ()), *config.test_on])
        opened = {id: open_one(id, id in config.learned) for id in ids}
        for id, samples in opened.items():
            if not samples:
                self._note_none_left(id, "scored at the end")
        self.test_images = sum(map(len, opened.values()))
        return {id: samples for id, samples in opened.items() if samples}

    def _note_none_left(self, id: str, what: str) -> None:
        name = dataset_name(self._job, id) or id
        self._recorder.first_note(f"Dataset {name} is not {what}: the run learns from all of its images.")

    def _shares(self, sizes: Sequence[int]) -> MixShares:
        return MixShares(sizes, self._data.training.weights)

    def _stored(self, batch: int) -> Sampler[Any]:
        """Return the sampler of stored samples."""
        stored, config = self._data.training, self._config
        return Sampler(lambda _: stored, self._shares(stored.sizes), batch, config.seed, multiple=config.device_count)

    def _drawn(self, batch: int, size: int) -> tuple[OnlineRounds[Any, AnySamples], Sampler[AnySamples]]:
        """Return rounds of `size` new images with the rest mixed in, and their sampler."""
        config, rounds = self._config, self._new_rounds(size)
        shares = self._shares([size * self._reuse, *self._data.training.sizes[1:]])
        epoch, devices = self.training_images, config.device_count
        return rounds, Sampler(rounds.samples_of, shares, batch, config.seed, epoch=epoch, multiple=devices)
