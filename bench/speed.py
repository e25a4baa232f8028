"""Waiting times of users: `python -m bench.speed [--run ID | --bundle FOLDER] [--images FOLDER] [--generate N]`.

Prints the machine and a Markdown table: opening a reader, reading an image alone (median and 95th percentile, from
opened image to text), reading many, and drawing images of TRDG words as a dataset on all cores (start of the
processes included). Pages and training are timed elsewhere.
"""

import argparse
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from PIL import Image

from bench.command import run
from bench.machine import print_machine
from bench.readers import add_reader_arguments, chosen_reader
from engine.config.generate import GenerateConfig
from engine.config.recipe_presets import PRESETS
from engine.errors import JobError
from engine.evaluation.test_sets import folder_samples
from engine.jobs import State, launch, load_job
from engine.synth import preview
from engine.workspace import Workspace
from glyphlab_read.reading.reader import Reader

Row = tuple[str, str]


def reading(reader: Reader, images: list[Image.Image]) -> list[Row]:
    """Time reading images one by one, then all together."""
    reader.read_many(images[:1])
    alone = []
    for image in images:
        started = time.perf_counter()
        reader.read_many([image])
        alone.append(1000 * (time.perf_counter() - started))
    started = time.perf_counter()
    reader.read_many(images)
    rate = len(images) / (time.perf_counter() - started)
    median, late = np.percentile(alone, [50, 95])
    return [
        ("read one image, median", f"{median:.2f} ms"),
        ("read one image, 95th percentile", f"{late:.2f} ms"),
        (f"read {len(images)} images together", f"{rate:,.0f} images/s"),
    ]


def generation(images: int) -> list[Row]:
    """Time the generation of a dataset, as a job in a workspace of its own. Raises JobError when it fails."""
    config = GenerateConfig(recipe=PRESETS["TRDG words"], images=images)
    with TemporaryDirectory() as root:
        workspace = Workspace(Path(root))
        started = time.perf_counter()
        id = launch(workspace, "generate", config, name="bench")
        while (job := load_job(workspace, "datasets", id)).state.live:
            time.sleep(0.05)
        seconds = time.perf_counter() - started
        if job.state is not State.finished:
            raise JobError(f"The dataset {job.state.words}: {job.message}. Look at its settings, then measure again.")
        size = sum(file.stat().st_size for file in job.folder.rglob("*") if file.is_file())
    return [
        (f"draw {images:,} images of TRDG words", f"{images / seconds:,.0f} images/s"),
        ("their size", f"{size / images:,.0f} bytes per image"),
    ]


def main(arguments: list[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.speed", description=__doc__)
    parser.add_argument("--images", type=Path, help="folder of images with a labels.tsv (default: 200 drawn ones)")
    parser.add_argument("--generate", type=int, default=2000, help="images to draw; 0: none")
    add_reader_arguments(parser)
    options = parser.parse_args(arguments)
    print_machine()
    started = time.perf_counter()
    reader = chosen_reader(options)
    rows = [("open the reader", f"{1000 * (time.perf_counter() - started):.0f} ms")]
    rows += reading(reader, _images(options.images))
    rows += generation(options.generate) if options.generate else []
    print("| what | figure |\n| --- | --- |")
    for what, figure in rows:
        print(f"| {what} | {figure} |")


def _images(folder: Path | None) -> list[Image.Image]:
    if folder is None:
        return [sample.image for sample in preview(PRESETS["TRDG words"], 200, seed=1)]
    return [sample.load() for sample in folder_samples(folder)]


if __name__ == "__main__":
    run(main)
