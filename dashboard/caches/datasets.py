"""Facts about datasets and about sources to import, worked out once for the same content.

Keyed by folder and the manifest's modification time; the engine keeps the slowest answers in files besides, so that
they outlive the server. Nothing here draws, and nobody may change what is returned.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st
from PIL import Image

from dashboard.caches.files import modified, once
from engine.config.importing import ImportConfig, SourceConfig
from engine.config.scene_importing import SceneImportConfig
from engine.datasets.comparison import Gap, compare
from engine.datasets.dataset import Dataset, StoredImages, open_dataset
from engine.datasets.duplicates import Duplicates, find_duplicates, find_photo_duplicates
from engine.datasets.fit import TextNeeds, text_needs
from engine.datasets.importing import ScanResult, scan_source
from engine.datasets.manifest import Holding
from engine.datasets.query import Column, Condition, Numbers, columns, select
from engine.datasets.scenes.dataset import SceneDataset, open_scenes
from engine.datasets.scenes.importing.formats.base import ListedScene
from engine.datasets.scenes.importing.kind import holding_of
from engine.datasets.scenes.importing.scan import SceneScan, load_photo, scan_scenes
from engine.datasets.scenes.statistics import SceneDescription, describe_scenes, measure_regions, photo_table
from engine.datasets.statistics import Description, Measured, describe, measure_dataset
from engine.jobs import paths
from engine.labels import right_to_left_warning
from engine.measures import measure_images, measure_photos
from engine.regions.region import at_level
from engine.workspace import Workspace

_PHOTOS = 60  # measured of a dataset

Watch = Callable[[int, int], None]


def _identity(dataset: StoredImages) -> tuple[str, str]:
    return str(dataset.folder), dataset.manifest.hash


_HASH: dict[str | type[Any], Callable[[Any], Any]] = {Dataset: _identity, SceneDataset: _identity}


def opened(folder: Path) -> Dataset:
    """Return the dataset of words in a folder, opened once. Raises DatasetError."""
    return _opened(folder, modified(folder / paths.MANIFEST))


@st.cache_resource(max_entries=8, show_spinner=False)
def _opened(folder: Path, changed: int) -> Dataset:
    return open_dataset(folder)


def opened_scenes(folder: Path) -> SceneDataset:
    """Return the dataset of scenes in a folder, opened once. Raises DatasetError."""
    return _opened_scenes(folder, modified(folder / paths.MANIFEST))


@st.cache_resource(max_entries=8, show_spinner=False)
def _opened_scenes(folder: Path, changed: int) -> SceneDataset:
    return open_scenes(folder)


@st.cache_resource(max_entries=8, show_spinner=False, hash_funcs=_HASH)
def sample_table(dataset: Dataset | SceneDataset) -> pd.DataFrame:
    """Return the table by which a dataset is filtered, a row a sample or a photo."""
    return photo_table(dataset) if isinstance(dataset, SceneDataset) else dataset.frame()


@st.cache_resource(max_entries=8, show_spinner=False, hash_funcs=_HASH)
def training_needs(dataset: Dataset) -> TextNeeds:
    """Return the needs of a dataset's training samples, of which a reader's fit is computed at once."""
    return text_needs(dataset.split_or_all("train"))


@st.cache_resource(max_entries=32, show_spinner=False, hash_funcs=_HASH)
def right_to_left(dataset: Dataset) -> str:
    """Return what a CTC reader will not learn of a dataset's training labels; empty if nothing stands against it."""
    return right_to_left_warning([str(label) for label in dataset.frame("train")["label"]])


def sample_row(dataset: Dataset | SceneDataset, number: int) -> dict[str, Any]:
    """Return what that table says of one sample or photo."""
    return {str(name): value for name, value in sample_table(dataset).iloc[number].items()}


@st.cache_resource(max_entries=8, show_spinner=False, hash_funcs=_HASH)
def filter_columns(dataset: Dataset | SceneDataset) -> list[Column]:
    """Return what a dataset can be filtered by."""
    return columns(sample_table(dataset))


@st.cache_resource(max_entries=16, show_spinner=False, hash_funcs=_HASH)
def selected(
    dataset: Dataset | SceneDataset, conditions: tuple[Condition, ...], order: str | None, descending: bool
) -> Numbers:
    """Return the samples that meet all conditions, in order. Raises DatasetError."""
    return select(sample_table(dataset), conditions, order, descending)


@st.cache_resource(max_entries=96, show_spinner=False, hash_funcs=_HASH)
def thumbnail_of(dataset: SceneDataset, scene: int, room: tuple[int, int]) -> Image.Image:
    """Return a photo made small enough for a room of so many px across and down. Raises DatasetError."""
    photo = dataset.image(scene)
    photo.thumbnail(room)
    return photo


