"""Loading what the pages need before somebody waits for it, when the server starts. Starts no thread itself."""

import contextlib
import gc
import importlib
import inspect
import pkgutil
import sys

import dashboard
from engine.config.recipe_presets import PRESETS
from engine.errors import GlyphlabError
from engine.jobs import list_jobs
from engine.jobs.storage import checked_storage
from engine.workspace import COLLECTIONS, Workspace
from glyphlab_read.images.sandbox import start_sandbox

_LIBRARIES = ("plotly.graph_objects", "onnxruntime")


_SCRIPTS = ("dashboard.app", "dashboard.shell", "dashboard.__main__")  # Streamlit runs these


def _modules() -> list[str]:
    """Return the names of the dashboard's modules but the scripts, Home's first."""
    found = [module.name for module in pkgutil.walk_packages(dashboard.__path__, "dashboard.")]
    ours = [name for name in found if not name.startswith(_SCRIPTS)]
    return sorted(ours, key=lambda name: not name.startswith("dashboard.home"))


def _load() -> None:
    """Import every page's modules and their libraries, Home's first, and draw some samples."""
    for name in (*_modules(), *_LIBRARIES):
        importlib.import_module(name)
    from engine import synth

    start_sandbox()
    synth.estimate(PRESETS["starter"], 1)


def prepare(workspace: Workspace) -> None:
    """Load, and read the workspace's jobs once: lists of thousands are read again from memory.

    What does not hold where the workspace lies is said in the terminal, as it is on Home.
    """
    _load()
    sys.stderr.writelines(f"{fault.text}\n" for fault in checked_storage(workspace.root))
    with contextlib.suppress(GlyphlabError):  # a workspace that cannot be written: the pages say so
        for collection in COLLECTIONS:
            list_jobs(workspace, collection)
    inspect.stack()  # Streamlit asks for it at its first element, and Python then looks up each module's file, once
    gc.freeze()  # Streamlit collects garbage after each run of a page: not among all that was loaded here for good
