"""Readings on disk, paired and broken down by the engine, worked out once per file and modification time.

Nothing here draws; nothing that is returned may be changed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import streamlit as st

from dashboard.caches.datasets import filter_columns, opened
from dashboard.caches.files import modified
from engine.datasets.dataset import Dataset
from engine.errors import GlyphlabError
from engine.evaluation import breakdown
from engine.evaluation.errors import confusion_counts, wrong_readings
from engine.evaluation.evaluate import load_readings, median_milliseconds
from engine.evaluation.paired import Paired, confusion_change, match, pair
from engine.evaluation.results import Result, TestSet
from engine.workspace import Workspace, is_id


@dataclass(frozen=True)
class PairedReadings:
    """Two results on the same test set, side by side."""

    first: Result
    second: Result
    matched: pd.DataFrame
    paired: Paired


def readings_of(result: Result) -> pd.DataFrame:
    """Return a run's readings of a test set, one row per image. Raises DatasetError."""
    return _readings(result.readings, modified(result.readings))


@st.cache_resource(max_entries=48, show_spinner=False)
def _readings(path: Path, changed: int) -> pd.DataFrame:
    return load_readings(path)


def errors_of(result: Result, data: Dataset | None) -> pd.DataFrame:
    """Return `wrong_readings` of a run's readings. Raises DatasetError."""
    known = (str(data.folder), data.manifest.hash) if data else None
    return _errors(result.readings, modified(result.readings), known, data)


@st.cache_resource(max_entries=16, show_spinner=False)
def _errors(path: Path, changed: int, known: tuple[str, str] | None, _data: Dataset | None) -> pd.DataFrame:
    return wrong_readings(_readings(path, changed), _data)


def counted_confusions(result: Result) -> pd.DataFrame:
    """Return `confusion_counts` of a run's readings. Raises DatasetError."""
    return _counted(result.readings, modified(result.readings))


@st.cache_resource(max_entries=16, show_spinner=False)
def _counted(path: Path, changed: int) -> pd.DataFrame:
    return confusion_counts(_readings(path, changed))


def pair_results(first: Result, second: Result) -> PairedReadings:
    """Pair two results on one test set.

    Raises:
        DatasetError: the readings of one are missing or damaged, or the two have no image in common.
    """
    matched = _matched(first.readings, modified(first.readings), second.readings, modified(second.readings))
    return PairedReadings(first, second, matched, pair(matched))


@st.cache_resource(max_entries=24, show_spinner=False)
def _matched(first: Path, changed_first: int, second: Path, changed_second: int) -> pd.DataFrame:
    return match(_readings(first, changed_first), _readings(second, changed_second))


def milliseconds(result: Result) -> float | None:
    """Return the median time per image; None where the readings are missing."""
    try:
        return median_milliseconds(readings_of(result))
    except GlyphlabError:
        return None


def test_data(workspace: Workspace, test: TestSet) -> Dataset | None:
    """Return the dataset of a test set; None for a folder's images, and for one that is deleted or damaged."""
    if not is_id(test.source):
        return None
    try:
        return opened(workspace.folder("datasets", test.source))
    except GlyphlabError:
        return None


def factors(data: Dataset | None) -> list[str]:
    """Return the factors of `engine.evaluation.breakdown` for a test set."""
    return breakdown.factors(filter_columns(data) if data else [])


def accuracy_by(factor: str, results: Sequence[Result], data: Dataset | None) -> list[pd.DataFrame]:
    """Return `breakdown.accuracy_by` for the readings of some results. Raises DatasetError."""
    return breakdown.accuracy_by(factor, [readings_of(result) for result in results], data)


def confusions(between: PairedReadings) -> pd.DataFrame:
    """Return the confusions of the two (see `confusion_change`)."""
    first, second = between.first.readings, between.second.readings
    return _confusions(first, modified(first), second, modified(second))


@st.cache_resource(max_entries=24, show_spinner=False)
def _confusions(first: Path, changed_first: int, second: Path, changed_second: int) -> pd.DataFrame:
    return confusion_change(_matched(first, changed_first, second, changed_second))
