"""Filters of a dataset: the columns to filter by, and the samples that meet conditions, in order.

Conditions are answered from a table alone, a row a sample; no image is opened, so a hundred thousand samples are
filtered in well under a second. There are no patterns (regular expressions): a text is contained or it is not. Nothing
is drawn here.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.errors import DatasetError
from glyphlab_read.charset import normalise

Numbers = npt.NDArray[np.int64]
_STORAGE = {"index", "shard", "offset", "bytes"}  # columns that say where a sample lies, not what it is
_TEXTS = {"label", "texts"}  # columns of what images say, to be searched however few there are
_MOST_CHOICES = 200


@dataclass(frozen=True)
class Contains:
    """The column's text holds `text` (turned to NFC, as labels are); without `case`, letters of either case fit."""

    column: str
    text: str
    case: bool = False

    def mask(self, values: pd.Series) -> npt.NDArray[np.bool_]:
        """Say of each value whether it meets the condition, bool (N,)."""
        part, texts = normalise(self.text), values.tolist()  # a list of 100,000 texts is searched in some 20 ms
        if self.case:
            return np.array([isinstance(text, str) and part in text for text in texts], dtype=bool)
        part = part.casefold()
        return np.array([isinstance(text, str) and part in text.casefold() for text in texts], dtype=bool)


@dataclass(frozen=True)
class Between:
    """The column's number lies from `low` to `high`, both included. A missing number lies nowhere."""

    column: str
    low: float
    high: float

    def mask(self, values: pd.Series) -> npt.NDArray[np.bool_]:
        """Say of each value whether it meets the condition, bool (N,)."""
        if not pd.api.types.is_numeric_dtype(values):
            raise DatasetError(f"Column {self.column!r} holds words, not numbers. Choose some of its words instead.")
        return values.between(self.low, self.high).fillna(False).to_numpy(dtype=bool)


@dataclass(frozen=True)
class OneOf:
    """The column's value is one of `values`; with none of them, no sample fits."""

    column: str
    values: tuple[str | float, ...]

    def mask(self, values: pd.Series) -> npt.NDArray[np.bool_]:
        """Say of each value whether it meets the condition, bool (N,)."""
        return values.isin(list(self.values)).to_numpy(dtype=bool)


@dataclass(frozen=True)
class AnyBetween:
    """One at least of the numbers that the column lists lies from `low` to `high`, both included."""

    column: str
    low: float
    high: float

    def mask(self, values: pd.Series) -> npt.NDArray[np.bool_]:
        """Say of each list, an array of numbers, whether it meets the condition, bool (N,)."""
        return np.array([bool(((self.low <= each) & (each <= self.high)).any()) for each in values], dtype=bool)


Condition = Contains | Between | OneOf | AnyBetween


@dataclass(frozen=True)
class Column:
    """A column of the samples table as something to filter by.

    Attributes:
        name: as in `Dataset.frame`.
        kind: "number" (Between), "choice" (OneOf), "text" (Contains): text with too many different values to list,
            or "numbers" (AnyBetween): several to a sample.
        low, high: the least and greatest number; None for others and where every number is missing.
        choices: the different values of a choice, commonest first.
    """

    name: str
    kind: Literal["number", "choice", "text", "numbers"]
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()


def columns(frame: pd.DataFrame) -> list[Column]:
    """Return the columns that a table of samples, as `Dataset.frame` gives it, can be filtered by, in their order.

    Columns in which all samples are alike tell nothing apart and are left out, but for split and label.
    """
    described = [_column(frame[name]) for name in frame.columns if name not in _STORAGE]
    return [column for column in described if column.name in ("split", "label") or _varies(column)]


def select(
    frame: pd.DataFrame, conditions: Iterable[Condition] = (), order: str | None = None, descending: bool = False
) -> Numbers:
    """Return the numbers of the samples that meet all conditions, int64 (N,).

    Args:
        frame: a row a sample.
        conditions: none: all samples.
        order: the column to sort by; equal samples stay in their order, missing values come last. None: as stored.
        descending: whether the greatest comes first.

    Raises:
        DatasetError: a column does not exist, or holds words where a condition asks for numbers.
    """
    fits = np.ones(len(frame), dtype=bool)
    for condition in conditions:
        fits &= condition.mask(_values(frame, condition.column))
    numbers = np.flatnonzero(fits)
    if order is None:
        return numbers
    ordered = _values(frame, order).iloc[numbers].reset_index(drop=True)
    return numbers[ordered.sort_values(kind="stable", ascending=not descending).index.to_numpy()]


def _values(frame: pd.DataFrame, column: str) -> pd.Series:
    if column not in frame.columns:
        there = ", ".join(name for name in frame.columns if name not in _STORAGE)
        raise DatasetError(f"The dataset has no column {column!r}. Choose one of: {there}.")
    return frame[column]


def _column(values: pd.Series) -> Column:
    name = str(values.name)
    if len(values) and isinstance(values.iloc[0], np.ndarray):
        numbers = np.concatenate(values.tolist())
        ends = (float(numbers.min()), float(numbers.max())) if len(numbers) else (None, None)
        return Column(name, "numbers", *ends)
    if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
        low, high = values.min(), values.max()
        return Column(name, "number") if pd.isna(low) else Column(name, "number", float(low), float(high))
    counts = values.dropna().astype(str).value_counts()
    if name in _TEXTS or len(counts) > _MOST_CHOICES:
        return Column(name, "text")
    return Column(name, "choice", choices=tuple(str(value) for value in counts.index))


def _varies(column: Column) -> bool:
    if column.kind in ("number", "numbers"):
        return column.low != column.high
    return column.kind == "text" or len(column.choices) > 1
