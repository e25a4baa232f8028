"""Work on a Ray cluster whose nodes die, against one machine: `python -m bench.ray_nodes`.

Starts a cluster of three nodes of one core each on this machine, beside a head that does no work, and

- draws a dataset while a random node is killed, and another added, three times, and the job's own process once;
- draws a dataset with two processes here and on two nodes, by turns, for what Ray costs;
- trains a run whose node is killed, and compares it with the same run of this machine, tensor by tensor.

Prints the machine, and what was seen; `--only` chooses.
"""

import argparse
import os
import random
import signal
import statistics
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml
from ray.cluster_utils import Cluster

from bench.command import run
from bench.machine import print_machine
from bench.race import finished
from bench.resume import differences, resumed
from engine.config.generate import GenerateConfig
from engine.config.launchers import FILE, LauncherName
from engine.config.train import TrainConfig
from engine.datasets import open_dataset
from engine.errors import JobError
from engine.files import read_json
from engine.jobs import Job, State, launch, load_job, paths, tail_log
from engine.jobs.launchers.cores import kept_to
from engine.workspace import Workspace

_POLL = 0.1  # seconds
_STORE_BYTES = 80 * 2**20
_PARTS = ("deaths", "overhead", "training")


def main() -> None:
    """Print what was seen."""
    parser = argparse.ArgumentParser(prog="python -m bench.ray_nodes", description=__doc__)
    parser.add_argument(
        "--images",
        type=int,
        default=200_000,
        help="words that are drawn each time (default: 200,000)",
    )
    parser.add_argument("--rounds", type=int, default=3, help="turns of the comparison (default: 3)")
    parser.add_argument("--epochs", type=int, default=4, help="of the run, of 1,700 images (default: 4)")
    parser.add_argument("--seed", type=int, default=0, help="of the moments and nodes")
    parser.add_argument("--only", nargs="*", choices=_PARTS, default=_PARTS, help="what is done")
    options = parser.parse_args()
    print_machine()
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        workspace = Workspace(Path(folder).resolve())
        cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "object_store_memory": _STORE_BYTES})
        (workspace.root / FILE).write_text(yaml.safe_dump({"ray": {"address": cluster.address}}))
        try:
            for part in options.only:
                {"deaths": _deaths, "overhead": _overhead, "training": _training}[part](workspace, cluster, options)
        finally:
            cluster.shutdown()


def _nodes(cluster: Cluster, count: int) -> None:
    """Give a cluster so many nodes of one core."""
    while len(cluster.worker_nodes) > count:
        cluster.remove_node(next(iter(cluster.worker_nodes)), allow_graceful=False)
    while len(cluster.worker_nodes) < count:
        cluster.add_node(num_cpus=1, object_store_memory=_STORE_BYTES)


def _replace_node(cluster: Cluster, moments: random.Random) -> None:
    cluster.remove_node(moments.choice(list(cluster.worker_nodes)), allow_graceful=False)
    cluster.add_node(num_cpus=1, object_store_memory=_STORE_BYTES)


def _deaths(workspace: Workspace, cluster: Cluster, options: argparse.Namespace) -> None:
    """Draw while nodes die and the driver dies, and compare with what one machine draws."""
    _nodes(cluster, 3)
    moments = random.Random(options.seed)
    config = GenerateConfig(images=options.images)
    began = time.monotonic()
    id = launch(workspace, "generate", config.changed(launcher="ray"))
    shares = sorted(moments.uniform(0.05, 0.9) for _ in range(4))
    driver = moments.randrange(4)
    for number, share in enumerate(shares):
        _wait_for(workspace, id, share * options.images)
        if number == driver:
            os.kill(
                read_json(load_job(workspace, "datasets", id).folder / paths.PROCESS)["worker"]["pid"], signal.SIGKILL
            )
            while load_job(workspace, "datasets", id).state.live:
                time.sleep(_POLL)
            resumed(workspace, "datasets", id)
        else:
            _replace_node(cluster, moments)
        print(f"at {share:.0%}: {'the driver' if number == driver else 'a node'} was killed", flush=True)
    drawn = finished(workspace, "datasets", id)
    seconds = time.monotonic() - began
    here = finished(workspace, "datasets", launch(workspace, "generate", config))
    same = [_files(job) for job in (drawn, here)]
    alike = "equal, byte for byte" if same[0] == same[1] else "DIFFERENT"
    print(f"{options.images:,} images in {seconds:.0f} s; {len(same[0])} shards and the manifest's hash: {alike}")


