"""Files that pages read and work whose progress a page draws, done once for all sessions.

Files are cached as long as they stay the same (keyed by path and modification time). Nothing is held here that could
not be read or worked out again. Job states are never cached, for they are computed from locks at the moment of asking.
This module draws nothing.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd
import streamlit as st
from PIL import Image

from engine.errors import BundleError, ImageError, JobError
from engine.jobs import paths
from engine.jobs.event_frames import EventLog
from engine.location.bundle import newest_locator_bundle, open_locator
from engine.reading.bundle import newest_bundle, open_reader
from engine.workspace import STARTER, Workspace
from glyphlab_read.images.open import open_image
from glyphlab_read.images.sandbox import open_sandboxed
from glyphlab_read.location.bundle import LocatorBundle
from glyphlab_read.location.locator import Locator
from glyphlab_read.reading.bundle import Bundle
from glyphlab_read.reading.reader import Reader

T = TypeVar("T")


def workspace() -> Workspace:
    """Return the workspace of this server."""
    return Workspace.default()


def modified(path: Path) -> int:
    """Return a file's modification time in ns; 0 when it is not there."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


@st.cache_data(max_entries=128, show_spinner=False)
def image(content: bytes) -> Image.Image:
    """Decode a small image once; all its pixels are kept. Raises ImageError."""
    return open_sandboxed(content)


def stored_image(path: Path) -> Image.Image | None:
    """Return a picture that a job wrote; None when it is gone or is none."""
    return _stored_image(path, modified(path))


@st.cache_data(max_entries=512, show_spinner=False)
def _stored_image(path: Path, changed: int) -> Image.Image | None:
    try:
        return open_image(path)
    except ImageError:
        return None


def bundles(space: Workspace) -> list[Bundle]:
    """Return the newest counting bundle of each run, newest run first, then the starter.

    A run is looked at again once it has exported; what is damaged is left out, as in `list_bundles`.
    """
    found = [_newest(str(space.root), run, changed) for run, changed in _exported(space)]
    return [bundle for bundle in found if bundle is not None]


def locator_bundles(space: Workspace) -> list[LocatorBundle]:
    """Return the newest counting locator of each run, newest run first, then the starter's, as `bundles` does."""
    found = [_newest_locator(str(space.root), run, changed) for run, changed in _exported(space)]
    return [bundle for bundle in found if bundle is not None]


def _exported(space: Workspace) -> list[tuple[str, int]]:
    """Return the runs that have bundles, with when these changed, newest run first, then the starter."""
    runs = sorted((folder.name for folder in space.collection("runs").iterdir()), reverse=True)
    exported = ((run, modified(space.root / "runs" / run / paths.BUNDLES)) for run in runs)
    return [*((run, changed) for run, changed in exported if changed), (STARTER, 0)]


@st.cache_resource(max_entries=4096, show_spinner=False)
def _newest_locator(root: str, run: str, changed: int) -> LocatorBundle | None:
    try:
        return newest_locator_bundle(Workspace(Path(root)), run)
    except (BundleError, JobError):
        return None


def locator(bundle: LocatorBundle) -> Locator:
    """Return the locator of a bundle, which stays loaded. Raises BundleError."""
    return _locator(bundle.folder, modified(bundle.folder / paths.MANIFEST))


@st.cache_resource(max_entries=2, show_spinner=False)
def _locator(folder: Path, changed: int) -> Locator:
    return open_locator(folder, workspace(), threads=len(os.sched_getaffinity(0)))


@st.cache_resource(max_entries=4096, show_spinner=False)
def _newest(root: str, run: str, changed: int) -> Bundle | None:
    try:
        return newest_bundle(Workspace(Path(root)), run)
    except (BundleError, JobError):
        return None


def reader(bundle: Bundle) -> Reader:
    """Return the reader of a bundle, which stays loaded. Raises BundleError."""
    return _reader(bundle.folder, modified(bundle.folder / paths.MANIFEST))


@st.cache_resource(max_entries=4, show_spinner=False)
def _reader(folder: Path, changed: int) -> Reader:
    return open_reader(folder)


def event_frames(folder: Path) -> dict[str, pd.DataFrame]:
    """Return a run's events as frames by kind, read on from the last look. Do not change them."""
    return _event_log(folder).frames()


@st.cache_resource(max_entries=64, show_spinner=False)
def _event_log(folder: Path) -> EventLog:
    return EventLog(folder / paths.EVENTS)


def once(key: str, work: Callable[[], T]) -> T:
    """Return what `work` gives for a key, from memory when it was asked for within the last hour.

    Errors are raised and not kept. Two sessions that ask at the same moment both do the work.
    """
    results = _results(key)
    if not results:
        results.append(work())
    return results[0]


@st.cache_resource(max_entries=36, show_spinner=False, ttl=3600)
def _results(key: str) -> list[Any]:
    """Return a list, the same for the same key, that holds the result once there is one."""
    return []
