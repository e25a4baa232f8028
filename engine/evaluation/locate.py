"""Evaluation of a locator over photos: tables of the photos, of their regions and of the boxes found, and the score."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
from PIL import Image

from engine.config.generate import Split
from engine.datasets.scenes.dataset import open_scenes
from engine.errors import DatasetError
from engine.evaluation.location_score import PIXELS, LocationScore, h_means, protocol
from engine.evaluation.test_sets import LazySamples
from engine.files import write_bytes
from engine.jobs import paths
from engine.regions.kernels import fill
from engine.regions.matching import Matching, counts, match_shares, shares_of
from engine.regions.polygons import text_angle, text_height
from engine.regions.region import Region, at_level
from engine.tables import from_frames, read_table, table_bytes, to_frames
from glyphlab_read.location.locator import Locator
from glyphlab_read.location.maps import TextLevel
from glyphlab_read.location.text_map import TextMap
from glyphlab_read.regions.boxes import Box
from glyphlab_read.regions.thresholds import Thresholds

PIXEL_SIDE = 640
"""Longer side at which pixels are counted, of every photo and every network, so that maps of any stride compare."""

_TEXT = 0.5  # probability above which a pixel of the region map is taken for text
_CORNERS = pa.list_(pa.float32())
_COUNTS = {name: pa.int32() for name in ("hits", "boxes", "regions", "false")}
_SCENES = {"scene": pa.string(), "width": pa.int32(), "height": pa.int32(), **_COUNTS, "seconds": pa.float64()}
_STATE = {"text": pa.string(), "state": pa.string(), "box": pa.int32()}
_SIZE = {"iou": pa.float32(), "height": pa.float32(), "angle": pa.float32(), "polygon": _CORNERS}
_BOXES = {"scene": pa.string(), "box": pa.int32(), "score": pa.float32(), "state": pa.string(), "quad": _CORNERS}
_SCHEMAS = {
    paths.LOCATED_SCENES: pa.schema({**_SCENES, **{name: pa.float64() for name in PIXELS}}),
    paths.REGIONS: pa.schema({"scene": pa.string(), "region": pa.int32(), **_STATE, **_SIZE}),
    paths.BOXES: pa.schema(_BOXES),
}


class SceneSample(NamedTuple):
    """One photo of a test set: its name there, a function that opens it, its regions, and whether a recipe made it."""

    name: str
    load: Callable[[], Image.Image]
    regions: Sequence[Region]
    drawn: bool = False


@dataclass(frozen=True)
class LocationTables:
    """The finds of a locator in the photos of a test set.

    Attributes:
        scenes: one row a photo: scene (its name), width, height, hits, boxes and regions that count, false (boxes),
            seconds, and the pixels of PIXELS, NaN where the locator has no region map.
        regions: one row a region: scene, region (number in the photo), text, state (hit, miss or ignored), box (number,
            -1 for none), iou (with that box, else with the best), height (of the text, px), angle (of its top edge,
            degrees, clockwise), polygon (x0, y0, x1 … in px).
        boxes: one row a box: scene, box (number in the photo), score, state (hit, false or ignored), quad (as polygon).
    """

    scenes: pd.DataFrame
    regions: pd.DataFrame
    boxes: pd.DataFrame

    @cached_property
    def score(self) -> LocationScore:
        """The score over all photos."""
        return LocationScore.of(self.scenes)

    @property
    def h_means(self) -> npt.NDArray[np.float64]:
        """H-mean of each photo, (N,); 1 where there is no text and none was found."""
        counts = self.scenes[["hits", "boxes", "regions"]].to_numpy(np.float64)
        return np.where(counts[:, 1:].any(axis=1), h_means(counts), 1.0)

    @classmethod
    def of(cls, tables: Iterable[pa.Table]) -> "LocationTables":
        """Return the tables that `arrow` gave, or several of them joined. Raises ValueError for others."""
        return cls(*to_frames(tables, _SCHEMAS.values()))

    def arrow(self) -> list[pa.Table]:
        """Return the three as Arrow has them."""
        return from_frames((self.scenes, self.regions, self.boxes), _SCHEMAS.values())

    def save(self, folder: Path) -> None:
        """Write the three tables as Parquet into a folder. Raises SpaceError."""
        folder.mkdir(exist_ok=True)
        for name, table in zip(_SCHEMAS, self.arrow(), strict=True):
            write_bytes(folder / name, table_bytes(table))


def load_located(folder: Path) -> LocationTables:
    """Read tables that `save` wrote. Raises DatasetError when one is missing, damaged or of another form."""
    try:
        return LocationTables.of([read_table(folder / name) for name in _SCHEMAS])
    except (OSError, ValueError) as error:  # pyarrow's errors are ValueErrors
        what = "missing" if isinstance(error, FileNotFoundError) else "damaged"
        raise DatasetError(
            f"The tables of this evaluation are {what}. Evaluate the locator on these scenes again."
        ) from None


def scene_samples(folder: Path, split: Split | None = None, *, learned: bool = False) -> LazySamples[SceneSample]:
    """Return the photos of a dataset's split; without one its test photos, or all if there are none.

    A run that has `learned` from the dataset is not scored on its training photos.

    Raises:
        DatasetError: the dataset cannot be opened, holds words, or has no photo in the split.
    """
    dataset = open_scenes(folder)
    if split and not dataset.manifest.counts.get(split, 0):
        raise DatasetError(
            f"Dataset {folder.name} has no {split} scenes, so there is nothing to score. Choose another split."
        )
    numbers = dataset.numbers(split) if split else dataset.numbers_or_all("test", learned=learned)
    drawn = dataset.manifest.kind == "synthetic"
    return LazySamples(
        numbers,
        lambda index: SceneSample(str(index), lambda: dataset.image(int(index)), dataset.regions(int(index)), drawn),
    )


def evaluate_locator(
    locator: Locator,
    samples: Sequence[SceneSample],
    level: TextLevel = "word",
    side: int | None = None,
    thresholds: Thresholds | None = None,
    after: Callable[[int], None] = lambda done: None,
) -> LocationTables:
    """Search every photo once.

    Args:
        locator: the locator.
        samples: the test set; regions of other levels are left out.
        level: what boxes enclose.
        side: longer side at which photos are seen; None: the bundle's, as `PhotoPreprocessing.usual_side` says.
        thresholds: in place of the bundle's own.
        after: called with the number of photos searched so far; may raise to stop.

    Raises:
        ImageError, DatasetError: a photo cannot be opened.
        ConfigError: the locator has no map of this level, or the side is out of range.
    """
    chosen = thresholds or locator.thresholds(level)
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in _SCHEMAS}
    for done, sample in enumerate(samples, 1):
        image = sample.load()
        began = time.perf_counter()
        usual = locator.manifest.preprocessing.usual_side(image.size, sample.drawn)
        text_map = locator.text_map(image, side or usual)
        boxes = text_map.boxes(level, chosen)
        seconds = time.perf_counter() - began
        found = compare(sample.name, image.size, boxes, at_level(sample.regions, level), seconds, text_map)
        for kept, new in zip(rows.values(), found, strict=True):
            kept += new
        after(done)
    return tables_of(rows.values())


def score_summary(
    tables: LocationTables,
    locator: Locator,
    name: str,
    level: TextLevel = "word",
    side: int | None = None,
    *,
    drawn: bool,
) -> dict[str, Any]:
    """Return a score as JSON types with all that it holds under: level, side, thresholds, protocol, and the figures.

    Args:
        tables: of the locator with its own thresholds.
        locator: the locator.
        name: of the test set.
        level: what boxes enclose.
        side: as for `evaluate_locator`.
        drawn: whether a recipe made the photos.
    """
    seen = locator.seen_side(side)
    tuned = locator.manifest.thresholds[level]
    said = protocol(name, len(tables.scenes), level, seen, tuned, own_size=drawn and side is None)
    held = {"level": level, "side": seen, "thresholds": tuned.thresholds.plain(), "protocol": said}
    return {**held, **tables.score.plain()}


def compare(
    name: str,
    size: tuple[int, int],
    boxes: Sequence[Box],
    regions: Sequence[Region],
    seconds: float,
    text_map: TextMap | None = None,
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the rows of one photo in the tables of LocationTables: one of the photo, its regions', its boxes'.

    Args:
        name: of the photo.
        size: its width and height, px.
        boxes: what was found.
        regions: what is there, of one level.
        seconds: that it took.
        text_map: for the pixels; None: they stay unknown.
    """
    shares = shares_of([box.quad for box in boxes], regions)
    matching = match_shares(shares)
    total = counts(matching)
    pixels = _pixels(text_map, regions) if text_map is not None and "region" in text_map.names else {}
    scene = {"scene": name, "width": size[0], "height": size[1], **total._asdict(), "false": len(matching.false)}
    ious = shares.ious.max(axis=1, initial=0)
    of_regions = [
        {"scene": name, "region": number, "box": box, **_measured(region, ious[number], box, shares.ious[number])}
        for number, (region, box) in enumerate(zip(regions, matching.matched, strict=True))
    ]
    of_boxes = [
        {"scene": name, "box": number, "score": box.score, "state": state, "quad": box.quad.ravel()}
        for number, (box, state) in enumerate(zip(boxes, _states(matching), strict=True))
    ]
    return [{**scene, "seconds": seconds, **pixels}], of_regions, of_boxes


