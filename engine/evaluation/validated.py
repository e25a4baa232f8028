"""Scores of each validation image of a run at each validation, so that two runs can be compared image by image.

One small table for each validation, in the run's folder: a share for each image in the order of the validation set, 1
where it was read or found without fault. Nothing here reads an image.
"""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine.files import space_errors
from engine.jobs import paths


def save_validated(run: Path, step: int, shares: npt.NDArray[np.float64]) -> None:
    """Keep the share of each image (N,), 0…1, at a step. Raises SpaceError."""
    path = _path(run, step)
    with space_errors(run):
        path.parent.mkdir(exist_ok=True)
        temporary = path.with_name(f".{path.name}.tmp")
        with temporary.open("wb") as file:
            np.save(file, shares.astype(np.float16))
        temporary.replace(path)


def load_validated(run: Path, step: int) -> npt.NDArray[np.float64] | None:
    """Return the share of each image (N,) at a step; None where it was not kept or is damaged."""
    try:
        return np.load(_path(run, step), allow_pickle=False).astype(np.float64)
    except (OSError, ValueError, EOFError):
        return None


def _path(run: Path, step: int) -> Path:
    return run / paths.VALIDATED / f"{step}.npy"
