"""What learning costs, between two points of the curve: time, waiting for images, processor, GPU and memory.

This module decides nothing by what it measures, so that no run depends on the machine's mood.
"""

from dataclasses import asdict, dataclass
from typing import Any

import psutil

from engine.training.device import Gpus, gpu_share, memory_bytes


@dataclass(frozen=True)
class StepStats:
    """The steps since the curve's last point.

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
    """Adds up what steps cost.

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
        self._forget()

    def add(self, seconds: float, waited: float, images: int) -> None:
        """Take in one step: its seconds, those spent waiting for its batch among them, and its images."""
        self.seconds, self.images = self.seconds + seconds, self.images + images
        self._seconds, self._waited, self._images = (
            self._seconds + seconds,
            self._waited + waited,
            self._images + images,
        )

    def stats(self) -> StepStats:
        """Return what the steps since the last call cost, and begin anew."""
        seconds = max(self._seconds, 1e-9)
        cost = StepStats(
            images_per_second=round(self._images / seconds, 1),
            waiting=round(min(1.0, self._waited / seconds), 3),
            cpu=round(self._process.cpu_percent() / 100 / (psutil.cpu_count() or 1), 3),
            gpu=gpu_share(self._gpus),
            memory_bytes=memory_bytes(self._gpus),
        )
        self._forget()
        return cost

    def _forget(self) -> None:
        self._seconds = self._waited = 0.0
        self._images = 0
