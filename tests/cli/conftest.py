"""The command line is shown the same folders and lab as jobs."""

from tests.helpers.labs import lab, make_folder

__all__ = ["lab", "make_folder"]
