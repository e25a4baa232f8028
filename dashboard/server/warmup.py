"""Loading what the pages need before somebody waits for it, when the server starts. Starts no thread itself."""

import gc
import importlib
import inspect
import pkgutil

from dashboard import components
from engine.config.recipe import PRESETS
from engine.jobs import list_jobs
from engine.reading.opener import get_ready
from engine.workspace import COLLECTIONS, Workspace

_LIBRARIES = ("plotly.graph_objects", "onnxruntime")


def _load() -> None:
    """Load all cards and their libraries, Home's first, and draw some samples."""
    cards = sorted((module.name for module in pkgutil.iter_modules(components.__path__)), key="overview".__ne__)
    for name in (*(f"{components.__name__}.{card}" for card in cards), *_LIBRARIES):
        importlib.import_module(name)
    from engine import synth

    get_ready()
    synth.estimate(PRESETS["starter"], 1)


def prepare(workspace: Workspace) -> None:
    """Load, and read the workspace's jobs once: lists of thousands are read again from memory."""
    _load()
    for collection in COLLECTIONS:
        list_jobs(workspace, collection)
    inspect.stack()  # Streamlit asks for it at its first element, and Python then looks up each module's file, once
    gc.freeze()  # Streamlit collects garbage after each run of a page: not among all that was loaded here for good
