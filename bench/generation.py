"""Race our generation against stock trdg: `python -m bench.generation [--images N] [--processes P]`.

Both write N images of the preset TRDG words with P processes on the same machine, one after the other: trdg by its
own command line as image files, ours by a job as a dataset (TFRecords, samples table, hashes; start of all processes
included). trdg takes one background and one distortion a call, so the law's mixture is called in parts and all starts
but one are taken off. Processor time is told beside the clock's, as other programs only stretch the latter. Then ours
on one drawing process for scaling, and where the time of one core goes. Prints the machine and Markdown tables.
"""

import argparse
import contextlib
import os
import resource
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from PIL import Image

from bench.command import run
from bench.machine import print_machine
from engine.config.generate import GenerateConfig
from engine.config.recipe_presets import PRESETS
from engine.errors import JobError
from engine.jobs import JobContext, State, launch, load_job
from engine.synth import encoding, samples
from engine.synth.job import work
from engine.synth.trdg import adapter, pixel_patches, text_patches
from engine.workspace import Workspace, new_id

RECIPE = PRESETS["TRDG words"]
# By these options trdg's command draws what the recipe does.
_LIKE_OURS = "-l en -w 1 -f 40 -m 3,3,3,3 -fi -k 3 -rk -bl 1 -rbl -na 2 -do 2 -tc #000000,#888888"
# The law in parts: fifteenths of the images, background (noise, white, picture) and distortion (none, sine, cosine).
_PARTS = ((5, 0, 0), (4, 3, 0), (3, 1, 1), (2, 1, 2), (1, 3, 2))


class Spent(NamedTuple):
    """Seconds by the clock, and of all processors together."""

    clock: float
    processor: float


def stock(images: int, processes: int) -> Spent:
    """Return what trdg takes to write so many image files, its start counted once.

    Raises:
        JobError: it fails.
    """
    with TemporaryDirectory() as folder:
        start = _call(2, 0, 0, processes, Path(folder) / "start")
        spent = [start]
        for fifteenths, background, distortion in _PARTS:
            place = Path(folder) / f"{background}{distortion}"
            part = _call(round(images * fifteenths / 15), background, distortion, processes, place)
            spent.append(Spent(part.clock - start.clock, part.processor - start.processor))
        written = sum(len(files) for _, _, files in os.walk(folder))
    if written < images * 0.8:  # it leaves out what has too little contrast
        raise JobError(f"Stock trdg wrote {written} of {images} images, so there is nothing to compare with.")
    return Spent(*map(sum, zip(*spent, strict=True)))


def _call(images: int, background: int, distortion: int, processes: int, folder: Path) -> Spent:
    command = [
        *(sys.executable, "-m", "bench.stock"),
        *("--output_dir", str(folder), "-c", str(images), "-t", str(processes)),
        *("-b", str(background), "-d", str(distortion)),
        *_LIKE_OURS.split(),
    ]
    began = _now()
    child = subprocess.run(command, cwd=Path(__file__).parents[1], capture_output=True, text=True)
    if child.returncode:
        raise JobError(f"Stock trdg failed: {child.stderr[-300:]}")
    return _since(began)


def ours(images: int, processes: int) -> float:
    """Return the seconds in which a job makes a dataset of so many images. Raises JobError when it fails."""
    config = GenerateConfig(recipe=RECIPE, images=images, processes=processes)
    with TemporaryDirectory(ignore_cleanup_errors=True) as root:
        workspace = Workspace(Path(root))
        started = time.perf_counter()
        id = launch(workspace, "generate", config, name="bench")
        while (job := load_job(workspace, "datasets", id)).state.live:
            time.sleep(0.02)
        if job.state is not State.finished:
            raise JobError(f"The dataset {job.state.words}: {job.message}. Look at its settings, then measure again.")
        return time.perf_counter() - started


def alone(images: int) -> Spent:
    """Return what the work of such a job takes with one drawing process, called from here."""
    config = GenerateConfig(recipe=RECIPE, images=images, processes=1)
    with TemporaryDirectory() as root:
        folder = Workspace(Path(root)).collection("datasets") / new_id()
        folder.mkdir()
        began = _now()
        with JobContext(folder) as job:
            work(config, job)
        return _since(began)


def _now() -> Spent:
    """Return the clock, and the processor time of this process and the children that it has waited for."""
    spent = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return Spent(time.perf_counter(), sum(each.ru_utime + each.ru_stime for each in spent))


