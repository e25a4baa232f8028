"""Photos of a test set as locators found them: the worst ones, those that two differ in, and the outlines over one.

Pure functions of the tables of `engine.evaluation.locate`.
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd

from engine.evaluation.locate import LocationTables

OutlineState = Literal["hit", "false", "missed"]


class FoundOutline(NamedTuple):
    """An outline over a photo: corners as shares of its width and height, and what it says."""

    corners: tuple[tuple[float, float], ...]
    state: OutlineState


def errors_by_photo(tables: LocationTables) -> pd.DataFrame:
    """Return the photos, those with most errors first, of equal ones those that hold less.

    Index: scene. Columns: hits, regions, false, missed, errors (missed and false together).
    """
    scenes = tables.scenes.set_index("scene")[["hits", "regions", "false"]]
    missed = scenes["regions"] - scenes["hits"]
    table = scenes.assign(missed=missed, errors=missed + scenes["false"])
    return table.sort_values(["errors", "regions"], ascending=[False, True], kind="stable")


def photos_apart(first: LocationTables, second: LocationTables) -> pd.DataFrame:
    """Return the photos that both searched, by how many more errors the second makes; greatest first.

    Index: scene. Columns: first, second (errors of each), change (second less first).
    """
    both = pd.DataFrame({"first": errors_by_photo(first)["errors"], "second": errors_by_photo(second)["errors"]})
    table = both.dropna().astype(int)
    return table.assign(change=table["second"] - table["first"]).sort_values("change", ascending=False, kind="stable")


def outlines_of(tables: LocationTables, scene: str, size: tuple[int, int]) -> list[FoundOutline]:
    """Return what is drawn over a photo of a size (width, height): missed regions, then boxes; what is ignored not."""
    regions, boxes = (frame[frame["scene"] == scene] for frame in (tables.regions, tables.boxes))
    missed = regions.loc[regions["state"] == "miss", "polygon"]
    found = boxes[boxes["state"] != "ignored"]
    return [
        *(FoundOutline(_shares(polygon, size), "missed") for polygon in missed),
        *(
            FoundOutline(_shares(quad, size), "hit" if state == "hit" else "false")
            for quad, state in zip(found["quad"], found["state"], strict=True)
        ),
    ]


def _shares(corners: Sequence[float], size: tuple[int, int]) -> tuple[tuple[float, float], ...]:
    points = np.asarray(corners, np.float64).reshape(-1, 2) / np.array(size)
    return tuple((float(x), float(y)) for x, y in points)
