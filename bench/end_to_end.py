"""Whole photos read from end to end: `python -m bench.end_to_end --photos FOLDER [--run ID --locator ID]`.

A folder of photos is laid out as ICDAR 2015's, as for `bench.location`. Prints the machine and a Markdown table that
tells which half is to blame: the locator's H-mean, the share of words that the reader reads right in true outlines,
and the F of both together, by `engine.evaluation.end_to_end`. Words marked `###` count neither way. Then seconds per
photo after the first, and the memory at its peak. `--others` adds rapidocr where it is installed, by the same rules.
Nothing is tuned.
"""

import argparse
import os
import resource
from pathlib import Path

from bench.command import run
from bench.location import icdar_samples
from bench.machine import print_machine
from bench.other_locators import OTHER_READERS
from engine.evaluation.end_to_end import EndToEndScore, evaluate_end_to_end, evaluate_reading
from engine.formatting import decimal
from engine.location.bundle import newest_locator_bundle, open_locator
from engine.reading.bundle import newest_bundle, open_reader
from engine.workspace import STARTER, Workspace
from glyphlab_read.documents.page_reader import PageReader

_HEADER = """\
| who | photos | H-mean of boxes | read right in true outlines | F of both | s per photo | peak RSS |
| --- | --- | --- | --- | --- | --- | --- |"""


def main(arguments: list[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.end_to_end", description=__doc__)
    parser.add_argument("--photos", type=Path, nargs="+", required=True, help="folders laid out as ICDAR 2015's")
    parser.add_argument("--run", default=STARTER, help="whose newest reader reads")
    parser.add_argument("--locator", default=STARTER, help="the run whose newest locator finds the words")
    parser.add_argument("--workspace", type=Path, help="where these are")
    parser.add_argument("--others", action="store_true", help="readers of other packages as well")
    options = parser.parse_args(arguments)
    print_machine()
    workspace = Workspace(options.workspace.resolve()) if options.workspace else Workspace.default()
    threads = os.cpu_count() or 1
    reader = PageReader(
        open_locator(newest_locator_bundle(workspace, options.locator).folder, workspace, threads),
        open_reader(newest_bundle(workspace, options.run).folder, workspace, threads),
    )
    print(_HEADER)
    for folder in options.photos:
        samples = icdar_samples(folder)
        score = evaluate_end_to_end(reader, samples).score
        memory = f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000:,.0f} MB"
        print(row("ours", folder.name, score, memory), flush=True)
        for name, other in OTHER_READERS.items() if options.others else ():
            theirs = evaluate_reading(*other(threads), samples, "word").score
            print(row(name, folder.name, theirs, "–"), flush=True)


def row(name: str, photos: str, score: EndToEndScore, memory: str) -> str:
    """Return one line of the table."""
    low, high = score.intervals["f"]
    cells = [
        name,
        f"{score.scenes}, {photos}",
        f"{score.located.h_mean:.3f}",
        f"{score.right} of {score.texts}, {score.accuracy:.3f}",
        f"{score.read.h_mean:.3f} ({low:.3f} to {high:.3f})",
        decimal(score.seconds, 2),
        memory,
    ]
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    run(main)
