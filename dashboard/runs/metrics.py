"""The metrics of a run that a chart can show, and the view of a chart: its axis, smoothing and zoom.

Plain values; `charts` draws them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple


@dataclass(frozen=True)
class Metric:
    """A quantity to plot.

    Attributes:
        column: of the events that hold it.
        name, unit: as its axis reads.
        log: whether it suits a log axis.
        scale: axis value of 1 in the column; 100 for shares in percent.
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
        """True for a share in percent, whose axis ends at 100."""
        return self.unit == "%"


LOSS = Metric("loss", "Loss", "nats per character", log=True)
PERPLEXITY = Metric("perplexity", "Perplexity", log=True)
WORD_ACCURACY = Metric("word_accuracy", "Word accuracy", "%", scale=100)
ALONE = Metric("word_accuracy_alone", "Word accuracy by the image alone", "%", scale=100)
CER = Metric("cer", "Character error rate", "%", scale=100)
LOCATION_LOSS = Metric("loss", "Loss", log=True)
H_MEAN = Metric("h_mean", "H-mean of boxes", "%", scale=100)
PRECISION = Metric("precision", "Precision of boxes", "%", scale=100)
RECALL = Metric("recall", "Recall of boxes", "%", scale=100)
PIXEL_F1 = Metric("pixel_f1", "F1 of pixels", "%", scale=100)
PIXEL_IOU = Metric("pixel_iou", "IoU of pixels", "%", scale=100)
PIXEL_ACCURACY = Metric("pixel_accuracy", "Accuracy of pixels", "%", scale=100)
LEARNING_RATE = Metric("learning_rate", "Learning rate")
SPEED = Metric("images_per_second", "Images per second")
WAITING = Metric("waiting", "Time spent waiting for images", "%", scale=100)
CPU = Metric("cpu", "Processor cores at work", "%", scale=100)
GPU = Metric("gpu", "GPU at work", "%", scale=100)
MEMORY = Metric("memory_bytes", "Memory", "GB", scale=1e-9)


class Zoom(NamedTuple):
    """The visible part of a chart: the ends of its axes as plotly has them; None where all is visible."""

    x: tuple[float, float] | None = None
    y: tuple[float, float] | None = None


@dataclass(frozen=True)
class View:
    """Settings of a chart of curves; a refresh keeps them.

    Attributes:
        axis: title of the x axis.
        column: which column of the events it shows.
        scales: by run id, axis value of 1 in that column; 1 by default.
        smoothing: weight of the past in the exponential mean of training curves, 0 (none) to 0.99.
        log: whether metrics that suit it get a log axis.
        zooms: the visible part of each chart, by `meaning`.
        held: whether a chart is being dragged, which a new drawing would end.
    """

    axis: str = "Step"
    column: str = "step"
    scales: Mapping[str, float] = field(default_factory=dict)
    smoothing: float = 0.0
    log: bool = True
    zooms: Mapping[str, Zoom] = field(default_factory=dict)
    held: bool = False

    def meaning(self, metric: Metric) -> str:
        """Return the meaning of the axes of a metric's chart: while it stays the same, zoom and pan hold."""
        return f"{metric.column} over {self.axis}{', log' if self.is_log(metric) else ''}"

    def is_log(self, metric: Metric) -> bool:
        """Say whether a metric is drawn on a log axis."""
        return metric.log and self.log

    def zoom(self, metric: Metric) -> Zoom:
        """Return the visible part of a metric's chart."""
        return self.zooms.get(self.meaning(metric), Zoom())
