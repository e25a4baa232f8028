"""Export of datasets in the layouts of other programs. An export job (job.py) writes them."""

from engine.datasets.exporting.layouts import LAYOUTS, Entry, Layout

__all__ = ["LAYOUTS", "Entry", "Layout"]
