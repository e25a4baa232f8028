"""Time a dataset page's waits: `python -m bench.datasets [--images N]`, 100,000 by default.

The dataset is written by the real shard writer, a row and a record a sample, but only a few hundred images are drawn
for it: they recur under other texts, so its pictures do not show its labels. Opening and filtering read the table,
whose rows are of real number and size; measures read a sample of the images.
"""

import argparse
import statistics
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from bench.command import run
from engine.config.generate import GenerateConfig
from engine.config.recipe_presets import PRESETS
from engine.datasets.dataset import Dataset, open_dataset
from engine.datasets.duplicates import find_duplicates
from engine.datasets.query import Between, Contains, OneOf, columns, select
from engine.datasets.shards import StoredSample, assemble, write_shard
from engine.datasets.statistics import describe, measure_dataset
from engine.datasets.tfrecord import ImageRecord
from engine.datasets.versions import Edits, write_version
from engine.synth.encoding import encode
from engine.synth.job import SHARD_IMAGES
from engine.synth.pool import plan_shards
from engine.synth.preview import preview

DRAWN = 400
_WORDS = ("the", "quick", "brown", "fox", "jumps", "over", "a", "lazy", "dog", "and", "leaves", "1984")


def make(folder: Path, images: int, drawn: int = DRAWN) -> None:
    """Write a dataset of the recipe TRDG words whose images recur after the first `drawn`."""
    config = GenerateConfig(recipe=PRESETS["TRDG words"], images=images)
    samples = preview(config.recipe, drawn, config.seed)
    pictures = [(encode(sample.image, "jpeg", config.quality), sample) for sample in samples]
    plans = plan_shards(config.counts, SHARD_IMAGES)
    throw = Random(0)
    for plan in plans:
        stored = []
        for index in range(plan.first, plan.first + plan.count):
            content, sample = pictures[index % drawn]
            label = f"{throw.choice(_WORDS)} {throw.getrandbits(24):x}"
            factors = {**sample.factors, "blur": throw.random(), "skew": throw.randint(-3, 3)}
            stored.append(
                StoredSample(index, ImageRecord(content, label, sample.factors["font"]), *sample.image.size, factors)
            )
        write_shard(folder, plan.name, stored, Counter())
    assemble(folder, [plan.name for plan in plans], "synthetic", config.recipe.plain(), config.seed)


def timed(what: str, call: Callable[[], object], repeat: int = 5) -> tuple[str, str]:
    """Return a row: the median seconds of some calls, and the slowest."""
    seconds = []
    for _ in range(repeat):
        began = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - began)
    worst = f" (at most {max(seconds):.2f} s of {repeat})" if repeat > 1 else ""
    return what, f"{statistics.median(seconds):.2f} s{worst}"


def rows(folder: Path) -> list[tuple[str, str]]:
    """Time what the dataset page does with a dataset."""
    dataset = open_dataset(folder)
    conditions = {
        "filter by a part of the label": [Contains("label", "fox")],
        "filter by length, split and blur": [
            Between("length", 8, 10),
            OneOf("split", ("train",)),
            Between("blur", 0.2, 0.4),
        ],
        "filter by font": [OneOf("font", (str(dataset.table["font"][0]),))],
    }
    return [
        timed("open", lambda: open_dataset(folder)),
        timed("open, and list what can be filtered by", lambda: columns(open_dataset(folder).frame())),
        timed("the same, and the first page of 48 images", lambda: _opened(folder)),
        *(timed(what, lambda asked=asked: select(dataset.frame(), asked)) for what, asked in conditions.items()),
        timed("order by label", lambda: select(dataset.frame(), order="label")),
        timed("a page of 48 images", lambda: [dataset.image(int(i)) for i in select(dataset.frame())[-48:]]),
        timed("lengths, characters and sizes", lambda: describe(dataset), 1),
        timed("measure 2,000 images, first time", lambda: measure_dataset(dataset), 1),
        timed("measures, from then on", lambda: measure_dataset(dataset)),
        timed("find duplicates and leaks, first time", lambda: find_duplicates(dataset), 1),
        timed("duplicates and leaks, from then on", lambda: find_duplicates(dataset)),
        timed("a version with 1 label corrected and 100 samples removed", lambda: _edit(dataset), 1),
    ]


def main(arguments: list[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.datasets", description=__doc__)
    parser.add_argument("--images", type=int, default=100_000, help="samples of the dataset (default: 100,000)")
    options = parser.parse_args(arguments)
    with TemporaryDirectory() as root:
        folder = Path(root) / "dataset"
        folder.mkdir()
        make(folder, options.images)
        print(f"| with {options.images:,} samples | time |\n| --- | --- |")
        for what, figure in rows(folder):
            print(f"| {what} | {figure} |")


def _opened(folder: Path) -> None:
    dataset = open_dataset(folder)
    columns(dataset.frame())
    for i in select(dataset.frame())[:48]:
        dataset.image(int(i))


def _edit(dataset: Dataset) -> None:
    with TemporaryDirectory(dir=dataset.folder.parent) as folder:
        edits = Edits({0: "corrected"}, frozenset(range(1, min(101, len(dataset)))))
        write_version(dataset, edits, Path(folder), lambda done, total: None)


if __name__ == "__main__":
    run(main)
