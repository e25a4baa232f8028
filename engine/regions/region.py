"""A region: where a scene holds text, what it says, and whether it counts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, Self, get_args

import numpy as np
import numpy.typing as npt

Level = Literal["character", "word", "line"]
LEVELS: tuple[Level, ...] = get_args(Level)

Points = npt.NDArray[np.float32]
"""Corners (P, 2), x then y in px; the corner of the upper left pixel is (0, 0), its centre (0.5, 0.5)."""


@dataclass(frozen=True, eq=False)
class Region:
    """A piece of text in a scene.

    Attributes:
        polygon: its corners, clockwise on screen, P ≥ 3; of a quadrangle the first is where reading starts.
        text: what it says; None where nobody typed it.
        ignore: True where neither finding nor missing it counts, such as text too small to read.
        level: what it encloses.
    """

    polygon: Points
    text: str | None = None
    ignore: bool = False
    level: Level = "word"

    @classmethod
    def of(
        cls, corners: Sequence[Sequence[float]], text: str | None = None, ignore: bool = False, level: Level = "word"
    ) -> Self:
        """Return a region of corners given as plain numbers."""
        return cls(np.asarray(corners, np.float32).reshape(-1, 2), text, ignore, level)

    def moved(self, polygon: Points) -> "Region":
        """Return the region at another place."""
        return replace(self, polygon=polygon)

    def plain(self) -> dict[str, Any]:
        """Return the region as JSON types, corners in hundredths of a pixel at most."""
        corners = [[round(float(x), 2), round(float(y), 2)] for x, y in self.polygon]
        return {"polygon": corners, "text": self.text, "ignore": self.ignore, "level": self.level}