def _files(job: Job) -> list[tuple[str, str]]:
    manifest = open_dataset(job.folder).manifest
    return [(shard.file, shard.sha256) for shard in manifest.shards] + [("hash", job.summary["hash"])]


def _wait_for(workspace: Workspace, id: str, images: float) -> None:
    while (job := load_job(workspace, "datasets", id)).state.live:
        if job.progress and (job.progress.done or 0) >= images:
            return
        time.sleep(_POLL)
    raise JobError(f"The generation is {job.state.words}: {job.message}\n{tail_log(job.folder)}")


def _overhead(workspace: Workspace, cluster: Cluster, options: argparse.Namespace) -> None:
    """Compare rates of drawing on two cores, over whole jobs: start, drawing and manifest."""
    _nodes(cluster, 2)
    rates: dict[LauncherName, list[float]] = {"local": [], "ray": []}
    for number in range(options.rounds):
        for launcher in rates if number % 2 == 0 else reversed(rates):
            config = GenerateConfig(images=options.images, processes=2, launcher=launcher)
            job = finished(workspace, "datasets", launch(workspace, "generate", config))
            rates[launcher].append(config.images / job.seconds)
    here, ray = map(statistics.median, rates.values())
    told = f"2 processes here {here:.0f} images/s, on 2 nodes {ray:.0f} images/s: {1 - ray / here:+.1%}"
    print(f"{told} ({_rounded(rates)})")


def _rounded(rates: Mapping[LauncherName, Sequence[float]]) -> str:
    return "; ".join(f"{name} {', '.join(f'{rate:.0f}' for rate in found)}" for name, found in rates.items())


def _training(workspace: Workspace, cluster: Cluster, options: argparse.Namespace) -> None:
    """Train a run whose node dies, and compare it with the same run of this machine."""
    _nodes(cluster, 2)
    data = finished(workspace, "datasets", launch(workspace, "generate", GenerateConfig(images=2000)))
    config = TrainConfig(
        dataset=data.id, minutes=None, epochs=options.epochs, evaluate_every=20, checkpoint_minutes=0.05, gpus=0
    )
    with kept_to({min(os.sched_getaffinity(0))}):  # as the nodes: sums depend on the number of threads
        here = finished(workspace, "runs", launch(workspace, "train", config))
    id = launch(workspace, "train", config.changed(launcher="ray"))
    while not ((job := load_job(workspace, "runs", id)).progress and job.progress.done):
        if not job.state.live:
            raise JobError(f"The run is {job.state.words}: {job.message}\n{tail_log(job.folder)}")
        time.sleep(_POLL)
    time.sleep(5)
    for node in list(cluster.worker_nodes):  # whichever it runs on
        cluster.remove_node(node, allow_graceful=False)
    _nodes(cluster, 2)
    while load_job(workspace, "runs", id).state is State.waiting:
        time.sleep(_POLL)
    elsewhere = finished(workspace, "runs", id)
    tensors, logs = differences(here.folder, elsewhere.folder)
    starts = tail_log(elsewhere.folder).count("INFO Phase: starting")
    logs_words = "differ" if logs else "are equal"
    print(f"A run whose node was killed: {starts} starts, {tensors} tensors differ, metric logs {logs_words}")


if __name__ == "__main__":
    run(main)
