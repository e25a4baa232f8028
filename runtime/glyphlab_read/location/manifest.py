"""The manifest of a locator's bundle: its network, the size of photos, its maps and the thresholds tuned for them.

Nothing of a manifest is trusted that these closed models do not check. This module opens no files.
"""

from typing import Annotated, Any, Literal, Self

from pydantic import AwareDatetime, Field, model_validator

from glyphlab_read.bundles.entries import Graph, TrainedOn, check_graphs
from glyphlab_read.location.maps import MapName, TextLevel, levels_of
from glyphlab_read.location.preprocess import PhotoPreprocessing
from glyphlab_read.regions.boxes import SHRINK
from glyphlab_read.regions.thresholds import Thresholds
from glyphlab_read.settings import ClosedModel, setting

TOLERANCE = 1e-3
"""Largest difference of a probability between a network and its export."""

_GRAPHS = frozenset({"network"})


class TunedThresholds(ClosedModel):
    """Thresholds of one level, and where they come from."""

    thresholds: Thresholds = setting(..., help="The four numbers.")
    tuned_on: str = setting(
        "", max_length=200, help="Name of the set whose maps they were chosen on; empty: nobody tuned them."
    )
    scenes: int = setting(0, ge=0, help="Scenes of that set that were used.")
    h_mean: float | None = setting(None, ge=0.0, le=1.0, help="H-mean there, at the best thresholds; empty: not known.")


class MapParity(ClosedModel):
    """Comparison of a locator's bundle with the network that it was exported from."""

    images: int = setting(..., ge=0, help="Photos compared.")
    largest_difference: float = setting(..., ge=0, help="Largest difference of a probability.")
    same_boxes: int = setting(..., ge=0, help="Photos in which both found the same boxes.")
    counts: bool = setting(..., help="True if the bundle may be used.")


class LocatorManifest(ClosedModel):
    """The contents of a locator's manifest.json."""

    format: Literal[1] = 1
    kind: Literal["locator"] = "locator"
    run: str = setting(..., max_length=80, help="Id of the run, or `starter`.")
    step: int = setting(..., ge=0, help="Training step of the weights.")
    created: AwareDatetime = setting(..., help="When it was made, UTC.")
    locator: dict[str, Any] = setting(..., help="The locator's config, for the record.")
    preprocessing: PhotoPreprocessing = setting(..., help="The size at which photos are seen.")
    maps: tuple[MapName, ...] = setting(..., min_length=1, help="The channels of the network's output, in their order.")
    shrink: Annotated[float, Field(gt=0, le=1)] = setting(SHRINK, help="Ratio that its kernels are shrunk by.")
    thresholds: dict[TextLevel, TunedThresholds] = setting(..., help="Thresholds for each level of its boxes.")
    graphs: dict[str, Graph] = setting(..., help="The ONNX files by name.")
    parity: MapParity = setting(..., help="Comparison with the network that it was exported from.")
    scores: dict[str, Any] = setting({}, help="Scores by test set, for the record.")
    trained_on: TrainedOn = setting(..., help="The data it learned from.")
    hash: str = setting("", pattern=r"^([0-9a-f]{64})?$", help="SHA-256 of all the above, set when it is saved.")

    @model_validator(mode="after")
    def _parts_fit(self) -> Self:
        check_graphs(self.graphs, _GRAPHS, self.kind)
        if len(set(self.maps)) < len(self.maps):
            raise ValueError("A map is named twice. Name each channel once")
        if set(self.thresholds) != set(self.levels):
            raise ValueError(f"Maps {list(self.maps)} need thresholds for {list(self.levels)}, no more, no less")
        return self

    @property
    def levels(self) -> tuple[TextLevel, ...]:
        """The levels that it finds: words, and lines where it has a map of them."""
        return levels_of(self.maps)
