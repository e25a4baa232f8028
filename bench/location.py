"""Score of a locator on labelled photos: `python -m bench.location --photos FOLDER [--bundle FOLDER | --run ID]`.

A folder of photos is laid out as ICDAR 2015's: images/img_1.jpg beside gt/gt_img_1.txt with eight numbers and a text a
line, `###` where a word does not count. Prints the machine, and a Markdown table: precision, recall and H-mean with its
95 % interval, false boxes per photo, seconds per photo from opened image to boxes, and the memory at its peak; below it
the protocol. `--pictures` saves each photo with hits green, misses red, false boxes orange and ignored ones grey;
`--empty` counts the boxes on photos without text, at the same thresholds; `--others` adds the detectors of other
packages where they are installed, by the same protocol. Nothing is tuned.
"""

import argparse
import os
import resource
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from bench.command import run
from bench.machine import print_machine
from bench.other_locators import OTHERS
from engine.errors import DatasetError, GlyphlabError
from engine.evaluation.locate import LocationTables, SceneSample, compare, evaluate_locator, tables_of
from engine.evaluation.location_breakdown import recall_by_height
from engine.evaluation.location_score import LocationScore, protocol
from engine.location.bundle import newest_locator_bundle, open_locator
from engine.regions.region import Region
from engine.workspace import STARTER, Workspace
from glyphlab_read.images.open import EXTENSIONS, open_image
from glyphlab_read.location.locator import Locator
from glyphlab_read.regions.boxes import Box

HEADER = """\
| locator | photos | precision | recall | H-mean | 95 % interval | false boxes per photo | s per photo | peak RSS |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |"""
_COLOURS = {"hit": "#1faa3c", "miss": "#e02020", "false": "#ff8c00", "ignored": "#909090"}
_IGNORED = "###"


def icdar_samples(folder: Path) -> list[SceneSample]:
    """Return the photos of a folder laid out as ICDAR 2015's, with their words. Raises DatasetError."""
    images = sorted((folder / "images").glob("*.jpg"))
    if not images:
        raise DatasetError(f"{folder.name!r} holds no images/*.jpg. Give a folder laid out as ICDAR 2015's.")
    return [
        SceneSample(image.name, partial(open_image, image), _words(folder / "gt" / f"gt_{image.stem}.txt"))
        for image in images
    ]


def empty_samples(folders: Sequence[Path]) -> list[SceneSample]:
    """Return the photos of folders, none of which holds text."""
    photos = [path for folder in folders for path in sorted(folder.iterdir()) if path.suffix[1:] in EXTENSIONS]
    return [SceneSample(photo.name, partial(open_image, photo), []) for photo in photos]


def row(name: str, score: LocationScore, rss: str) -> str:
    """Return one line of the table."""
    low, high = score.intervals["h_mean"]
    counts = score.counts
    cells = [
        name,
        f"{score.scenes:,}",
        *(f"{value:.3f}" if counts.regions else "–" for value in (counts.precision, counts.recall, counts.h_mean)),
        f"{low:.3f} to {high:.3f}" if counts.regions else "–",
        f"{score.false_per_scene:.2f}",
        f"{score.seconds:.3f}",
        rss,
    ]
    return f"| {' | '.join(cells)} |"


def search(samples: list[SceneSample], find: Callable[[Image.Image], list[Box]]) -> LocationTables:
    """Return the tables of what a function finds, as `evaluate_locator` gives them; pixels stay unknown."""
    rows: tuple[list[Any], list[Any], list[Any]] = ([], [], [])
    for sample in samples:
        image = sample.load()
        began = time.perf_counter()
        boxes = find(image)
        seconds = time.perf_counter() - began
        for kept, new in zip(rows, compare(sample.name, image.size, boxes, sample.regions, seconds), strict=True):
            kept += new
    return tables_of(rows)


def save_pictures(folder: Path, samples: list[SceneSample], tables: LocationTables) -> None:
    """Save each photo with its regions and boxes in colours."""
    folder.mkdir(parents=True, exist_ok=True)
    for sample in samples:
        image = sample.load()
        draw = ImageDraw.Draw(image)
        boxes = tables.boxes[tables.boxes["scene"] == sample.name]
        regions = tables.regions[(tables.regions["scene"] == sample.name) & (tables.regions["state"] != "hit")]
        for shape, state in [
            *zip(regions["polygon"], regions["state"], strict=True),
            *zip(boxes["quad"], boxes["state"], strict=True),
        ]:
            corners = [tuple(corner) for corner in np.reshape(shape, (-1, 2)).tolist()]
            draw.line([*corners, corners[0]], fill=_COLOURS[state], width=3)
        image.save(folder / f"{Path(sample.name).stem}.jpg", quality=85)


