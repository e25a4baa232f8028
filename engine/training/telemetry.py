"""The figures of a run while it trains: events, TensorBoard's files, and the statistics of steps.

This module turns a moment of training into an event (its line in the log: `engine.jobs.logs`) and decides nothing by
what it measures, so that no run depends on the machine's speed.
"""

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil
from tensorboard.compat.proto.event_pb2 import Event  # pyright: ignore[reportAttributeAccessIssue]
from tensorboard.compat.proto.summary_pb2 import Summary  # pyright: ignore[reportAttributeAccessIssue]

from engine.datasets.tfrecord import frame
from engine.errors import GlyphlabError
from engine.evaluation.pinned_photos import PINNED_PHOTOS, PinnedPhoto
from engine.evaluation.pinned_samples import KIND, PinnedReading
from engine.files import space_errors
from engine.jobs import paths
from engine.jobs.context import JobContext
from engine.jobs.job import load_job
from engine.training.device import Gpus, gpu_share, memory_bytes


@dataclass(frozen=True)
class StepStats:
    """Time, waiting for images, processor, GPU and memory, over the steps since the curve's last point.

    Attributes:
        images_per_second: learned from, validations and checkpoints left out.
        waiting: share of that time spent waiting for images, 0…1; a half-idle GPU shows here.
        cpu: share of all cores that this process used, 0…1.
        gpu: share of time the GPUs worked, 0…1; None on the CPU.
        memory_bytes: in use: of the GPU's memory, or of this process on the CPU.
    """

    images_per_second: float
    waiting: float
    cpu: float
    gpu: float | None
    memory_bytes: int

    def plain(self) -> dict[str, Any]:
        """Return the figures as JSON types; those that are not known are left out."""
        return {name: value for name, value in asdict(self).items() if value is not None}


class StepMeter:
    """Sums up the durations of steps.

    Args:
        gpus: those that learn; none on the CPU.

    Attributes:
        seconds, images: of all steps of this process.
    """

    def __init__(self, gpus: Gpus) -> None:
        self._gpus = gpus
        self._process = psutil.Process()
        self._process.cpu_percent()  # the first call only starts the clock
        self.seconds, self.images = 0.0, 0
        self._reset()

    def add(self, seconds: float, waited: float, images: int) -> None:
        """Take in one step: its seconds, those spent waiting for its batch among them, and its images."""
        self.seconds += seconds
        self.images += images
        self._seconds += seconds
        self._waited += waited
        self._images += images

    def stats(self) -> StepStats:
        """Return the statistics of the steps since the last call, and start over."""
        seconds = max(self._seconds, 1e-9)
        stats = StepStats(
            images_per_second=round(self._images / seconds, 1),
            waiting=round(min(1.0, self._waited / seconds), 3),
            cpu=round(self._process.cpu_percent() / 100 / len(os.sched_getaffinity(0)), 3),
            gpu=gpu_share(self._gpus),
            memory_bytes=memory_bytes(self._gpus),
        )
        self._reset()
        return stats

    def _reset(self) -> None:
        self._seconds = self._waited = 0.0
        self._images = 0


class TensorBoard:
    """Writes scalars to a new TensorBoard event file of a run.

    Its files are TFRecords of protobuf messages, so that no TensorFlow is needed to write them. Our own events are the
    truth: a resumed run begins another file here, and TensorBoard hides the steps done twice by itself.
    """

    def __init__(self, run: Path) -> None:
        self._folder = run / paths.TENSORBOARD
        self._folder.mkdir(exist_ok=True)
        self._path = self._folder / f"events.out.tfevents.{time.time_ns() // 10**9}.glyphlab.{os.getpid()}"
        self._append(Event(wall_time=time.time(), file_version="brain.Event:2"))

    def scalars(self, step: int, group: str, values: Mapping[str, float]) -> None:
        """Append one point of each curve "group/name". Raises SpaceError."""
        points = [Summary.Value(tag=f"{group}/{name}", simple_value=value) for name, value in values.items()]
        self._append(Event(wall_time=time.time(), step=step, summary=Summary(value=points)))

    def _append(self, event: Event) -> None:
        with space_errors(self._folder), open(self._path, "ab") as file:
            file.write(frame(event.SerializeToString()))


class Recorder:
    """Writes one run's events, and TensorBoard's points beside them."""

    def __init__(self, job: JobContext) -> None:
        self._job = job
        self._board = TensorBoard(job.folder)

    def train(
        self, step: int, epoch: int, figures: Mapping[str, float], learning_rate: float, stats: StepStats
    ) -> None:
        """Add a point of the learning curve: mean figures since the last one, and the statistics of the steps."""
        curve = {**figures, "learning_rate": learning_rate}
        self._job.event("train", step, epoch=epoch, **curve, **stats.plain())
        self._board.scalars(step, "train", {**curve, "images_per_second": stats.images_per_second})

    def validation(self, step: int, epoch: int, figures: Mapping[str, float], images: int) -> None:
        """Add a point of the validation curve."""
        self._job.event("validation", step, epoch=epoch, **figures, images=images)
        self._board.scalars(step, "validation", figures)

    def watched(self, step: int, epoch: int, figures: Mapping[str, float], images: int, dataset: str) -> None:
        """Add a point of the curve of a watched dataset."""
        name = dataset_name(self._job, dataset)
        source = {"dataset": dataset, "dataset_name": name}
        self._job.event("watched", step, epoch=epoch, **source, **figures, images=images)
        self._board.scalars(step, f"watched {name} {dataset[-6:]}", figures)  # names may be alike

    def pinned(self, step: int, epoch: int, readings: Sequence[PinnedReading]) -> None:
        """Keep the readings of the pinned validation images."""
        self._job.event(KIND, step, epoch=epoch, readings=[reading.model_dump() for reading in readings])

    def pinned_photos(self, step: int, epoch: int, photos: Sequence[PinnedPhoto]) -> None:
        """Keep what was found in the pinned validation photos."""
        self._job.event(PINNED_PHOTOS, step, epoch=epoch, photos=[photo.model_dump() for photo in photos])

    def checkpoint(self, step: int, size: int, seconds: float) -> None:
        """Record a checkpoint: its bytes, and the seconds it took to write."""
        self._job.event("checkpoint", step, bytes=size, write_seconds=round(seconds, 3))

    def bundle(self, step: int, parity: Mapping[str, Any], seconds: float) -> None:
        """Record a bundle, its parity check and the seconds it took."""
        self._job.event("bundle", step, **parity, write_seconds=round(seconds, 3))

    def note(self, step: int, text: str) -> None:
        """Add a sentence for people."""
        self._job.event("note", step, text=text)

    def first_note(self, text: str) -> None:
        """Add a sentence on what holds before the first step; a resumed run does not repeat it."""
        if not self._job.resuming:
            self.note(0, text)

    def test(self, step: int, score: Mapping[str, Any], dataset: str) -> dict[str, Any]:
        """Record the final score on a dataset's test images, and return it as the summary has it."""
        figures = {"dataset": dataset, "dataset_name": dataset_name(self._job, dataset), **score}
        self._job.event("test", step, **figures)
        return figures


def dataset_name(job: JobContext, dataset: str) -> str | None:
    """Return the name of a dataset in the job's workspace; None if it was deleted."""
    try:
        return load_job(job.workspace, "datasets", dataset).name
    except GlyphlabError:
        return None
