"""Datasets written in the layouts of other programs, one module each. An export job (job.py) does it."""

from engine.config.exporting import LayoutName
from engine.datasets.exporting.aocr import AOCR
from engine.datasets.exporting.doctr import DOCTR
from engine.datasets.exporting.easyocr import EASYOCR
from engine.datasets.exporting.layouts import Entry, Layout
from engine.datasets.exporting.paddleocr import PADDLEOCR
from engine.datasets.exporting.png import PNG

LAYOUTS: dict[LayoutName, Layout] = {layout.name: layout for layout in (PNG, EASYOCR, DOCTR, PADDLEOCR, AOCR)}

__all__ = ["LAYOUTS", "Entry", "Layout"]
