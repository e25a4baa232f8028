"""The command `export-model`: a run's reader or locator, or both, as one file that opens without the lab.

Its flags are those of the module `main`.
"""

import argparse
import sys
from pathlib import Path

from engine.cli.manage import find, run_id
from engine.files import write_bytes
from engine.formatting import count, size
from engine.publishing.model_file import file_name, model_of_run
from engine.workspace import STARTER, Workspace


def export_model(workspace: Workspace, given: argparse.Namespace) -> int:
    """Write the file, one that is there is replaced, and print what it holds.

    Raises:
        BundleError: the run has exported nothing yet.
        ConfigError: two locators were named, or a name or a number is out of range.
        SpaceError: the disk is full.
    """
    run = None if given.run == STARTER else find(workspace, "runs", given.run)
    locator = None if given.locator is None else run_id(workspace, given.locator)
    model = model_of_run(workspace, run, locator, given.name, given.licence, given.examples)
    target = given.output or Path(file_name(model.description.name))
    write_bytes(target, model.content)
    parts = " and ".join(f"{part.kind} of step {part.step:,}" for part in model.description.parts)
    examples = count(len(model.description.examples), "examples")
    sys.stdout.write(f"{target}  {size(len(model.content))}  {parts}, {examples}\n")
    return 0
