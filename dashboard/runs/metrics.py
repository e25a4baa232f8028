"""What a chart shows of a run and how it is looked at: the measures, the axis over which they are drawn, the zoom.

Plain values; `figures` draws them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple


@dataclass(frozen=True)
class Metric:
    """One thing to plot.

    Attributes:
        column: of the events, which holds it.
        name, unit: as its axis reads.
        log: whether it suits a log axis.
        scale: what the axis shows for 1 in the column; 100 for shares in percent.
    """

    column: str
    name: str
    unit: str = ""
    log: bool = False
    scale: float = 1.0

    @property
    def title(self) -> str:
        """The name with its unit."""
        return f"{self.name} ({self.unit})" if self.unit else self.name

    @property
    def share(self) -> bool:
        """Whether it is a share in percent, whose axis ends at 100."""
        return self.unit == "%"


LOSS = Metric("loss", "Loss", "nats per character", log=True)
PERPLEXITY = Metric("perplexity", "Perplexity", log=True)
WORD_ACCURACY = Metric("word_accuracy", "Word accuracy", "%", scale=100)
CER = Metric("cer", "Character error rate", "%", scale=100)
LEARNING_RATE = Metric("learning_rate", "Learning rate")
SPEED = Metric("images_per_second", "Images per second")
WAITING = Metric("waiting", "Time spent waiting for images", "%", scale=100)
CPU = Metric("cpu", "Processor cores at work", "%", scale=100)
GPU = Metric("gpu", "GPU at work", "%", scale=100)
MEMORY = Metric("memory_bytes", "Memory", "GB", scale=1e-9)


class Zoom(NamedTuple):
    """The part of a chart that is looked at: the ends of its axes as plotly has them; None where all is."""

    x: tuple[float, float] | None = None
    y: tuple[float, float] | None = None


@dataclass(frozen=True)
class View:
    """How people look at curves: changing it moves them, a refresh does not.

    Attributes:
        axis: title of the x axis.
        column: which column of the events it shows.
        scales: by run id, what the axis shows for 1 in that column; 1 where it is not given.
        smoothing: weight of the past in the exponential mean of training curves, 0 (none) to 0.99.
        log: whether measures that suit it get a log axis.
        zooms: the part of each chart that is looked at, by `meaning`.
        held: whether one is being dragged: a chart that is drawn anew ends that.
    """

    axis: str = "Step"
    column: str = "step"
    scales: Mapping[str, float] = field(default_factory=dict)
    smoothing: float = 0.0
    log: bool = True
    zooms: Mapping[str, Zoom] = field(default_factory=dict)
    held: bool = False

    def meaning(self, measure: Metric) -> str:
        """Return what the axes of a measure's chart mean: as long as it is the same, zoom and pan hold."""
        return f"{measure.column} over {self.axis}{', log' if self.is_log(measure) else ''}"

    def is_log(self, measure: Metric) -> bool:
        """Say whether a measure is drawn on a log axis."""
        return measure.log and self.log

    def zoom(self, measure: Metric) -> Zoom:
        """Return the part of a measure's chart that is looked at."""
        return self.zooms.get(self.meaning(measure), Zoom())
