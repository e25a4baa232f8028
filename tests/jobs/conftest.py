"""Jobs need folders and a lab."""

from tests.helpers.labs import lab, make_folder

__all__ = ["lab", "make_folder"]
