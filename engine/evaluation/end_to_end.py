"""Evaluation of a locator and a reader together over whole photos: boxes, their texts, and which half falls short.

A box counts as read when it matches a region (IoU over a half, as for locators) and says the same: letters and digits
alone, in any case (ICDAR 2015, task 4.4). Beside that the reader reads every text in its true outline, so that its
share of the errors is known. Regions without a known text count for finding, and neither way for reading.
"""

import math
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
from PIL import Image

from engine.errors import DatasetError
from engine.evaluation.locate import SceneSample
from engine.evaluation.location_score import h_mean_interval, protocol, resampled, share_interval
from engine.evaluation.metrics import says_the_same
from engine.files import write_bytes
from engine.jobs import paths
from engine.regions.matching import Counts, counts, match_shares, shares_of
from engine.regions.region import Region, at_level
from engine.tables import from_frames, table_bytes, to_frames
from glyphlab_read.documents.page_reader import PageReader
from glyphlab_read.location.text_map import TextLevel
from glyphlab_read.regions.quads import Points
from glyphlab_read.regions.straighten import straightened

FoundTexts = Sequence[tuple[Points, str]]
"""Outlines in a photo, px, and what they say."""
FindTexts = Callable[[Image.Image, bool], FoundTexts]
ReadCrops = Callable[[list[Image.Image]], Sequence[str]]

_COUNTS = ["located", "boxes", "regions", "read", "read_boxes", "read_regions", "texts", "right"]
_SCHEMAS = {
    paths.READ_SCENES: pa.schema(
        {"scene": pa.string(), **{name: pa.int32() for name in _COUNTS}, "seconds": pa.float64()}
    ),
    paths.READ_REGIONS: pa.schema(
        {
            "scene": pa.string(),
            "region": pa.int32(),
            "text": pa.string(),
            "found": pa.string(),
            "outlined": pa.string(),
        }
    ),
}


@dataclass(frozen=True)
class EndToEndTables:
    """The finds and readings of a locator and a reader in the photos of a test set.

    Attributes:
        scenes: one row a photo: scene (its name); located, boxes, regions (hits, and what counts, for finding); read,
            read_boxes, read_regions (the same for finding and reading); texts, right (known texts, and those of them
            that the reader reads in their true outlines); seconds.
        regions: one row a known text: scene, region (number in the photo), text, found (the reading of the box that
            matches it; None where it was missed), outlined (the reading of its true outline).
    """

    scenes: pd.DataFrame
    regions: pd.DataFrame

    @cached_property
    def score(self) -> "EndToEndScore":
        """The score over all photos."""
        return EndToEndScore.of(self.scenes)

    @classmethod
    def of(cls, tables: Iterable[pa.Table]) -> "EndToEndTables":
        """Return the tables that `arrow` gave, or several of them joined. Raises ValueError for others."""
        return cls(*to_frames(tables, _SCHEMAS.values()))

    def arrow(self) -> list[pa.Table]:
        """Return both as Arrow has them."""
        return from_frames((self.scenes, self.regions), _SCHEMAS.values())

    def save(self, folder: Path) -> None:
        """Write both tables as Parquet into a folder. Raises SpaceError."""
        for name, table in zip(_SCHEMAS, self.arrow(), strict=True):
            write_bytes(folder / name, table_bytes(table))


@dataclass(frozen=True)
class EndToEndScore:
    """The score of a locator and a reader together.

    Attributes:
        scenes: photos read.
        located: hits, boxes and regions of the locator alone.
        read: hits that say the same, and the boxes and regions that count.
        texts, right: known texts, and those that the reader reads in their true outlines.
        intervals: of f, h_mean and accuracy, 95 %, by the bootstrap over photos.
        seconds: per photo, mean, the first left out where there are more: it warms up.
    """

    scenes: int
    located: Counts
    read: Counts
    texts: int
    right: int
    intervals: dict[str, tuple[float, float]]
    seconds: float

    @classmethod
    def of(cls, scenes: pd.DataFrame) -> "EndToEndScore":
        """Return the score of a table of scenes."""
        table = scenes[_COUNTS].to_numpy(np.int64)
        total = [int(each) for each in table.sum(axis=0)]
        seconds = scenes["seconds"].to_numpy()
        return cls(
            len(scenes),
            Counts(*total[:3]),
            Counts(*total[3:6]),
            total[6],
            total[7],
            _intervals(table),
            float((seconds[1:] if len(seconds) > 1 else seconds).mean()),
        )

    @property
    def accuracy(self) -> float:
        """Share of the known texts that the reader reads in their true outlines; NaN over none."""
        return self.right / self.texts if self.texts else math.nan

    def plain(self) -> dict[str, Any]:
        """Return the figures as JSON types for a summary."""
        return {
            "scenes": self.scenes,
            "f": self.read.h_mean,
            "h_mean": self.located.h_mean,
            "found": self.located.recall,
            "accuracy": self.accuracy,
            "texts": self.texts,
            "intervals": {name: list(ends) for name, ends in self.intervals.items()},
            "milliseconds_per_scene": round(1000 * self.seconds, 2),
        }


def evaluate_end_to_end(
    reader: PageReader, samples: Sequence[SceneSample], after: Callable[[int], None] = lambda done: None
) -> EndToEndTables:
    """Locate and read every photo once, as it stands, and read every known text in its true outline.

    Args:
        reader: the locator and the reader, with what they enclose and at which side photos are seen.
        samples: the test set; regions of other levels are left out.
        after: called with the number of photos read so far; may raise to stop.

    Raises:
        DatasetError: no photo holds a text that is known; or one cannot be opened.
        ImageError: a photo cannot be opened.
    """
    check_texts_known(samples, reader.level)
    return read_photos(reader, samples, after)


