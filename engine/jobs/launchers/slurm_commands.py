"""Commands of Slurm, and cancelling what a runner that died left in its queue. Submitit is not needed for that."""

import shutil
import subprocess
from pathlib import Path

from engine.jobs import paths

NAME = "glyphlab"
"""The name of all of our jobs in Slurm."""

_SCRIPT = "_submission.sh"  # that submitit leaves beside what it queues in Slurm, after the job's id


def slurm(command: str, *arguments: str) -> subprocess.CompletedProcess[str] | None:
    """Return the answer of a command of Slurm; None where there is none in time."""
    program = shutil.which(command)
    if program is None:
        return None
    try:
        return subprocess.run(
            [program, *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return None


def cancel_submitted(folder: Path) -> None:
    """Cancel what was queued in Slurm for the job of a folder. Harmless where there is nothing, or it has ended."""
    for script in (folder / paths.SUBMISSION).glob(f"*{_SCRIPT}"):
        id = script.name.removesuffix(_SCRIPT)
        if id.isdecimal():
            slurm("scancel", f"--name={NAME}", id)
