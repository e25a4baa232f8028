"""The commands `export-model` and `send-export`: a model as one file that opens without the lab; an export to a bucket.

Their flags are those of the module `arguments`.
"""

import argparse
import sys
from pathlib import Path

from engine.cli.follow import counting_line
from engine.cli.manage import find, run_id
from engine.cli.output import check_output, write_output
from engine.errors import JobError
from engine.formatting import count, size
from engine.jobs import paths
from engine.labels import file_name
from engine.publishing.model_file import model_name, model_of_run
from engine.sources.buckets import is_bucket_address, send, send_content
from engine.workspace import STARTER, Workspace


def export_model(workspace: Workspace, given: argparse.Namespace) -> int:
    """Write the file, and print what it holds. One that is there is replaced only where --output names it.

    Raises:
        BundleError: the run has exported nothing yet.
        ConfigError: two locators were named, a name or a number is out of range, or the file cannot be written
            or is there without being named.
        SourceError: it is to go to a bucket that does not take it.
        SpaceError: the disk is full.
    """
    run = None if given.run == STARTER else find(workspace, "runs", given.run)
    locator = None if given.locator is None else run_id(workspace, given.locator, locator=True)
    own_name = file_name(model_name(run, given.name), "zip")
    target, named = given.output or own_name, bool(given.output)
    if not is_bucket_address(target):
        check_output(Path(target), replace=named)
    model = model_of_run(workspace, run, locator, given.name, given.licence, given.examples)
    if is_bucket_address(target):
        target = send_content(workspace, model.content, own_name, target)
    else:
        write_output(Path(target), model.content, replace=named)
    parts = " and ".join(f"{part.kind} of step {part.step:,}" for part in model.description.parts)
    examples = count(len(model.description.examples), "examples")
    sys.stdout.write(f"{target}  {size(len(model.content))}  {parts}, {examples}\n")
    return 0


def send_export(workspace: Workspace, name: str, to: str) -> int:
    """Put the archive of an export at an address of a bucket, and print where it is.

    Raises:
        JobError: there is no such export, or it was not packed.
        SourceError: it is no address, or the bucket does not take it.
    """
    job = find(workspace, "exports", name)
    archive = job.folder / paths.EXPORT_ARCHIVE
    if not archive.is_file():
        raise JobError(f"{job.name!r} is {job.state.words} and has no archive. Export it again with --archive true.")
    to = f"{to}{file_name(job.name, 'zip')}" if to.endswith("/") else to
    sys.stdout.write(f"{send(archive, to, counting_line('sending'))}  {size(archive.stat().st_size)}\n")
    return 0
