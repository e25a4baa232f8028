"""The text map of a photo: a locator's probabilities for each pixel, and the boxes that thresholds make of them.

Kept maps give boxes again and again, at other thresholds, without the network.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from glyphlab_read.location.maps import MapName, TextLevel, levels_of
from glyphlab_read.regions.boxes import Box, boxes_from_map
from glyphlab_read.regions.thresholds import Thresholds


@dataclass(frozen=True, eq=False)
class TextMap:
    """The map of text in a photo.

    Attributes:
        maps: float16 (h, w, M), probabilities 0…1.
        names: of the M maps.
        shrink: ratio that kernels and lines are shrunk by.
        scale: px of the photo for one of the map, along x and y.
        size: width and height of the photo, px.
    """

    maps: npt.NDArray[np.float16]
    names: tuple[MapName, ...]
    shrink: float
    scale: tuple[float, float]
    size: tuple[int, int]

    @property
    def levels(self) -> tuple[TextLevel, ...]:
        """The levels of its boxes."""
        return levels_of(self.names)

    def channel(self, name: MapName) -> npt.NDArray[np.float16]:
        """Return one map (h, w)."""
        return self.maps[..., self.names.index(name)]

    def of_level(self, level: TextLevel) -> tuple[npt.NDArray[np.float32], float]:
        """Return the map that a level's boxes come from, float32 (h, w), and the ratio that it is shrunk by."""
        name: MapName = "line" if level == "line" else "kernel" if "kernel" in self.names else "region"
        return self.channel(name).astype(np.float32), self.ratio(level)

    def ratio(self, level: TextLevel) -> float:
        """Return the ratio that the map of a level is shrunk by; 1 where words come from the map of regions."""
        return self.shrink if level == "line" or "kernel" in self.names else 1.0

    def boxes(self, level: TextLevel, thresholds: Thresholds) -> list[Box]:
        """Return the boxes of a level, in px of the photo, from the upper left to the lower right."""
        values, ratio = self.of_level(level)
        return boxes_from_map(values, self.scale, thresholds, ratio)
