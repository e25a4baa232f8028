"""Runs that leave the lab as figures: tables of all of them, and what a tracker is told. Never by itself."""

from collections.abc import Mapping
from typing import Literal

DEFAULT_EXPERIMENT = "Glyphlab"
"""MLflow's group of runs, where no other is named."""

RunFile = Literal["model", "settings"]
RUN_FILES: Mapping[RunFile, str] = {"model": "the model file", "settings": "the settings as JSON"}
"""Files of a run that may go along."""
