"""A cluster that does not answer, refuses this machine, or is too small for a run: each is told with its remedy."""

import os
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import ray
from ray.cluster_utils import Cluster

from engine.config.launchers import RayConfig
from engine.errors import JobError
from engine.jobs import JobContext, Progress, Stopped, paths, records
from engine.jobs.launchers.ray_cluster import Part, RayLauncher, RayWorker, follow
from tests.helpers.labs import MakeFolder

STORE_BYTES = 80 * 2**20
CONNECT = """
    import signal, sys, time
    from engine.config.launchers import RayConfig
    from engine.errors import JobError
    from engine.jobs.launchers import ray_cluster
    ray_cluster._ANSWER_SECONDS = float(sys.argv[2])
    signal.signal(signal.SIGTERM, handler := lambda *_: None)
    try:
        for part in ray_cluster.RayLauncher(RayConfig(address=sys.argv[1])).divide(str, [1]):
            if part is not None:
                print(part.result, signal.getsignal(signal.SIGTERM) is handler)
    except JobError as error:
        print(error)
"""


STOPPED = """
    import sys
    from pathlib import Path
    from engine.config.launchers import RayConfig
    from engine.jobs.context import Stopped
    from engine.jobs.launchers.ray_cluster import RayLauncher
    from engine.jobs.runner import watch
    folder = Path(sys.argv[2])
    worker = RayLauncher(RayConfig(address=sys.argv[1])).start(folder, None, 0, [])
    told = worker.waits_for()
    try:
        watch(worker, folder, stop_grace=60.0)
    except Stopped:
        print(f"{told}; stopped as asked")
"""


def python(code: str, *arguments: str, environment: dict[str, str] | None = None) -> str:
    """Return the last line of a process of its own, as Ray takes one connection a process, and may hold it for long."""
    child = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), *arguments],
        env={**os.environ, **(environment or {})},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return child.stdout.strip().split("\n")[-1]


def connect(address: str, environment: dict[str, str] | None = None, seconds: float = 60.0) -> str:
    """Return what a process tells that connects to a cluster and has it do one thing."""
    return python(CONNECT, address, str(seconds), environment=environment)


def placed(launcher: RayLauncher, folder: Path, gpus: int = 0) -> RayWorker:
    """Return a worker for which a place was asked of a cluster."""
    worker = launcher.start(folder, None, gpus, [])
    while worker.waits_for() != "for a place on the Ray cluster":
        worker.ended()
        time.sleep(0.05)
    return worker


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """A Ray cluster of two nodes of one core, beside a head that does no work."""
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "object_store_memory": STORE_BYTES})
    for _ in range(2):
        cluster.add_node(num_cpus=1, object_store_memory=STORE_BYTES)
    yield cluster
    ray.shutdown()
    cluster.shutdown()


def test_a_run_says_that_the_cluster_does_not_answer_yet_and_stops_when_asked(tmp_path: Path):
    (tmp_path / paths.STOP).touch()
    with socket.create_server(("", 0)) as silent:
        address = f"{socket.gethostname()}:{silent.getsockname()[1]}"
        told = python(STOPPED, address, str(tmp_path))
    assert told == f"for the Ray cluster at {address} to answer; stopped as asked"


def test_a_cluster_that_does_not_answer_is_told_after_seconds():
    with socket.create_server(("", 0)) as silent:
        address = f"{socket.gethostname()}:{silent.getsockname()[1]}"
        assert connect(address, seconds=1.0) == (
            f"The Ray cluster at {address} does not answer (nothing came within 1 s). Start it (ray start), or change "
            "launchers.yaml."
        )


