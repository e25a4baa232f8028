"""Whole photos read from end to end: `python -m bench.end_to_end --photos FOLDER [--run ID --locator ID]`.

A folder of photos is laid out as ICDAR 2015's, as for `bench.location`. Prints the machine and a Markdown table that
tells which half is to blame: the locator's H-mean, the share of words that the reader reads right in true outlines,
and the F of both together, by `engine.evaluation.end_to_end`. Words marked `###` count neither way. Then seconds per
photo after the first, and the memory at its peak. Nothing is tuned.
"""

import argparse
import os
import resource
from pathlib import Path

from bench.command import run
from bench.location import icdar_samples
from bench.machine import print_machine
from engine.evaluation.end_to_end import evaluate_end_to_end
from engine.formatting import decimal
from engine.location.bundle import newest_locator_bundle, open_locator
from engine.reading.bundle import newest_bundle, open_reader
from engine.workspace import STARTER, Workspace
from glyphlab_read.documents.page_reader import PageReader


def main(arguments: list[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.end_to_end", description=__doc__)
    parser.add_argument("--photos", type=Path, nargs="+", required=True, help="folders laid out as ICDAR 2015's")
    parser.add_argument("--run", default=STARTER, help="whose newest reader reads")
    parser.add_argument("--locator", default=STARTER, help="the run whose newest locator finds the words")
    parser.add_argument("--workspace", type=Path, help="where these are")
    options = parser.parse_args(arguments)
    print_machine()
    workspace = Workspace(options.workspace.resolve()) if options.workspace else Workspace.default()
    threads = os.cpu_count() or 1
    reader = PageReader(
        open_locator(newest_locator_bundle(workspace, options.locator).folder, workspace, threads),
        open_reader(newest_bundle(workspace, options.run).folder, workspace, threads),
    )
    print("| photos | H-mean of boxes | read right in true outlines | F of both | s per photo | peak RSS |")
    print("| --- | --- | --- | --- | --- | --- |")
    for folder in options.photos:
        score = evaluate_end_to_end(reader, icdar_samples(folder)).score
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
        low, high = score.intervals["f"]
        cells = [
            f"{score.scenes}, {folder.name}",
            f"{score.located.h_mean:.3f}",
            f"{score.right} of {score.texts}, {score.accuracy:.3f}",
            f"{score.read.h_mean:.3f} ({low:.3f} to {high:.3f})",
            decimal(score.seconds, 2),
            f"{memory:,.0f} MB",
        ]
        print(f"| {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    run(main)