def tables_of(rows: Any) -> LocationTables:
    """Return the tables of rows that `compare` gave: three lists, of photos, regions and boxes."""
    return LocationTables.of(
        pa.Table.from_pylist(list(each), schema) for each, schema in zip(rows, _SCHEMAS.values(), strict=True)
    )


def _measured(region: Region, best: float, box: int, ious: Any) -> dict[str, Any]:
    state = "ignored" if region.ignore else "hit" if box >= 0 else "miss"
    return {
        "text": region.text,
        "state": state,
        "iou": float(ious[box]) if box >= 0 else float(best),
        "height": text_height(region.polygon),
        "angle": text_angle(region.polygon),
        "polygon": region.polygon.ravel(),
    }


def _states(matching: Matching) -> Iterator[str]:
    false = set(matching.false)
    for number in range(matching.boxes):
        yield "ignored" if number in matching.ignored else "false" if number in false else "hit"


def _pixels(text_map: TextMap, regions: Sequence[Region]) -> dict[str, float]:
    """Return the columns of PIXELS; pixels of ignored regions count only where another region that counts is."""
    factor = PIXEL_SIDE / max(text_map.size)
    width, height = (max(round(length * factor), 1) for length in text_map.size)
    region = text_map.channel("region").astype(np.float32)
    # The map's last cells may reach over the photo's edge.
    x, y = (step * factor for step in text_map.scale)
    reach = np.array([[x, 0, (x - 1) / 2], [0, y, (y - 1) / 2]])  # cells' centres onto pixels' centres
    taken = cv2.warpAffine(region, reach, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    masks = np.zeros((2, height, width), np.uint8)
    for one in regions:
        fill(masks[int(one.ignore)], (one.polygon * np.float32(factor)).astype(np.float32), 1)
    text, counted = masks[0] > 0, (masks[0] > 0) | (masks[1] == 0)
    positive = np.asarray(taken) > _TEXT
    cells = (positive & text, positive & ~text, ~positive & text, ~positive & ~text)
    return {name: float(np.count_nonzero(cell & counted)) for name, cell in zip(PIXELS, cells, strict=True)}
