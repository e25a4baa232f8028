"""Read words and whole photos with readers and locators that Glyphlab trained, without TensorFlow.

    Reader.open("bundle").read("word.png").text
    PageReader.open("bundle", "locator").read("photo.jpg").text

Names are imported when they are first used, so that whoever needs little loads little. The import of this package
silences ONNX Runtime before that can be loaded, and ties a helper of a process (see `processes`) to its parent's life.
"""

import importlib
import os
from typing import TYPE_CHECKING, Any

# Its wheel calls a host of its maker's, and heeds this variable only if it is set before the library is loaded.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

PARENT = "_GLYPHLAB_PARENT"
"""The variable by which a helper is told with whom it is to die."""

if PARENT in os.environ:
    from glyphlab_read.processes import heed_parent

    heed_parent()

if TYPE_CHECKING:
    from glyphlab_read.documents.document import Page
    from glyphlab_read.documents.page_reader import PageReader
    from glyphlab_read.errors import BundleError, ConfigError, GlyphlabError, ImageError, SourceError
    from glyphlab_read.location.locator import Locator
    from glyphlab_read.reading.reader import Reader
    from glyphlab_read.reading.results import Candidate, Character, FileReading, Reading

__version__ = "0.2.0"
__all__ = [
    "BundleError",
    "Candidate",
    "Character",
    "ConfigError",
    "FileReading",
    "GlyphlabError",
    "ImageError",
    "Locator",
    "Page",
    "PageReader",
    "Reader",
    "Reading",
    "SourceError",
]

_MODULES = {
    "glyphlab_read.documents.document": ("Page",),
    "glyphlab_read.documents.page_reader": ("PageReader",),
    "glyphlab_read.errors": ("BundleError", "ConfigError", "GlyphlabError", "ImageError", "SourceError"),
    "glyphlab_read.location.locator": ("Locator",),
    "glyphlab_read.reading.reader": ("Reader",),
    "glyphlab_read.reading.results": ("Candidate", "Character", "FileReading", "Reading"),
}


def __getattr__(name: str) -> Any:
    module = next((module for module, names in _MODULES.items() if name in names), None)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        return getattr(importlib.import_module(module), name)
    except ModuleNotFoundError as error:
        if error.name != "cv2":
            raise
        needed = "OpenCV. Install it: pip install opencv-python-headless"
        raise ImportError(f"{name} works on whole photos and needs {needed}") from None


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
