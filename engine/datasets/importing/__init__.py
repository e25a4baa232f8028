"""Images that are there already, made into a dataset: folders and zip files, seven ways of writing labels down.

`survey` looks at a source, `report` says what would become of it, and an import job (job.py) makes the dataset.
"""

from engine.datasets.importing.formats import FORMATS
from engine.datasets.importing.formats.base import Item
from engine.datasets.importing.preview import SURVEYED, picture, report, survey
from engine.datasets.importing.report import Example, ImportReport, Problem
from engine.datasets.importing.scan import ScanResult

__all__ = [
    "FORMATS",
    "SURVEYED",
    "Example",
    "ImportReport",
    "Item",
    "Problem",
    "ScanResult",
    "picture",
    "report",
    "survey",
]  # fmt: skip
