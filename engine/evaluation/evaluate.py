"""Reading a whole test set with one reader: a table with a row an image, and the score over all.

Which test set and which reader, the job says.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import pandas as pd

from engine.errors import DatasetError
from engine.evaluation.breakdown import edits
from engine.evaluation.metrics import Score, score
from engine.evaluation.test_sets import TestSample
from engine.files import write_bytes
from engine.reading.reader import Reader

_KEPT = ["name", "truth", "text", "right", "edits", "path", "confidence", "weakest", "seconds"]

_CHUNK = 128
"""Images opened before they are read together: enough to fill batches of like widths, few to hold in memory."""


@dataclass(frozen=True)
class Evaluation:
    """What a reader made of a test set.

    Attributes:
        readings: one row an image: name, truth, text, right, edits (their number), path (the edits, as JSON lists of
            place, truth and reading), confidence, weakest, seconds.
        score: the score over all.
    """

    readings: pd.DataFrame
    score: Score

    def figures(self) -> dict[str, Any]:
        """Return the score and the time an image as JSON types."""
        seconds = float(self.readings["seconds"].mean())
        return {**self.score.plain(), "milliseconds_per_image": round(1000 * seconds, 3)}

    def save(self, path: Path) -> None:
        """Write the readings as Parquet. Raises SpaceError."""
        table = BytesIO()
        self.readings.to_parquet(table)
        path.parent.mkdir(exist_ok=True)
        write_bytes(path, table.getvalue())


def load_readings(path: Path) -> pd.DataFrame:
    """Read a table that `Evaluation.save` wrote. Raises DatasetError when it is missing, damaged or of another form."""
    try:
        return pd.read_parquet(path, columns=_KEPT)
    except (OSError, ValueError) as error:  # pyarrow's faults are ValueErrors
        what = "gone" if isinstance(error, FileNotFoundError) else "damaged"
        raise DatasetError(f"The readings of this test are {what}. Test the run on these images again.") from None


def evaluate(
    reader: Reader, samples: Sequence[TestSample], after: Callable[[int], None] = lambda done: None
) -> Evaluation:
    """Read every sample once.

    Args:
        reader: what reads.
        samples: the test set.
        after: called with the number of images read so far; may raise to stop.

    Raises:
        ImageError, DatasetError: a sample cannot be opened.
    """
    rows: list[dict[str, Any]] = []
    for chunk in _chunks(samples):
        readings = reader.read([sample.load() for sample in chunk])
        rows += [
            {
                "name": sample.name,
                "truth": sample.text,
                "text": reading.text,
                "right": bool(score([sample.text], [reading.text]).exact),
                **_differences(sample.text, reading.text),
                "confidence": reading.confidence,
                "weakest": reading.weakest,
                "seconds": reading.seconds,
            }
            for sample, reading in zip(chunk, readings, strict=True)
        ]
        after(len(rows))
    frame = pd.DataFrame(rows)
    return Evaluation(frame, score(frame["truth"], frame["text"]))


def _differences(truth: str, text: str) -> dict[str, Any]:
    path = edits(truth, text)
    return {"edits": len(path), "path": json.dumps(path, ensure_ascii=False, separators=(",", ":"))}


def _chunks(samples: Sequence[TestSample]) -> Iterator[Sequence[TestSample]]:
    for start in range(0, len(samples), _CHUNK):
        yield samples[start : start + _CHUNK]