@st.cache_resource(max_entries=8, show_spinner=False, hash_funcs=_HASH)
def description(dataset: Dataset) -> Description:
    """Return a dataset's lengths, characters and sizes."""
    return describe(dataset)


@st.cache_resource(max_entries=8, show_spinner=False, hash_funcs=_HASH)
def scene_description(dataset: SceneDataset) -> SceneDescription:
    """Return what photos and regions a dataset holds, by split and by level."""
    return describe_scenes(dataset)


@st.cache_resource(max_entries=8, show_spinner=False, hash_funcs=_HASH)
def measured_regions(dataset: SceneDataset) -> pd.DataFrame:
    """Return height and angle of every region: seconds the first time."""
    return measure_regions(dataset)


@st.cache_resource(max_entries=16, show_spinner=False, hash_funcs=_HASH)
def measured(dataset: Dataset) -> Measured:
    """Return measures of a fixed sample of a dataset's images: seconds the first time. Raises DatasetError."""
    return measure_dataset(dataset)


@st.cache_resource(max_entries=8, show_spinner=False, hash_funcs=_HASH)
def measured_photos(dataset: SceneDataset) -> pd.DataFrame:
    """Return measures of a fixed sample of up to 60 photos with their words: seconds the first time."""
    chosen = np.linspace(0, len(dataset) - 1, min(_PHOTOS, len(dataset))).astype(int).tolist()
    return measure_photos((dataset.image(number), at_level(dataset.regions(number), "word")) for number in chosen)


@st.cache_resource(max_entries=16, show_spinner=False)
def measures_of(images: list[Image.Image]) -> pd.DataFrame:
    """Return measures of images that lie nowhere, such as dropped ones."""
    return measure_images(images)


@st.cache_resource(max_entries=16, show_spinner=False)
def gaps(first: pd.DataFrame, second: pd.DataFrame) -> list[Gap]:
    """Return how far two sets are apart, the farthest measure first."""
    return compare(first, second)


def duplicates(dataset: Dataset | SceneDataset, watch: Watch) -> Duplicates:
    """Return what a dataset holds twice; `watch` hears how many images were read, and of how many."""
    key = f"duplicates {dataset.folder} {dataset.manifest.hash}"

    def told(done: int) -> None:
        watch(done, len(dataset))

    if isinstance(dataset, SceneDataset):
        return once(key, lambda: find_photo_duplicates(dataset, told))
    return once(key, lambda: find_duplicates(dataset, told))


def holding(workspace: Workspace, source: SourceConfig) -> Holding:
    """Return what a source holds, told by its files once. Raises SourceError."""
    key = f"holding {workspace.root} {source.model_dump_json()} {_source_changed(source)}"
    return once(key, lambda: holding_of(workspace, source))


def scan(workspace: Workspace, config: ImportConfig, watch: Watch) -> ScanResult:
    """Return what lies at a source, scanned once for the same way of reading it. Raises SourceError."""
    reading = ImportConfig.parse(config.reading)
    key = f"scan {workspace.root} {reading.model_dump_json()} {_source_changed(config)}"
    return once(key, lambda: scan_source(workspace, reading, watch))


def scan_photos(workspace: Workspace, config: SceneImportConfig, watch: Watch) -> SceneScan:
    """Return what photos lie at a source, as `scan` does for words. Raises SourceError."""
    reading = SceneImportConfig.parse(config.reading)
    key = f"scan photos {workspace.root} {reading.model_dump_json()} {_source_changed(config)}"
    return once(key, lambda: scan_scenes(workspace, reading, watch))


def source_photo(workspace: Workspace, config: SceneImportConfig, scene: ListedScene, side: int) -> Image.Image:
    """Return a photo of a source, made as small as a side in px. Raises SourceError and ImageError."""
    source = SceneImportConfig(path=config.path, upload=config.upload, encoding=config.encoding)
    return _source_photo(workspace, source, scene, side, scene.member, _source_changed(config))


@st.cache_resource(
    max_entries=64,
    show_spinner=False,
    hash_funcs={Workspace: lambda space: str(space.root), SceneImportConfig: lambda config: config.model_dump_json()},
)
def _source_photo(
    workspace: Workspace, source: SceneImportConfig, _scene: ListedScene, side: int, member: str, changed: int
) -> Image.Image:
    photo = load_photo(workspace, source, _scene)
    photo.thumbnail((side, side))
    return photo


def _source_changed(source: SourceConfig) -> int:
    """Return when a source was changed; an upload never is."""
    return modified(Path(source.path)) if source.path else 0
