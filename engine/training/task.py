"""Interface between the training loop and one kind of learning: reading words is one, finding text another.

The loop, checkpoints, resuming, trial and the curves know a task by this interface alone. This module implements
none; see `reading_task` and `location_task`.
"""

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from engine.training.checkpoint import Best
from engine.training.trainer import Group, Tensors


class TrainBatch(Protocol):
    """A batch as the loop sees it.

    Attributes:
        image: what the network sees, uint8 (N, H, W, C).
        indices: the samples, int64 (N,).
    """

    image: npt.NDArray[np.uint8]
    indices: npt.NDArray[np.int64]

    @property
    def count(self) -> int:
        """The divisor of the batch's summed loss."""
        ...


@dataclass(frozen=True)
class ValidationResult:
    """One validation.

    Attributes:
        loss: over the images whose truth the network can express; NaN where there are none.
        metrics: values by name, the one that curves of lists show first.
        images: how many were read.
    """

    loss: float
    metrics: Mapping[str, float]
    images: int


class ParityCheck(Protocol):
    """Comparison of a bundle with the network that it was exported from."""

    @property
    def counts(self) -> bool:
        """True if the bundle may be used."""
        ...

    def plain(self) -> dict[str, Any]:
        """Return its figures as JSON types."""
        ...


class Learner(Protocol):
    """The network of a task with its optimiser."""

    def train_step(self, batch: Any, learning_rate: float) -> float:
        """Take one step on a batch and return its loss before the step."""
        ...

    def tensors(self, group: Group) -> Tensors:
        """Return a copy of every number of the network, or of the optimiser."""
        ...

    def restore(self, group: Group, tensors: Tensors) -> None:
        """Put numbers back. Raises CheckpointError when they are of another network."""
        ...


class Task(Protocol):
    """One kind of learning, as the loop drives it.

    Attributes:
        batch: images per step.
        steps_per_epoch: at least 1.
        training_images: in one epoch.
        validation_images: images read at each validation, those of watched datasets included.
        test_images: images read at the end; known once `prepare` was called.
        validation_cost: of one validation image, in images learned from.
        test_seconds: of one test image, about.
        data_hashes: of the datasets, in a fixed order; a run resumes on the same ones only.
        charset: the characters that are read; None where none are.

    Images are the stored ones, or new ones in every epoch where the config says so: see `open_images`.
    """

    batch: int
    steps_per_epoch: int
    training_images: int
    validation_images: int
    test_images: int
    validation_cost: float
    test_seconds: float
    data_hashes: list[str]
    charset: str | None

    @property
    def trainer(self) -> Learner:
        """The network with its optimiser."""
        ...

    @property
    def can_draw(self) -> bool:
        """True if the main dataset has a recipe by which new images can be drawn."""
        ...

    @property
    def drawn_per_second(self) -> float | None:
        """Images that the processes that draw can make, by their last ones; None where nothing was drawn yet."""
        ...

    def open_images(self, fresh: bool) -> None:
        """Learn from new images in every epoch, or from the stored ones; to be called before `batches`."""
        ...

    def prepare(self) -> None:
        """Do the work that only a whole run needs before its first step. A trial does not call this."""
        ...

    def batches(self, start: int) -> Generator[Any]:
        """Yield the batches (`TrainBatch`) of step `start` and all later ones, without end. To be closed."""
        ...

    def trial_batches(self, images: int, fresh: bool) -> Generator[Any]:
        """Yield batches of a given size for a trial: stored ones, the most costly first, or new ones. To be closed."""
        ...

    def loss_figures(self, loss: float) -> dict[str, float]:
        """Return what curves show of a training loss, by name; `loss` among them."""
        ...

    def validate(self, step: int, epoch: int, check_stop: Callable[[], None]) -> ValidationResult:
        """Read the validation images and record what came of it; `check_stop` is called now and then, and may raise."""
        ...

    def rank(self, metrics: Mapping[str, Any]) -> tuple[float, ...]:
        """Return what decides between two validations: the greater is the better."""
        ...

    def describe(self, best: Best, images: int) -> dict[str, Any]:
        """Return what lists show of the best validation, which read `images` images."""
        ...

    def export(self, best: Best) -> ParityCheck:
        """Write the bundle of the best validation, whose weights the network holds, and return its parity check."""
        ...

    def test(self, step: int, bundle: Path) -> list[dict[str, Any]]:
        """Score a bundle on each test set; return the figures as the summary shows them. Raises Stopped."""
        ...
