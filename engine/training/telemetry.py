"""What a run tells about itself: events, TensorBoard's files and the summary.

Knows how a training moment becomes a line and nothing else: it decides no moment and never reaches into the network.
"""

import math
from collections.abc import Sequence
from typing import Any

from engine.errors import GlyphlabError
from engine.evaluation.metrics import Score
from engine.evaluation.pinned_samples import KIND, PinnedReading
from engine.jobs.context import JobContext
from engine.jobs.job import load_job
from engine.reading.manifest import Parity
from engine.training.step_stats import StepStats
from engine.training.tensorboard import TensorBoard
from engine.training.validation import Validation

_LARGEST_EXPONENT = 50.0  # a perplexity over e^50 says nothing more


def perplexity(loss: float) -> float:
    """Return exp(loss), the number of characters the reader is torn between."""
    return math.exp(min(loss, _LARGEST_EXPONENT))


class Recorder:
    """Writes one run's events."""

    def __init__(self, job: JobContext) -> None:
        self._job = job
        self._board = TensorBoard(job.folder)

    def train(self, step: int, epoch: int, loss: float, learning_rate: float, cost: StepStats) -> None:
        """Add a point of the learning curve: mean loss since the last one, and what the steps since then cost."""
        curve = {"loss": loss, "perplexity": perplexity(loss), "learning_rate": learning_rate}
        self._job.event("train", step, epoch=epoch, **curve, **cost.plain())
        self._board.scalars(step, "train", {**curve, "images_per_second": cost.images_per_second})

    def validation(self, step: int, epoch: int, result: Validation) -> None:
        """Add a point of the validation curve."""
        curve = _curve(result)
        self._job.event("validation", step, epoch=epoch, **curve, images=result.score.images)
        self._board.scalars(step, "validation", curve)

    def watched(self, step: int, epoch: int, result: Validation, dataset: str) -> None:
        """Add a point of the curve of a watched dataset."""
        curve, name = _curve(result), dataset_name(self._job, dataset)
        told = {"dataset": dataset, "dataset_name": name}
        self._job.event("watched", step, epoch=epoch, **told, **curve, images=result.score.images)
        self._board.scalars(step, f"watched {name} {dataset[-6:]}", curve)  # names may be alike

    def pinned(self, step: int, epoch: int, readings: Sequence[PinnedReading]) -> None:
        """Keep what a validation read in the images that people watch."""
        self._job.event(KIND, step, epoch=epoch, readings=[reading.model_dump() for reading in readings])

    def checkpoint(self, step: int, size: int, seconds: float) -> None:
        """Tell of a checkpoint: its bytes, and the seconds it took to write."""
        self._job.event("checkpoint", step, bytes=size, write_seconds=round(seconds, 3))

    def bundle(self, step: int, parity: Parity, seconds: float) -> None:
        """Tell of a bundle, its parity check and the seconds it took."""
        self._job.event("bundle", step, **parity.plain(), write_seconds=round(seconds, 3))

    def note(self, step: int, text: str) -> None:
        """Add a sentence for people."""
        self._job.event("note", step, text=text)

    def test(self, step: int, score: Score, dataset: str) -> dict[str, Any]:
        """Tell of the final score on a dataset's test images, and return it as the summary has it."""
        figures = {"dataset": dataset, "dataset_name": dataset_name(self._job, dataset), **score.plain()}
        self._job.event("test", step, **figures)
        return figures


def dataset_name(job: JobContext, dataset: str) -> str | None:
    """Return the name of a dataset in the job's workspace; None when it is gone."""
    try:
        return load_job(job.workspace, "datasets", dataset).name
    except GlyphlabError:
        return None


def _curve(result: Validation) -> dict[str, float]:
    return {
        "loss": result.loss,
        "perplexity": perplexity(result.loss),
        "word_accuracy": result.score.word_accuracy,
        "cer": result.score.cer,
    }
