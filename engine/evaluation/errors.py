"""The errors of one reader on a test set: the images that it read wrong, and what it takes for what.

Two readers are compared in `engine.evaluation.paired`; this is the case of one. Nothing is drawn and no image opened.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from engine.datasets import Dataset
from engine.evaluation.breakdown import confusions_of, numbers_of
from engine.formatting import percent
from glyphlab_read.charset import normalise

_PRIOR = 10.0  # images
_HARD = 1.5  # times the mean share of errors
_MOST_HARD = 10  # characters
_STORAGE = ["index", "split", "shard", "offset", "bytes", "label", "length"]


@dataclass(frozen=True)
class ErrorOrder:
    """An order of errors: by a column of `wrong_readings`, downwards or upwards."""

    column: str
    descending: bool


ORDERS: Mapping[str, ErrorOrder] = {
    "Surest first": ErrorOrder("confidence", True),
    "Least sure first": ErrorOrder("confidence", False),
    "Most edits": ErrorOrder("edits", True),
    "Longest": ErrorOrder("length", True),
    "Shortest": ErrorOrder("length", False),
}
"""Orders by what they are called; the surest errors tell most of wrong labels, and of what was never learned."""


def wrong_readings(readings: pd.DataFrame, data: Dataset | None) -> pd.DataFrame:
    """Return the images that were read wrong, in their order, with what is known of each.

    Args:
        readings: a table of readings (see `engine.evaluation.evaluate`).
        data: the dataset of the images; None for those of a folder.

    Returns:
        Index: names. Columns: label (the truth), read, confidence, edits, length (characters of the label), path, and
        the factors of the dataset.

    Raises:
        DatasetError: images that were read are none of the dataset's.
    """
    wrong = readings[~readings["right"].astype(bool)].drop_duplicates("name").set_index("name")
    table = pd.DataFrame(
        {
            "label": wrong["truth"].astype(str),
            "read": wrong["text"].astype(str),
            "confidence": wrong["confidence"].astype(float),
            "edits": wrong["edits"].astype(int),
            "length": [len(normalise(str(text))) for text in wrong["truth"]],
            "path": wrong["path"],
        },
        index=wrong.index,
    )
    if data is None:
        return table
    known = data.frame().drop(columns=_STORAGE, errors="ignore")
    numbers = numbers_of(readings["name"], data)
    factors = known.loc[numbers].set_axis(readings["name"])
    factors = factors[~factors.index.duplicated()].loc[table.index]
    return table.join(factors[[name for name in factors.columns if name not in table.columns]])


def confusion_counts(readings: pd.DataFrame) -> pd.DataFrame:
    """Return what a reader takes for what.

    Args:
        readings: a table of readings, right ones too.

    Returns:
        Columns: truth, read ("" where a character was added or left out), images (that hold the confusion), of (images
        whose truth holds the character; all for an added one). The most frequent first.
    """
    seen = Counter(character for text in readings["truth"] for character in set(normalise(str(text))))
    counted = Counter(confusion for path in readings["path"] for confusion in confusions_of(path))
    rows = [
        (truth, read, images, seen[truth] if truth else len(readings))
        for (truth, read), images in sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    ]
    return pd.DataFrame(rows, columns=pd.Index(["truth", "read", "images", "of"]))


def holds_confusion(table: pd.DataFrame, truth: str, read: str) -> pd.Series:
    """Say of each row of `wrong_readings` whether it holds a confusion, bool."""
    held = [(truth, read) in confusions_of(str(path)) for path in table["path"]]
    return pd.Series(held, index=table.index, dtype=bool)


def hard_characters(readings: pd.DataFrame, wrong: pd.DataFrame) -> str:
    """Return the characters that errors stand out by, at most ten, the worst first; empty where none stands out.

    Args:
        readings: the table of all readings.
        wrong: the errors that are looked at, of `wrong_readings`.
    """
    seen = Counter(character for text in readings["truth"] for character in set(normalise(str(text))))
    edited = Counter(
        character
        for path in wrong["path"]
        for character in {truth for truth, _ in confusions_of(str(path))}
        if character
    )
    mean = sum(edited.values()) / max(sum(seen.values()), 1)
    shares = {
        character: (edited[character] + _PRIOR * mean) / (total + _PRIOR)  # one with few images is thought as the rest
        for character, total in seen.items()
    }
    hard = [character for character in shares if edited[character] and shares[character] >= _HARD * mean]
    return "".join(sorted(hard, key=lambda character: (-shares[character], character))[:_MOST_HARD])


def errors_words(readings: pd.DataFrame) -> str:
    """Return how many images were read wrong, and in how many characters."""
    wrong, edits = int((~readings["right"].astype(bool)).sum()), int(readings["edits"].sum())
    return (
        f"{wrong:,} of {len(readings):,} images are read wrong ({percent(wrong / len(readings))}), by {edits:,} edits."
    )
