"""A region: where a scene holds text, what it says, and whether it counts."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Self, get_args

import numpy as np

from glyphlab_read.regions.quads import Points

Level = Literal["character", "word", "line"]
LEVELS: tuple[Level, ...] = get_args(Level)


@dataclass(frozen=True, eq=False)
class Region:
    """A piece of text in a scene.

    Attributes:
        polygon: its corners, clockwise on screen, P ≥ 3; of a quadrangle the first is where reading starts.
        text: what it says; None where nobody typed it.
        ignore: True where neither finding nor missing it counts, such as text too small to read.
        level: what it encloses.
        language: its language or script, as its labels name it; None where they do not.
    """

    polygon: Points
    text: str | None = None
    ignore: bool = False
    level: Level = "word"
    language: str | None = None

    @classmethod
    def of(
        cls,
        corners: Sequence[Sequence[float]],
        text: str | None = None,
        ignore: bool = False,
        level: Level = "word",
        language: str | None = None,
    ) -> Self:
        """Return a region of corners given as plain numbers."""
        return cls(np.asarray(corners, np.float32).reshape(-1, 2), text, ignore, level, language)

    def moved(self, polygon: Points) -> "Region":
        """Return the region at another place."""
        return Region(
            polygon, self.text, self.ignore, self.level, self.language
        )  # thousands a scene: `replace` takes three times as long

    def ignored(self) -> "Region":
        """Return the region as one that does not count."""
        return Region(self.polygon, self.text, True, self.level, self.language)

    def plain(self) -> dict[str, Any]:
        """Return the region as JSON types, corners in hundredths of a pixel at most."""
        corners = [[round(float(x), 2), round(float(y), 2)] for x, y in self.polygon]
        known = {} if self.language is None else {"language": self.language}
        return {"polygon": corners, "text": self.text, "ignore": self.ignore, "level": self.level, **known}


def move_all(regions: Iterable[Region], move: Callable[[Points], Points]) -> list[Region]:
    """Return regions at other places; `move` is called once, with the corners of all."""
    listed = list(regions)
    if not listed:
        return []
    moved = move(np.concatenate([region.polygon for region in listed]))
    ends = np.cumsum([len(region.polygon) for region in listed])
    return [region.moved(part) for region, part in zip(listed, np.split(moved, ends[:-1]), strict=True)]


def at_level(regions: Iterable[Region], level: Level) -> list[Region]:
    """Return the regions that enclose characters, words or lines, in their order."""
    return [region for region in regions if region.level == level]
