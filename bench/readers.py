"""The command-line choice of the reader to measure: the starter, a run's newest, or any bundle in the workspace."""

import argparse
from pathlib import Path

from engine.reading.bundle import newest_bundle, open_reader
from engine.workspace import STARTER, Workspace
from glyphlab_read.reading.reader import Reader


def add_reader_arguments(parser: argparse.ArgumentParser) -> None:
    """Add --run, --bundle, --workspace, --plain, --as-it-lies and --threads."""
    chosen = parser.add_mutually_exclusive_group()
    chosen.add_argument("--run", default=STARTER, help="id of a run, read by its newest bundle (default: starter)")
    chosen.add_argument("--bundle", type=Path, help="folder of one bundle in the workspace")
    parser.add_argument("--workspace", type=Path, help="the artifacts root (default: the repository's)")
    parser.add_argument("--plain", action="store_true", help="read by the image alone, without the n-gram model")
    parser.add_argument("--as-it-lies", action="store_true", help="read each image once, without level views")
    parser.add_argument("--threads", type=int, default=1, help="cores one reading may use (default: 1)")


def chosen_reader(options: argparse.Namespace) -> Reader:
    """Open the chosen reader. Raises BundleError or JobError."""
    workspace = Workspace(options.workspace.resolve()) if options.workspace else Workspace.default()
    folder = options.bundle or newest_bundle(workspace, options.run).folder
    reader = open_reader(folder, workspace, options.threads, use_ngram=not options.plain)
    reader.deskew = not options.as_it_lies
    return reader
