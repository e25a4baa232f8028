"""Whole photos read from end to end: `python -m bench.end_to_end --photos FOLDER [--run ID --locator ID]`.

A folder of photos is laid out as ICDAR 2015's, as for `bench.location`. Prints the machine and a Markdown table that
tells which half is to blame: the locator's H-mean, the share of words that the reader reads right in true boxes, and
the F of both together, where a box counts that matches a word (IoU over a half) and says the same: letters and digits
alone, in any case. Words marked `###` count neither way. Then seconds per photo after the first, and the memory at its
peak. Nothing is tuned.
"""

import argparse
import os
import resource
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

from bench.command import run
from bench.location import icdar_samples
from bench.machine import print_machine
from engine.documents.page_reader import PageReader
from engine.location.bundle import newest_locator_bundle
from engine.location.locator import Locator
from engine.reading.bundle import newest_bundle
from engine.reading.reader import Reader
from engine.regions.matching import Counts, counts, match
from engine.regions.region import Region
from engine.regions.straighten import straightened
from engine.workspace import STARTER, Workspace


class _Photo(NamedTuple):
    """What one photo adds: boxes and words of the locator alone and of both, true words and those read right."""

    located: Counts
    read: Counts
    words: int
    right: int
    seconds: float


def alphanumeric(text: str | None) -> str:
    """Return the letters and digits of a text in one case."""
    return "".join(char for char in (text or "").casefold() if char.isalnum())


def _measured(reader: PageReader, image: Image.Image, regions: Sequence[Region]) -> _Photo:
    began = time.perf_counter()
    found = reader.locator.text_map(image, reader.side).boxes(reader.level, reader.thresholds)
    boxes = reader.read_boxes(image, found)
    seconds = time.perf_counter() - began
    matching = match([box.quad for box in found], regions)
    located = counts(matching)
    said = [alphanumeric(box.reading.text) for box in boxes]
    hits = sum(
        box >= 0 and said[box] == alphanumeric(region.text) != ""
        for box, region in zip(matching.matched, regions, strict=True)
    )
    true = [region for region in regions if not region.ignore and alphanumeric(region.text)]
    photo = np.asarray(image.convert("RGB"))
    crops = [Image.fromarray(straightened(photo, region.polygon)) for region in true]
    right = sum(
        alphanumeric(one.text) == alphanumeric(region.text)
        for one, region in zip(reader.reader.read(crops), true, strict=True)
    )
    return _Photo(located, Counts(hits, located.boxes, located.regions), len(true), right, seconds)


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
        Locator.open(newest_locator_bundle(workspace, options.locator).folder, workspace, threads),
        Reader.open(newest_bundle(workspace, options.run).folder, workspace, threads),
    )
    print("| photos | H-mean of boxes | read right in true boxes | F of both | s per photo | peak RSS |")
    print("| --- | --- | --- | --- | --- | --- |")
    for folder in options.photos:
        photos = [_measured(reader, sample.load(), sample.regions) for sample in icdar_samples(folder)]
        located, read = sum((one.located for one in photos), Counts()), sum((one.read for one in photos), Counts())
        words, right = sum(one.words for one in photos), sum(one.right for one in photos)
        seconds = float(np.mean([one.seconds for one in photos[1:]]))
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
        texts = f"{right} of {words}, {right / words:.3f} | {read.h_mean:.3f}" if words else "no texts | –"
        found = f"| {len(photos)}, {folder.name} | {located.h_mean:.3f}"
        print(f"{found} | {texts} | {seconds:.2f} | {memory:,.0f} MB |", flush=True)


if __name__ == "__main__":
    run(main)