def _since(began: Spent) -> Spent:
    now = _now()
    return Spent(now.clock - began.clock, now.processor - began.processor)


def core(images: int) -> tuple[float, dict[str, float]]:
    """Return the processor seconds of so many images drawn and encoded in this process, in all and by stage."""
    for index in range(images):
        _draw(index)  # opens fonts, glyphs and pictures, as a long generation has them
    started = time.process_time()
    for index in range(images):
        _draw(index)
    total = time.process_time() - started
    with _watched() as stages:
        for index in range(images):
            _draw(index)
    return total, stages


def _draw(index: int) -> None:
    encoding.encode(samples.draw_sample(RECIPE, 0, index).image)


@contextlib.contextmanager
def _watched() -> Iterator[dict[str, float]]:
    """Count the processor seconds of each stage while the block runs."""
    generator = adapter.computer_text_generator
    places: list[tuple[str, Any, str]] = [
        ("choose the text", samples, "_text"),
        ("choose the font", samples, "draw_font"),
        ("draw the style", samples, "draw_style"),
        ("draw the letters", generator, "generate"),
        ("bend the line", pixel_patches, "_shifted"),
        ("turn", Image.Image, "rotate"),
        ("scale", Image.Image, "resize"),
        ("background: noise", adapter.background_generator, "gaussian_noise"),
        ("background: picture", pixel_patches, "picture_background"),
        ("compare with the background", text_patches.Stat, "__init__"),
        ("blur", pixel_patches, "blurred"),
        ("encode as JPEG", encoding, "encode"),
    ]
    stages: dict[str, float] = defaultdict(float)
    running: list[str] = []
    originals = [(holder, name, getattr(holder, name)) for _, holder, name in places]
    try:
        for stage, holder, name in places:
            setattr(holder, name, _timed(getattr(holder, name), stage, stages, running))
        yield stages
    finally:
        for holder, name, function in originals:
            setattr(holder, name, function)


def _timed(
    function: Callable[..., Any], stage: str, stages: dict[str, float], running: list[str]
) -> Callable[..., Any]:
    """Return the function, counted; what one stage does inside another belongs to the outer."""

    def call(*args: Any, **kwargs: Any) -> Any:
        if running:
            return function(*args, **kwargs)
        running.append(stage)
        started = time.process_time()
        try:
            return function(*args, **kwargs)
        finally:
            stages[running.pop()] += time.process_time() - started

    return call


def main(arguments: list[str] | None = None) -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(prog="python -m bench.generation", description=__doc__)
    parser.add_argument("--images", type=int, default=2000, help="images a side; the issue asks for 10000")
    parser.add_argument("--processes", type=int, default=2, help="processes a side")
    options = parser.parse_args(arguments)
    print_machine()
    images, processes = options.images, options.processes
    theirs, mine, single = stock(images, processes), ours(images, processes), alone(images)
    print("| what | by the clock | processor time |\n| --- | --- | --- |")
    clock, processor = _rate(images, theirs.clock), _rate(images, theirs.processor)
    print(f"| stock `trdg -t {processes}`, {images:,} files | {clock} | {processor} |")
    print(f"| Glyphlab, {images:,} images as a dataset, {processes} processes | {_rate(images, mine)} | |")
    print(f"| Glyphlab, one process | {_rate(images, single.clock)} | {_rate(images, single.processor)} |")
    print(f"| stock : Glyphlab | {theirs.clock / mine:.1f} | {theirs.processor / single.processor:.1f} |")
    print(f"| scaling from 1 to {processes} processes | {single.clock / mine:.2f} | |")
    few = min(images, 1000)
    total, stages = core(few)
    print(f"| one core, fonts open, without records | | {_rate(few, total)} |")
    print("\n| stage of one image | µs | share |\n| --- | --- | --- |")
    rest = max(0.0, total - sum(stages.values()))
    rows = [
        *sorted(stages.items(), key=lambda item: -item[1]),
        ("the rest (trdg, pasting, random numbers)", rest),
    ]
    for stage, seconds in rows:
        print(f"| {stage} | {1e6 * seconds / few:,.0f} | {seconds / total:.0%} |")


def _rate(images: int, seconds: float) -> str:
    return f"{seconds:.1f} s, {images / seconds:,.0f} images/s"


if __name__ == "__main__":
    run(lambda: main(sys.argv[1:]))
