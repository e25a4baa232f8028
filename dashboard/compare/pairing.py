"""What Compare asks of readings on disk: two runs over the same images, group by group, worked out once.

Keyed by the files and their modification times. Nothing here draws, and nobody may change what is returned.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import streamlit as st

from dashboard.caches.datasets import filters_of, opened
from dashboard.caches.files import modified
from engine.charset import normalise
from engine.datasets.dataset import Dataset
from engine.errors import DatasetError, GlyphlabError
from engine.evaluation.breakdown import by_character, by_factor, by_length, groups_of
from engine.evaluation.evaluate import load_readings
from engine.evaluation.paired import Paired, confusion_change, match, pair, pair_by, pair_by_character
from engine.evaluation.results import Result, TestSet
from engine.workspace import Workspace, is_id

LENGTH, CHARACTER = "length", "character"
_LEFT_OUT = {"label", "split", LENGTH}  # columns of a dataset by which no accuracy is told


@dataclass(frozen=True)
class PairedReadings:
    """Two results on the same test set, side by side."""

    first: Result
    second: Result
    matched: pd.DataFrame
    paired: Paired


def readings_of(result: Result) -> pd.DataFrame:
    """Return what a run read of a test set, a row an image. Raises DatasetError."""
    return _readings(result.readings, modified(result.readings))


@st.cache_resource(max_entries=48, show_spinner=False)
def _readings(path: Path, changed: int) -> pd.DataFrame:
    return load_readings(path)


def contest(first: Result, second: Result) -> PairedReadings:
    """Set two results on one test set side by side.

    Raises:
        DatasetError: the readings of one are gone or damaged, or the two have no image in common.
    """
    matched = _matched(first.readings, modified(first.readings), second.readings, modified(second.readings))
    if matched.empty:
        raise DatasetError("The two runs have read no image in common. Test one of them on this test set again.")
    return PairedReadings(first, second, matched, pair(matched))


@st.cache_resource(max_entries=24, show_spinner=False)
def _matched(first: Path, changed_first: int, second: Path, changed_second: int) -> pd.DataFrame:
    return match(_readings(first, changed_first), _readings(second, changed_second))


def milliseconds(result: Result) -> float | None:
    """Return the median time that an image took when it was read; None where no readings are."""
    try:
        return 1000 * float(readings_of(result)["seconds"].median())
    except GlyphlabError:
        return None


def test_data(workspace: Workspace, test: TestSet) -> Dataset | None:
    """Return the dataset of a test set; None for a folder's images, and for one that is gone or damaged."""
    if not is_id(test.source):
        return None
    try:
        return opened(workspace.folder("datasets", test.source))
    except GlyphlabError:
        return None


def factors(data: Dataset | None) -> list[str]:
    """Return what accuracy can be told by: length, character, and what the dataset knows of each image."""
    known = [column.name for column in filters_of(data) if column.kind != "text"] if data else []
    return [LENGTH, CHARACTER, *(name for name in known if name not in _LEFT_OUT)]


def accuracy_by(factor: str, results: Sequence[Result], data: Dataset | None) -> list[pd.DataFrame]:
    """Return, for each result, the accuracy in each group of a factor, over the images that all of them have in common.

    Columns of each table: group (text), images, accuracy, low, high. By character the accuracy is that of the
    characters, and `images` counts their occurrences.

    Raises:
        DatasetError: readings are gone or damaged.
    """
    tables = [readings_of(result).set_index("name", drop=False) for result in results]
    names = _common(tables)
    found = [_table(factor, table.loc[names], data) for table in tables]
    return [table.rename(columns={factor: "group"}).astype({"group": str}) for table in found]


def change_by(factor: str, between: PairedReadings, data: Dataset | None) -> pd.DataFrame:
    """Compare two runs group by group (see `pair_by` and `pair_by_character`). Raises DatasetError."""
    if factor == CHARACTER:
        return pair_by_character(between.matched)
    return pair_by(between.matched, _groups(factor, between.matched, data)).astype({"group": str})


def confusions(between: PairedReadings) -> pd.DataFrame:
    """Return which characters the two take for which (see `confusion_change`)."""
    first, second = between.first.readings, between.second.readings
    return _confusions(first, modified(first), second, modified(second))


@st.cache_resource(max_entries=24, show_spinner=False)
def _confusions(first: Path, changed_first: int, second: Path, changed_second: int) -> pd.DataFrame:
    return confusion_change(_matched(first, changed_first, second, changed_second))


def _common(tables: list[pd.DataFrame]) -> pd.Index:
    names = tables[0].index
    for table in tables[1:]:
        names = names.intersection(table.index, sort=False)
    return names.unique()


def _table(factor: str, readings: pd.DataFrame, data: Dataset | None) -> pd.DataFrame:
    if factor == LENGTH:
        return by_length(readings)
    if factor == CHARACTER:
        return by_character(readings)
    return by_factor(readings, _values(factor, readings.index, data))


def _groups(factor: str, matched: pd.DataFrame, data: Dataset | None) -> pd.Series:
    if factor == LENGTH:
        return matched["truth"].map(lambda text: len(normalise(str(text))))
    return groups_of(_values(factor, matched.index, data))


def _values(factor: str, names: pd.Index, data: Dataset | None) -> pd.Series:
    if data is None:
        raise DatasetError("The dataset of these images is gone, so nothing more is known of them. Choose length.")
    values = data.frame()[factor].loc[[int(name) for name in names]]
    return values.set_axis(names)
