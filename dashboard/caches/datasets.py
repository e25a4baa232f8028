"""Facts about datasets and about sources to import, worked out once for the same content.

Keyed by folder and the manifest's modification time; the engine keeps the slowest answers in files besides, so that
they outlive the server. Nothing here draws, and nobody may change what is returned.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st
from PIL import Image

from dashboard.caches.files import modified, once
from engine.config.importing import ImportConfig
from engine.datasets.comparison import Gap, compare
from engine.datasets.dataset import Dataset, open_dataset
from engine.datasets.duplicates import Duplicates, find_duplicates
from engine.datasets.importing import ScanResult, scan_source
from engine.datasets.query import Column, Condition, Numbers, columns, select
from engine.datasets.statistics import Description, Measured, describe, measure_dataset
from engine.jobs import paths
from engine.measures import measure_images
from engine.workspace import Workspace

Watch = Callable[[int, int], None]
_HASH: dict[str | type[Any], Callable[[Any], Any]] = {
    Dataset: lambda dataset: (str(dataset.folder), dataset.manifest.hash),
}


def opened(folder: Path) -> Dataset:
    """Return the dataset in a folder, opened once. Raises DatasetError."""
    return _opened(folder, modified(folder / paths.MANIFEST))


@st.cache_resource(max_entries=8, show_spinner=False)
def _opened(folder: Path, changed: int) -> Dataset:
    return open_dataset(folder)


@st.cache_resource(max_entries=8, show_spinner=False, hash_funcs=_HASH)
def filter_columns(dataset: Dataset) -> list[Column]:
    """Return what a dataset can be filtered by."""
    return columns(dataset)


@st.cache_resource(max_entries=16, show_spinner=False, hash_funcs=_HASH)
def selected(dataset: Dataset, conditions: tuple[Condition, ...], order: str | None, descending: bool) -> Numbers:
    """Return the samples that meet all conditions, in order. Raises DatasetError."""
    return select(dataset, conditions, order, descending)


@st.cache_resource(max_entries=8, show_spinner=False, hash_funcs=_HASH)
def description(dataset: Dataset) -> Description:
    """Return a dataset's lengths, characters and sizes."""
    return describe(dataset)


@st.cache_resource(max_entries=16, show_spinner=False, hash_funcs=_HASH)
def measured(dataset: Dataset) -> Measured:
    """Return measures of a fixed sample of a dataset's images: seconds the first time. Raises DatasetError."""
    return measure_dataset(dataset)


@st.cache_resource(max_entries=16, show_spinner=False)
def measures_of(images: list[Image.Image]) -> pd.DataFrame:
    """Return measures of images that lie nowhere, such as dropped ones."""
    return measure_images(images)


@st.cache_resource(max_entries=16, show_spinner=False)
def gaps(first: pd.DataFrame, second: pd.DataFrame) -> list[Gap]:
    """Return how far two sets are apart, the farthest measure first."""
    return compare(first, second)


def duplicates(dataset: Dataset, watch: Watch) -> Duplicates:
    """Return what a dataset holds twice; `watch` hears how many images were read, and of how many."""
    key = f"duplicates {dataset.folder} {dataset.manifest.hash}"
    return once(key, lambda: find_duplicates(dataset, lambda done: watch(done, len(dataset))))


def scan(workspace: Workspace, config: ImportConfig, watch: Watch) -> ScanResult:
    """Return what lies at a source, scanned once for the same way of reading it. Raises SourceError."""
    reading = ImportConfig.parse(config.reading)
    changed = modified(Path(config.path)) if config.path else 0  # an upload never changes
    return once(
        f"scan {workspace.root} {reading.model_dump_json()} {changed}", lambda: scan_source(workspace, reading, watch)
    )
