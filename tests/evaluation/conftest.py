"""Folders of jobs, for every test here."""

from tests.helpers.labs import make_folder

__all__ = ["make_folder"]
