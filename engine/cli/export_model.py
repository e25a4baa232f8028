"""The command `export-model`: a run's reader or locator, or both, as one file that opens without the lab.

Its flags are those of the module `main`.
"""

import argparse
import sys
from pathlib import Path

from engine.cli.manage import find, run_id
from engine.errors import ConfigError
from engine.evaluation.model_file import write_model
from engine.formatting import count
from engine.jobs import paths
from engine.location.bundle import newest_locator_bundle
from engine.reading.bundle import newest_bundle
from engine.workspace import STARTER, Workspace

_TRAINS_LOCATOR = "train-locator"


def export_model(workspace: Workspace, given: argparse.Namespace) -> int:
    """Write the file and print what it is.

    Raises:
        BundleError: the run has exported nothing yet.
        ConfigError: two locators, or a name or a number of examples out of range.
        SpaceError: the disk is full.
    """
    job = None if given.run == STARTER else find(workspace, "runs", given.run)
    id = STARTER if job is None else job.id
    locates = job is not None and job.kind == _TRAINS_LOCATOR
    if locates and given.locator:
        raise ConfigError(
            "--locator was given beside a run that is a locator itself. Name a reader's run, or leave it out."
        )
    if given.examples < 0:
        raise ConfigError(f"--examples: {given.examples} was given. A number of images is 0 or more. Correct it.")
    reader = None if locates else newest_bundle(workspace, id)
    named = id if locates else given.locator and run_id(workspace, given.locator)
    locator = newest_locator_bundle(workspace, named) if named else None
    name = given.name or (job.name if job is not None and job.name else id)
    target = given.output or Path(f"{_file_name(name)}.zip")
    pictures = [] if job is None or locates else sorted((job.folder / paths.PINNED).glob("*.png"))[: given.examples]
    described = write_model(target, name, reader, locator, [path.read_bytes() for path in pictures], given.licence)
    parts = " and ".join(f"{part.kind} of step {part.step:,}" for part in described.parts)
    sys.stdout.write(f"{target}  {target.stat().st_size / 1e6:,.1f} MB  {parts}  {count(len(pictures), 'examples')}\n")
    return 0


def _file_name(name: str) -> str:
    """Return a name's letters, digits and simple marks: what people type never becomes another path."""
    kept = "".join(char if char.isalnum() or char in "-_." else "-" for char in name).strip("-.")
    return kept[:80] or "model"
