"""What a hundred million images and a thousand runs take: `python -m bench.scale`.

Measures the parts of the way on this machine: drawing with 1, 2, 4 and 8 processes, the bytes of an image, putting
the shards of a dataset together, handing out tasks on Ray, listing runs. From these it projects a dataset of
`--project` images on more and more cores, and says which part takes longest there. docs/scale.md tells the reasoning.
Prints the machine, and two Markdown tables.
"""

import argparse
import os
import shutil
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
import ray

from bench.command import run
from bench.machine import print_machine
from engine.config.generate import GenerateConfig
from engine.config.launchers import RayConfig
from engine.config.train import TrainConfig
from engine.datasets.shards import ShardName, assemble, read_part, write_part
from engine.files import write_json
from engine.formatting import duration
from engine.jobs import list_jobs, paths
from engine.jobs.launchers.ray_cluster import RayLauncher
from engine.jobs.records import Exit, JobRecord
from engine.jobs.summaries import run_summary
from engine.synth.job import SHARD_IMAGES, WordShards
from engine.synth.pool import draw_shards, plan_shards
from engine.workspace import Workspace, new_id

_PROCESSES = (1, 2, 4, 8)
_CORES = (2, 16, 64, 256, 1024)
_TASKS = 2000
_RUNS = 1000


@dataclass(frozen=True)
class Measures:
    """Figures of one machine.

    Attributes:
        rates: images per second by number of processes.
        image_bytes: of a stored image, its row of the table included.
        shard_seconds: to check a shard and take up its rows when a dataset is put together.
        row_bytes: memory that a row takes then.
        tasks_per_second: that Ray hands out and takes back.
        list_seconds: to list a thousand ended runs that were not listed before.
    """

    rates: dict[int, float]
    image_bytes: float
    shard_seconds: float
    row_bytes: float
    tasks_per_second: float
    list_seconds: float


def main() -> None:
    """Measure, and print both tables."""
    parser = argparse.ArgumentParser(prog="python -m bench.scale", description=__doc__)
    parser.add_argument("--images", type=int, default=20_000, help="drawn for each rate (default: 20,000)")
    parser.add_argument("--shards", type=int, default=2_000, help="put together (default: 2,000)")
    parser.add_argument("--project", type=int, default=100_000_000, help="images of the projected dataset")
    parser.add_argument(
        "--storage", type=float, default=500.0, help="MB/s that the shared storage takes (default: 500)"
    )
    options = parser.parse_args()
    print_machine()
    measures = measure(options.images, options.shards)
    print("\n".join(_measured(measures)), flush=True)
    print()
    print("\n".join(_projected(measures, options.project, options.storage * 1e6)))


