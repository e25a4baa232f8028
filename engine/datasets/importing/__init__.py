"""Import of existing images as a dataset: folders and zip files, labels in any of ten formats.

`scan_source` opens the images of a source, `make_report` says what an import would do with them, and an import job
(job.py) writes the dataset.
"""

from engine.datasets.importing.formats import FORMATS
from engine.datasets.importing.formats.base import Item
from engine.datasets.importing.report import ImportReport, make_report
from engine.datasets.importing.scan import SCAN_LIMIT, ScanResult, load_image, scan_source
from engine.datasets.problems import Example, Problem

__all__ = [
    "FORMATS",
    "SCAN_LIMIT",
    "Example",
    "ImportReport",
    "Item",
    "Problem",
    "ScanResult",
    "load_image",
    "make_report",
    "scan_source",
]
