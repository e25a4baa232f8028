"""Evaluation of one reader over a test set: a table of its readings, one row per image, and the score over all."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from engine.errors import DatasetError
from engine.evaluation.breakdown import edits, edits_in
from engine.evaluation.metrics import Score, score
from engine.evaluation.test_sets import TestSample
from engine.files import write_bytes
from engine.tables import read_table, table_bytes
from glyphlab_read.reading.reader import Reader

_SCHEMA = pa.schema(
    [
        *((name, pa.string()) for name in ("name", "truth", "text")),
        *(("right", pa.bool_()), ("edits", pa.int64()), ("path", pa.string())),
        *((name, pa.float64()) for name in ("confidence", "weakest", "seconds")),
    ]
)

ALONE = "alone"
"""The column of texts by the image alone, where likely texts took part, while rows are not summed up."""

_SURE = 1.001  # rounding may lead beyond 1

_CHUNK = 128
"""Images opened before they are read together: enough to fill batches of similar widths, few enough for memory."""


@dataclass(frozen=True)
class Evaluation:
    """The readings of a test set by one reader, and their score.

    Attributes:
        readings: one row per image: name, truth, text, right, edits (their number), path (the edits, as JSON lists of
            place, truth and reading), confidence, weakest, seconds.
        score: the score over all.
        alone: the score by the image alone, where likely texts took part.
        won, lost: images that are read only with likely texts, and only without.
    """

    readings: pd.DataFrame
    score: Score
    alone: Score | None = None
    won: int = 0
    lost: int = 0

    def plain(self) -> dict[str, Any]:
        """Return the score as JSON types, by the image alone, too, where likely texts took part (`…_alone`)."""
        if self.alone is None:
            return self.score.plain()
        alone = {f"{name}_alone": value for name, value in self.alone.plain().items() if name != "images"}
        return {**self.score.plain(), **alone, "likely_won": self.won, "likely_lost": self.lost}

    def figures(self) -> dict[str, Any]:
        """Return the score and the mean time per image as JSON types."""
        seconds = float(self.readings["seconds"].mean())
        return {**self.plain(), "milliseconds_per_image": round(1000 * seconds, 3)}

    def save(self, path: Path) -> None:
        """Write the readings as Parquet. Raises SpaceError."""
        path.parent.mkdir(exist_ok=True)
        write_bytes(path, table_bytes(pa.Table.from_pandas(self.readings)))


def load_readings(path: Path) -> pd.DataFrame:
    """Read a table that `Evaluation.save` wrote. Raises DatasetError when it is missing, damaged or of another form."""
    try:
        return _sound(read_table(path, _SCHEMA.names))
    except (OSError, ValueError, KeyError, pa.ArrowException) as error:
        what = "missing" if isinstance(error, FileNotFoundError) else "damaged"
        raise DatasetError(f"The readings of this test are {what}. Test the run on these images again.") from None


def _sound(table: pa.Table) -> pd.DataFrame:
    """Return a table of readings, which others may have written. Raises ValueError where a value cannot be one."""
    if not len(table) or not pa.types.is_boolean(table.schema.field("right").type):
        raise ValueError("it holds no readings")
    found = table.select(_SCHEMA.names).cast(_SCHEMA)
    if any(column.null_count for column in found.itercolumns()):
        raise ValueError("a value is missing")
    frame = found.to_pandas()
    shares = frame[["confidence", "weakest"]].to_numpy()
    counts = {path: len(edits_in(path)) for path in frame["path"].unique()}
    if not ((shares >= 0) & (shares <= _SURE)).all() or not (frame["path"].map(counts) == frame["edits"]).all():
        raise ValueError("a figure is none")
    return frame


def median_milliseconds(readings: pd.DataFrame) -> float:
    """Return the median time per image, which a few slow ones do not change."""
    return 1000 * float(readings["seconds"].median())


def evaluate(
    reader: Reader, samples: Sequence[TestSample], after: Callable[[int], None] = lambda done: None
) -> Evaluation:
    """Read every sample once.

    Args:
        reader: the reader.
        samples: the test set.
        after: called with the number of images read so far; may raise to stop.

    Raises:
        ImageError, DatasetError: a sample cannot be opened.
    """
    return sum_up(read_rows(reader, samples, after))


def read_rows(
    reader: Reader, samples: Sequence[TestSample], after: Callable[[int], None] = lambda done: None
) -> pd.DataFrame:
    """Read every sample once, as `evaluate` does; return a row each with the columns of its readings, and ALONE."""
    rows: list[dict[str, Any]] = []
    for chunk in _chunks(samples):
        readings = reader.read_many([sample.load() for sample in chunk])
        rows += [
            {
                "name": sample.name,
                "truth": sample.text,
                "text": reading.text,
                "right": bool(score([sample.text], [reading.text]).exact),
                **_edit_path(sample.text, reading.text),
                "confidence": reading.confidence,
                "weakest": reading.weakest,
                "seconds": reading.seconds,
                ALONE: reading.greedy_text,
            }
            for sample, reading in zip(chunk, readings, strict=True)
        ]
        after(len(rows))
    return pd.DataFrame(rows)


def sum_up(rows: pd.DataFrame) -> Evaluation:
    """Return the evaluation that rows of `read_rows` make, which may come from several calls."""
    frame, alone = rows.drop(columns=ALONE), rows[ALONE].tolist()
    total = score(frame["truth"], frame["text"])
    if not any(text is not None for text in alone):
        return Evaluation(frame, total)
    scores = [score([truth], [text or ""]) for truth, text in zip(frame["truth"], alone, strict=True)]  # "": blank
    with_likely, without = frame["right"].to_numpy(dtype=bool), np.array([one.exact for one in scores], dtype=bool)
    won, lost = int((with_likely & ~without).sum()), int((without & ~with_likely).sum())
    return Evaluation(frame, total, sum(scores, Score()), won, lost)


def _edit_path(truth: str, text: str) -> dict[str, Any]:
    path = edits(truth, text)
    return {"edits": len(path), "path": json.dumps(path, ensure_ascii=False, separators=(",", ":"))}


def _chunks(samples: Sequence[TestSample]) -> Iterator[Sequence[TestSample]]:
    for start in range(0, len(samples), _CHUNK):
        yield samples[start : start + _CHUNK]