def measure(images: int, shards: int) -> Measures:
    """Measure all parts, each on its own."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name).resolve()
        rates = {processes: _drawing_rate(folder / str(processes), images, processes) for processes in _PROCESSES}
        drawn = folder / str(_PROCESSES[0])
        size = sum(path.stat().st_size for path in drawn.rglob("*") if path.is_file()) / images
        seconds, row_bytes = _assembly(drawn, folder / "assembled", shards)
        return Measures(rates, size, seconds, row_bytes, _tasks_per_second(), _listing(folder / "workspace"))


def _drawing_rate(folder: Path, images: int, processes: int) -> float:
    """Return images per second, the start of the processes left out."""
    folder.mkdir()
    config = GenerateConfig(images=images)
    began = 0.0

    def begin() -> None:
        nonlocal began
        began = time.monotonic()

    draw_shards(
        WordShards(config, folder, None), plan_shards(config.counts, SHARD_IMAGES), lambda _: False, processes, begin
    )
    return images / (time.monotonic() - began)


def _assembly(drawn: Path, folder: Path, shards: int) -> tuple[float, float]:
    """Return the seconds per shard, and the bytes of memory per row, of putting many copies of one shard together."""
    name = ShardName("train", 0)
    part = read_part(drawn, name)
    if part is None:
        raise SystemExit("The first shard is not whole; draw again.")
    (folder / paths.SHARDS).mkdir(parents=True)
    names = [ShardName("train", number) for number in range(shards)]
    for each in names:
        shutil.copyfile(drawn / name.file, folder / each.file)
        entry = part.shard.model_copy(update={"file": each.file})
        write_part(folder, each, type(part)(entry, part.dropped, part.rows))
    before, began = psutil.Process().memory_info().rss, time.monotonic()
    assemble(folder, names, "synthetic", {}, 0)
    seconds = time.monotonic() - began
    return seconds / shards, (psutil.Process().memory_info().rss - before) / (shards * part.shard.count)


def _tasks_per_second() -> float:
    """Return how many tasks Ray hands out and takes back a second, which do nothing."""
    launcher = RayLauncher(RayConfig(address="local"))
    for warm in (True, False):
        began = time.monotonic()
        for _ in launcher.divide(_nothing, range(100 if warm else _TASKS)):
            pass
    ray.shutdown()
    return _TASKS / (time.monotonic() - began)


def _nothing(_: int) -> int:
    return SHARD_IMAGES


def _listing(root: Path) -> float:
    """Return the seconds of the first listing of a thousand ended runs, with their figures."""
    workspace = Workspace(root)
    config = TrainConfig(dataset=new_id())
    for number in range(_RUNS):
        folder = workspace.collection("runs") / new_id()
        folder.mkdir()
        record = {"id": folder.name, "number": number + 1, "kind": "train", "name": f"run {number}", "device": "cpu"}
        made = JobRecord.model_validate({**record, "created": "2026-01-01T00:00:00Z"})
        write_json(folder / paths.JOB, made.plain(), durable=False)
        write_json(folder / paths.CONFIG, config.plain(), durable=False)
        write_json(folder / paths.SUMMARY, {"step": 1000, "bundle_step": 1000}, durable=False)
        end = Exit.model_validate({"reason": "finished", "finished": "2026-01-01T00:00:00Z", "seconds": 60.0})
        write_json(folder / paths.EXIT, end.plain(), durable=False)
    began = time.monotonic()
    for job in list_jobs(workspace, "runs"):
        run_summary(job)
    return time.monotonic() - began


def _measured(measures: Measures) -> Iterator[str]:
    cores = len(os.sched_getaffinity(0))
    yield f"| measured here, {cores} cores | |"
    yield "| --- | ---: |"
    for processes, rate in measures.rates.items():
        times = min(processes, cores)
        share = f"{rate / (measures.rates[1] * times):.0%} of {times} times one"
        yield f"| drawing, {processes} processes | {rate:,.0f} images/s ({share}) |"
    yield f"| an image with its row | {measures.image_bytes:,.0f} bytes |"
    yield f"| putting together, per shard of {SHARD_IMAGES} images | {1000 * measures.shard_seconds:.1f} ms |"
    yield f"| memory then, per image | {measures.row_bytes:,.0f} bytes |"
    yield f"| Ray, tasks handed out and taken back | {measures.tasks_per_second:,.0f} a second |"
    yield f"| listing {_RUNS:,} runs for the first time | {measures.list_seconds:.2f} s |"


def _projected(measures: Measures, images: int, storage: float) -> Iterator[str]:
    """Yield the lines of the projection: seconds of each part on so many cores, and the longest."""
    core = statistics.mean([measures.rates[1], measures.rates[2] / 2])
    shards = images / SHARD_IMAGES
    heads = ["drawing", f"storage at {storage / 1e6:,.0f} MB/s", "handing out", "putting together", "saturates first"]
    yield f"| cores for {images:,} images | {' | '.join(heads)} |"
    yield "| ---: | ---: | ---: | ---: | ---: | --- |"
    for cores in _CORES:
        parts = {
            "drawing": images / (core * cores),
            "storage": images * measures.image_bytes / storage,
            "handing out": shards / measures.tasks_per_second,
            "putting together": shards * measures.shard_seconds,
        }
        first = max(parts, key=lambda name: parts[name])
        yield f"| {cores:,} | {' | '.join(map(duration, parts.values()))} | {first} |"


if __name__ == "__main__":
    run(main)
