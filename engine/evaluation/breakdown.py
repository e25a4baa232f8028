"""Where a reader goes wrong: what it takes for what, and how well it reads by length, character and factor.

Pure functions of a table of readings (see `engine.evaluation.evaluate`); every share comes with its 95 % interval, as
small groups say little. Edit paths are rapidfuzz's (Levenshtein). This module reads no images and draws nothing.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple

import pandas as pd
from rapidfuzz.distance import Levenshtein

from engine.charset import normalise
from engine.evaluation.metrics import score, wilson

_BINS = 5  # groups of a number, of about as many images each
_MOST = 20  # groups of words, the most frequent ones


class Edit(NamedTuple):
    """One difference: the place in the truth, what stands there ("" for an insertion), what was read ("": nothing)."""

    place: int
    truth: str
    read: str


def edits(truth: str, reading: str) -> list[Edit]:
    """Return the fewest edits that turn a truth into its reading, both in NFC, in the order of the text."""
    truth, reading = normalise(truth), normalise(reading)
    return [
        Edit(
            step.src_pos,
            "" if step.tag == "insert" else truth[step.src_pos],
            "" if step.tag == "delete" else reading[step.dest_pos],
        )
        for step in Levenshtein.editops(truth, reading)
    ]


def confusions(readings: pd.DataFrame) -> pd.DataFrame:
    """Return what was read instead of what, the most frequent first.

    Columns: truth, read (characters; "" where one was added or left out), count, share (of the truth's occurrences;
    None for added ones).
    """
    found = Counter((edit.truth, edit.read) for edit in _all_edits(readings))
    seen = Counter("".join(map(normalise, readings["truth"])))
    rows = [
        {"truth": truth, "read": read, "count": count, "share": count / seen[truth] if truth else None}
        for (truth, read), count in found.most_common()
    ]
    return pd.DataFrame(rows, columns=pd.Index(["truth", "read", "count", "share"]))


def by_character(readings: pd.DataFrame) -> pd.DataFrame:
    """Return how often each character of the truths was read right, the worst first.

    Columns: character, images (occurrences), accuracy, low, high (95 % interval).
    """
    seen = Counter("".join(map(normalise, readings["truth"])))
    wrong = Counter(edit.truth for edit in _all_edits(readings) if edit.truth)
    rows = [_row(character, count, count - wrong[character]) for character, count in seen.items()]
    return _table("character", rows).sort_values(["accuracy", "images"], ascending=[True, False], ignore_index=True)


def by_length(readings: pd.DataFrame) -> pd.DataFrame:
    """Return the word accuracy by the length of the truth, rising.

    Columns: length (characters), images, accuracy, low, high, cer.
    """
    lengths = [len(normalise(str(text))) for text in readings["truth"]]
    return _grouped(readings, pd.Series(lengths, name="length", dtype=int))


def by_factor(readings: pd.DataFrame, factor: pd.Series) -> pd.DataFrame:
    """Return the word accuracy by one factor of the generation.

    Args:
        readings: N rows.
        factor: its value for each row; see `groups_of`.

    Returns:
        Columns: the factor's name (text), images, accuracy, low, high, cer. The most frequent words, or rising numbers.
    """
    return _grouped(readings, groups_of(factor).rename(str(factor.name)))


def groups_of(factor: pd.Series) -> pd.Series:
    """Put each row into a group by its value: numbers of many values into bins of about as many rows each.

    Of words the most frequent ones are groups; other rows have none.
    """
    if pd.api.types.is_numeric_dtype(factor) and not pd.api.types.is_bool_dtype(factor) and factor.nunique() > _BINS:
        bins = pd.qcut(factor, _BINS, duplicates="drop")
        return bins.map(lambda bin: f"{bin.left:.3g} to {bin.right:.3g}", na_action="ignore")
    common = factor.value_counts().index[:_MOST]
    return factor.where(factor.isin(common))


def _grouped(readings: pd.DataFrame, values: pd.Series) -> pd.DataFrame:
    rows = []
    for value, group in readings.reset_index(drop=True).groupby(values.reset_index(drop=True), observed=True):
        total = score(group["truth"], group["text"])
        rows.append({**_row(value, total.images, total.exact), "cer": total.cer})
    return _table(str(values.name), rows, "cer")


def _row(value: Any, images: int, right: int) -> dict[str, Any]:
    low, high = wilson(right, images)
    return {"value": value, "images": images, "accuracy": right / images, "low": low, "high": high}


def _table(name: str, rows: list[dict[str, Any]], *more: str) -> pd.DataFrame:
    columns = ["value", "images", "accuracy", "low", "high", *more]
    return pd.DataFrame(rows, columns=pd.Index(columns)).rename(columns={"value": name})


def _all_edits(readings: pd.DataFrame) -> Iterable[Edit]:
    for truth, text in zip(readings["truth"], readings["text"], strict=True):
        yield from edits(truth, text)