@pytest.mark.parametrize(
    ("cpus", "gpus", "asked", "remedy"),
    [(2, 0, "2 cores and 0 GPUs", "cpus"), (1, 1, "1 core and 1 GPU", "gpus, or cpus")],
)
def test_what_no_single_node_has_is_refused_with_the_sizes_of_nodes(
    tmp_path: Path, cluster: Cluster, cpus: int, gpus: int, asked: str, remedy: str
):
    with pytest.raises(JobError) as refused:
        placed(RayLauncher(RayConfig(address=str(cluster.address), cpus=cpus)), tmp_path, gpus)
    assert str(refused.value) == (
        f"No node of the Ray cluster has {asked}, as asked for. There are nodes with 1 core and 0 GPUs; 0 cores and 0 "
        f"GPUs. Lower {remedy} in launchers.yaml."
    )


def test_nothing_is_counted_before_the_first_part_is_done(make_folder: MakeFolder):
    folder, told = make_folder(), []

    def parts() -> Generator[Part[int] | None]:
        for part in (None, Part("one", 500), None, Part("two", 500)):
            told.append(records.read_record(folder / paths.PROGRESS, Progress))
            yield part

    with JobContext(folder) as job:
        follow(parts(), job, "drawing", 1000, 2000)
        assert records.read_record(folder / paths.PROGRESS, Progress).done == 2000
        assert [(each.phase, each.done) for each in told[:2]] == [
            ("waiting for the first images from the Ray cluster", None)
        ] * 2
        assert told[2].phase == "drawing"
        (folder / paths.STOP).touch()
        with pytest.raises(Stopped):
            follow((None for _ in range(10**9)), job, "drawing", 1000, 2000)


@pytest.mark.parametrize("address", ["local", None])
def test_ray_leaves_the_handler_of_sigterm_as_it_was(cluster: Cluster, address: str | None):
    assert connect(address or str(cluster.address)) == "1 True"


@pytest.mark.parametrize(("device", "visible"), [("cpu", ""), ("gpu:0,1", "0,1")])
def test_a_cluster_of_this_machine_has_the_devices_whose_turn_it_is_alone(tmp_path: Path, device: str, visible: str):
    RayLauncher(RayConfig()).start(tmp_path, device, 0, [])
    assert os.environ["CUDA_VISIBLE_DEVICES"] == visible


def test_a_token_that_is_missing_or_another_is_told_with_its_file(tmp_path: Path):
    code = """
        import sys
        from ray.cluster_utils import Cluster
        cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "object_store_memory": 80 * 2**20})
        print(cluster.address, flush=True)
        sys.stdin.read()
        cluster.shutdown()
    """
    for name in ("head", "other"):
        (tmp_path / name).write_text(64 * name[0])
    tokens = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN_PATH": str(tmp_path / "head")}
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)],
        env={**os.environ, **tokens},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as head:
        assert head.stdout is not None
        address = head.stdout.readline().strip()
        refused = (
            f"The Ray cluster at {address} refuses this machine: its token is missing, or another. Copy "
            "~/.ray/auth_token from the head of the cluster, and start the lab with RAY_AUTH_MODE=token."
        )
        once = {"RAY_NUM_REDIS_GET_RETRIES": "1"}  # Ray asks twenty times, a second apart
        other = {**tokens, "RAY_AUTH_TOKEN_PATH": str(tmp_path / "other")}
        nobody = {"HOME": str(tmp_path), "RAY_AUTH_MODE": "token"}
        with ThreadPoolExecutor() as pool:  # of processes that mostly wait
            told = [
                pool.submit(connect, address, environment)
                for environment in ({**other, **once}, {"RAY_AUTH_MODE": "disabled", **once}, nobody)
            ]
        assert [each.result() for each in told[:2]] == [refused] * 2
        assert "this machine has no token of Ray. Copy ~/.ray/auth_token from" in told[2].result()
        head.communicate("")


def test_a_run_that_lost_its_node_waits_for_another_where_none_is_left(tmp_path: Path, cluster: Cluster):
    launcher = RayLauncher(RayConfig(address=str(cluster.address)))
    placed(launcher, tmp_path).kill()
    for node in list(cluster.worker_nodes):
        cluster.remove_node(node, allow_graceful=False)
    while ray.cluster_resources().get("CPU"):
        time.sleep(0.05)
    worker = placed(launcher, tmp_path)
    assert not worker.ended()
    worker.kill()