def main(arguments: list[str] | None = None) -> None:
    """Print the table."""
    options = _options(arguments)
    samples = icdar_samples(options.photos)
    samples = samples[: options.limit or len(samples)]
    print_machine()
    print(f"{options.threads} threads\n\n{HEADER}", flush=True)
    lines = [] if options.only_others else _ours(options, samples)
    if options.others or options.only_others:
        for name, other in OTHERS.items():
            try:
                tables = search(samples, other(options.threads))
            except GlyphlabError as error:
                lines.append(f"{name}: {error}")
            else:
                print(row(name, tables.score, ""), flush=True)
    print("\n" + "\n".join(lines))


def _ours(options: argparse.Namespace, samples: list[SceneSample]) -> list[str]:
    """Print the row of the chosen locator; return what is to be said below the table."""
    workspace = Workspace(options.workspace.resolve()) if options.workspace else Workspace.default()
    folder = options.bundle or newest_locator_bundle(workspace, options.run).folder
    locator = open_locator(folder, workspace, options.threads)
    locator.locate(samples[0].load(), options.level, side=options.side)  # the first run prepares memory
    tables = evaluate_locator(locator, samples, options.level, options.side)
    rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(row(f"{locator.manifest.run} step {locator.manifest.step}", tables.score, f"{rss:,.0f} MB"), flush=True)
    if options.pictures:
        save_pictures(options.pictures, samples, tables)
    tuned = locator.manifest.thresholds[options.level]
    side = locator.seen_side(options.side)
    groups = recall_by_height(tables)
    heights = (f"{one.group} px {one.recall:.2f} of {one.regions}" for one in groups.itertuples())
    lines = [protocol(options.set_name or options.photos.name, len(samples), options.level, side, tuned)]
    lines.append(f"recall by text height: {', '.join(heights)}")
    if tables.score.pixels:
        known = {name: value for name, value in tables.score.pixels.plain().items() if value is not None}
        lines.append(f"pixels of the region map: {', '.join(f'{name} {value:.3f}' for name, value in known.items())}")
    if options.empty:
        lines.append(_on_empty(locator, options))
    return lines


def _on_empty(locator: Locator, options: argparse.Namespace) -> str:
    """Return the sentence about boxes on photos that hold no text."""
    samples = empty_samples(options.empty)
    scenes = evaluate_locator(locator, samples, options.level, options.side).scenes
    wrong = scenes[scenes["false"] > 0].sort_values("false", ascending=False, kind="stable")
    named = ", ".join(f"{name} {count}" for name, count in zip(wrong["scene"], wrong["false"], strict=True))
    mean = float(scenes["false"].mean()) if samples else 0.0
    return f"{len(samples)} photos without text: {mean:.2f} false boxes per photo ({named or 'none'})"


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.location", description=__doc__)
    parser.add_argument("--photos", type=Path, required=True, help="folder with images/ and gt/")
    parser.add_argument("--set-name", help="name of the set in the protocol (default: the folder's)")
    chosen = parser.add_mutually_exclusive_group()
    chosen.add_argument("--run", default=STARTER, help="id of a run, searched by its newest locator (default: starter)")
    chosen.add_argument("--bundle", type=Path, help="folder of one locator's bundle in the workspace")
    parser.add_argument("--workspace", type=Path, help="the artifacts root (default: the repository's)")
    parser.add_argument("--side", type=int, help="longer side at which photos are seen, px (default: the locator's)")
    parser.add_argument("--level", choices=("word", "line"), default="word", help="what boxes enclose")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)), help="cores (default: all)")
    parser.add_argument("--limit", type=int, default=0, help="only the first photos; 0: all")
    parser.add_argument("--empty", type=Path, nargs="+", default=[], help="folders of photos without text")
    parser.add_argument("--pictures", type=Path, help="folder that pictures of each photo are saved to")
    parser.add_argument("--others", action="store_true", help="add the detectors of other packages")
    parser.add_argument("--only-others", action="store_true", help="leave ours out")
    return parser.parse_args(arguments)


def _words(path: Path) -> list[Region]:
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetError(f"{path.name} cannot be read ({error}). Put one beside each photo, in gt/.") from None
    return [_word(path, line, number) for number, line in enumerate(lines, 1) if line.strip()]


def _word(path: Path, line: str, number: int) -> Region:
    *corners, text = line.split(",", 8)
    try:
        return Region(np.array(corners, np.float32).reshape(4, 2), text or None, text == _IGNORED)
    except ValueError:
        raise DatasetError(
            f"Line {number} of {path.name} reads {line[:60]!r}; it must be eight numbers and a text. Correct it."
        ) from None


if __name__ == "__main__":
    run(main)