def read_photos(
    reader: PageReader, samples: Sequence[SceneSample], after: Callable[[int], None] = lambda done: None
) -> EndToEndTables:
    """Do the same with photos of which some may hold no text that is known, such as a part of a test set."""
    preprocessing = reader.locator.manifest.preprocessing

    def find(image: Image.Image, drawn: bool) -> FoundTexts:
        side = reader.side or preprocessing.usual_side(image.size, drawn)
        boxes = reader.locator.text_map(image, side).boxes(reader.level, reader.thresholds)
        return [(box.quad, read.reading.text) for box, read in zip(boxes, reader.read_boxes(image, boxes), strict=True)]

    def read(crops: list[Image.Image]) -> list[str]:
        return [reading.text for reading in reader.reader.read_many(crops)]

    return _read(find, read, samples, reader.level, after)


def check_texts_known(samples: Sequence[SceneSample], level: TextLevel) -> None:
    """Raise DatasetError where no photo holds a text that is known."""
    if not any(_is_known(region) for sample in samples for region in at_level(sample.regions, level)):
        raise DatasetError(
            f"None of the {len(samples):,} photos holds a {level} whose text is known, so that reading cannot "
            "be scored. Type the texts under Data, or choose photos that have them."
        )


def evaluate_reading(
    find: FindTexts,
    read: ReadCrops,
    samples: Sequence[SceneSample],
    level: TextLevel,
    after: Callable[[int], None] = lambda done: None,
) -> EndToEndTables:
    """Do the same with whatever finds and reads text.

    Args:
        find: returns the outlines and texts of a photo, given with whether it was drawn here.
        read: returns the texts of straightened crops.
        samples: the test set.
        level: of the regions that count.
        after: called with the number of photos read so far.

    Raises:
        As `evaluate_end_to_end` does.
    """
    check_texts_known(samples, level)
    return _read(find, read, samples, level, after)


def _read(
    find: FindTexts, read: ReadCrops, samples: Sequence[SceneSample], level: TextLevel, after: Callable[[int], None]
) -> EndToEndTables:
    scenes: list[dict[str, Any]] = []
    texts: list[dict[str, Any]] = []
    for done, sample in enumerate(samples, 1):
        scene, found = _compare(find, read, sample, level)
        scenes.append(scene)
        texts += found
        after(done)
    rows = zip((scenes, texts), _SCHEMAS.values(), strict=True)
    return EndToEndTables.of(pa.Table.from_pylist(each, schema) for each, schema in rows)


def end_to_end_summary(tables: EndToEndTables, reader: PageReader, name: str, *, drawn: bool) -> dict[str, Any]:
    """Return a score as JSON types with what it holds under: level and protocol. `name` is the test set's."""
    manifest, side = reader.locator.manifest, reader.side
    tuned, own_size = manifest.thresholds[reader.level], drawn and side is None
    seen = reader.locator.seen_side(side)
    said = protocol(name, len(tables.scenes), reader.level, seen, tuned, own_size=own_size)
    rule = "texts compared by letters and digits, in any case"
    return {"level": reader.level, "protocol": f"{said}; {rule}", **tables.score.plain()}


def _compare(
    find: FindTexts, read: ReadCrops, sample: SceneSample, level: TextLevel
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    image, regions = sample.load(), at_level(sample.regions, level)
    began = time.perf_counter()
    found = find(image, sample.drawn)
    seconds = time.perf_counter() - began
    quads, said = [quad for quad, _ in found], [text for _, text in found]
    located = counts(match_shares(shares_of(quads, regions)))
    matching = match_shares(shares_of(quads, [one if _is_known(one) else one.ignored() for one in regions]))
    counted = counts(matching)
    known = [number for number, region in enumerate(regions) if _is_known(region)]
    outlined = read(_outlines(image, [regions[number] for number in known]))
    rows = [
        {
            "scene": sample.name,
            "region": number,
            "text": regions[number].text,
            "found": said[matching.matched[number]] if matching.matched[number] >= 0 else None,
            "outlined": alone,
        }
        for number, alone in zip(known, outlined, strict=True)
    ]
    hits = sum(row["found"] is not None and says_the_same(row["text"], row["found"]) for row in rows)
    right = sum(says_the_same(row["text"], row["outlined"]) for row in rows)
    totals = (*located, hits, counted.boxes, counted.regions, len(rows), right)
    return {"scene": sample.name, **dict(zip(_COUNTS, totals, strict=True)), "seconds": seconds}, rows


def _is_known(region: Region) -> bool:
    return not region.ignore and bool(region.text and region.text.strip())


def _outlines(image: Image.Image, regions: Sequence[Region]) -> list[Image.Image]:
    photo = np.asarray(image.convert("RGB"))
    return [Image.fromarray(straightened(photo, region.polygon)) for region in regions]


def _intervals(table: npt.NDArray[np.int64]) -> dict[str, tuple[float, float]]:
    sums = resampled(table)
    return {
        "h_mean": h_mean_interval(sums[:, :3]),
        "f": h_mean_interval(sums[:, 3:6]),
        "accuracy": share_interval(sums[:, 7], sums[:, 6]),
    }
