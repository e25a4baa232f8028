"""Tables of locators' evaluations on disk and the photos they are about, read and paired once per modification time.

Nothing here draws on a page; nothing that is returned may be changed.
"""

from pathlib import Path

import streamlit as st
from PIL import Image

from dashboard.caches.files import modified
from dashboard.readings.text_map import Outline, with_outlines
from engine.datasets.scenes.dataset import SceneDataset, open_scenes
from engine.errors import GlyphlabError
from engine.evaluation.locate import LocationTables, load_located
from engine.evaluation.location_breakdown import LocatorPair, pair_locators
from engine.evaluation.location_photos import outlines_of
from engine.evaluation.location_results import LocationResult, SceneTestSet
from engine.jobs import paths
from engine.workspace import Workspace


def located(result: LocationResult) -> LocationTables:
    """Return the tables of a result. Raises DatasetError."""
    return _located(result.folder, modified(result.folder / paths.BOXES))


@st.cache_resource(max_entries=32, show_spinner=False)
def _located(folder: Path, changed: int) -> LocationTables:
    return load_located(folder)


def pair_located(first: LocationResult, second: LocationResult) -> LocatorPair:
    """Pair two results on one test set. Raises DatasetError."""
    stamps = (modified(one.folder / paths.BOXES) for one in (first, second))
    return _paired(first.folder, next(stamps), second.folder, next(stamps))


@st.cache_resource(max_entries=24, show_spinner=False)
def _paired(first: Path, changed_first: int, second: Path, changed_second: int) -> LocatorPair:
    return pair_locators(_located(first, changed_first), _located(second, changed_second))


def scenes_of(workspace: Workspace, test: SceneTestSet) -> SceneDataset | None:
    """Return the dataset of a test set; None where it is deleted or damaged."""
    try:
        folder = workspace.folder("datasets", test.dataset)
        return _scenes(folder, modified(folder / paths.MANIFEST))
    except GlyphlabError:
        return None


@st.cache_resource(max_entries=4, show_spinner=False)
def _scenes(folder: Path, changed: int) -> SceneDataset:
    return open_scenes(folder)


def photo_with_boxes(result: LocationResult, scenes: SceneDataset, scene: str, side: int) -> Image.Image | None:
    """Return a photo of a test set, its longer side `side` px, with what a locator found and missed in it.

    None where the photo cannot be read.
    """
    stamp = modified(result.folder / paths.BOXES)
    return _photo(result.folder, stamp, scenes.folder, scenes.manifest.hash, scene, side)


@st.cache_data(max_entries=64, show_spinner=False)
def _photo(tables: Path, changed: int, folder: Path, hash: str, scene: str, side: int) -> Image.Image | None:
    try:
        photo = _scenes(folder, modified(folder / paths.MANIFEST)).image(int(scene))
    except (GlyphlabError, ValueError, IndexError):
        return None
    outlines: list[Outline] = [
        (one.corners, one.state) for one in outlines_of(_located(tables, changed), scene, photo.size)
    ]
    factor = min(1.0, side / max(photo.size))
    small = photo.convert("RGB").resize((round(photo.width * factor), round(photo.height * factor)))
    return with_outlines(small, outlines)
