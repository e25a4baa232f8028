"""Workers on nodes of a Ray cluster, and work that is divided among all of them.

Only small values go through Ray: what is made is written to the job's folder, which all nodes share. A task that loses
its worker or its node runs again elsewhere, so it must be able to run twice: it writes whole files by renaming.
"""

import contextlib
import functools
import math
import os
import time
from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from typing import Any, Generic, NamedTuple, TypeVar

from engine.config.launchers import RayConfig, launchers_config
from engine.errors import JobError
from engine.jobs.launchers import Ending, check_launcher
from engine.jobs.launchers.node import NodeWorker
from engine.workspace import Workspace

os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing leaves the machine; read when Ray is imported

import ray
from ray.exceptions import OutOfMemoryError, RayError, RayTaskError, TaskCancelledError

T = TypeVar("T")
R = TypeVar("R")

_POLL = 0.5  # seconds between two questions about a worker
_STEP = 0.1  # seconds
_GROWTH = 5.0  # seconds after which cores that joined the cluster are counted in
_STORE_BYTES = 100 * 2**20  # for the objects of a cluster of this machine alone, of which there are hardly any
_ALONE: dict[str, Any] = {
    "object_store_memory": _STORE_BYTES,
    "include_dashboard": False,
}
_RETRIES = 20  # of a part whose worker or node died
_MOST_EACH = 4  # items of one call: between two calls a core waits for up to 40 ms
_CALLS = 8  # for each core at least, so that all end at about the same time
_AHEAD = 2  # parts that wait for each core, so that none is idle while the next is sent
_SAME_ON_ALL = "Every node needs the same checkout and packages under the same path: docs/ray.md."


class Part(NamedTuple, Generic[R]):
    """A part of divided work that is done: the node that did it, and what it returned."""

    node: str
    result: R


class RayLauncher:
    """Starts workers, and divides work, on a Ray cluster."""

    def __init__(self, config: RayConfig) -> None:
        self._config = config

    def start(self, folder: Path, device: str | None, gpus: int, descriptors: Sequence[int]) -> "RayWorker":
        """Ask for a place for the worker of a job; see `Launcher`."""
        self._connect()
        there = ray.cluster_resources()
        for asked, name, noun, setting in ((gpus, "GPU", "GPUs", "gpus"), (self._config.cpus, "CPU", "cores", "cpus")):
            if asked > there.get(name, 0):
                raise JobError(
                    f"The Ray cluster has {there.get(name, 0):g} {noun} and {asked} are asked for. Set {setting} lower."
                )
        run = ray.remote(num_cpus=self._config.cpus, num_gpus=gpus, max_retries=0)(_run)
        return RayWorker(run.remote(NodeWorker(folder, gpus, self._config.cpus)))

    def divide(self, task: Callable[[T], R], items: Sequence[T], at_once: int = 0) -> Generator[Part[R] | None]:
        """Call a task with each item, some items after another on one core of some node.

        Yields parts as they are done, in any order, and None ten times a second between. Who closes the generator
        ends the calls that are running.

        Args:
            task: picklable; may run twice for the same item, never at the same time on living nodes.
            items: small values.
            at_once: calls that run at the same time; 0: one for each core of the cluster.

        Raises:
            JobError: nodes died again and again.
            GlyphlabError: raised by the task.
        """
        self._connect()
        call = ray.remote(num_cpus=1, max_retries=_RETRIES)(_call)
        shared = [ray.put(task)]  # in a list, so that a worker fetches it once and not with each item
        waiting, running = list(reversed(items)), []
        each = max(1, min(_MOST_EACH, len(items) // (_CALLS * _cores())))
        most, asked = 0, -math.inf
        try:
            while waiting or running:
                if time.monotonic() - asked > _GROWTH:
                    most, asked = at_once or _AHEAD * _cores(), time.monotonic()
                while waiting and len(running) < most:
                    running.append(call.remote(shared, [waiting.pop() for _ in range(min(each, len(waiting)))]))
                done, running = ray.wait(running, num_returns=1, timeout=_STEP)
                for reference in done:
                    node, results = _result(reference)
                    yield from (Part(node, result) for result in results)
                if not done:
                    yield None
        finally:
            for reference in running:
                with contextlib.suppress(Exception):
                    ray.cancel(reference, force=True)

    def _connect(self) -> None:
        """Connect this process to the cluster, once. Raises JobError."""
        if ray.is_initialized():
            return
        try:
            if self._config.address == "local":
                ray.init("local", **_ALONE, configure_logging=False, log_to_driver=False)
            else:
                ray.init(self._config.address, configure_logging=False, log_to_driver=False)
        except (ConnectionError, RuntimeError, ValueError, TimeoutError) as error:
            raise JobError(
                f"The Ray cluster at {self._config.address!r} does not answer ({' '.join(str(error).split())[:200]}). "
                "Start it (ray start), or change launchers.yaml."
            ) from None


def open_cluster(workspace: Workspace) -> RayLauncher:
    """Return the cluster of a workspace. Raises JobError where it names none, ConfigError for a faulty file."""
    check_launcher(workspace, "ray")
    return RayLauncher(launchers_config(workspace.root).ray or RayConfig())


class RayWorker:
    """A worker that Ray was asked to start."""

    def __init__(self, reference: "ray.ObjectRef[Ending]") -> None:
        self._reference = reference
        self._ended = False
        self._asked = 0.0

    def ended(self) -> bool:
        """Say whether it is dead."""
        now = time.monotonic()
        if not self._ended and now - self._asked >= _POLL:
            self._ended = bool(ray.wait([self._reference], timeout=0)[0])
            self._asked = now
        return self._ended

    def waits_for(self) -> str:
        """Return that it waits for a place."""
        return "for a place on the Ray cluster"

    def kill(self) -> None:
        """End the process of the node that runs it."""
        with contextlib.suppress(Exception):
            ray.cancel(self._reference, force=True)

    def ending(self) -> Ending:
        """Return what the node told; that it is lost where the node cannot tell."""
        try:
            return ray.get(self._reference)
        except TaskCancelledError:
            return Ending(None)
        except OutOfMemoryError:
            remedy = "Start a new job with a smaller batch or network, or resume when the node has less to do."
            return Ending(None, reason="out_of_memory", told=f"Ray says that memory ran out on its node. {remedy}")
        except RayTaskError as error:  # before our own code was called there
            text = " ".join(str(error.cause).split())[:300]
            told = f"The work could not begin on its node: {type(error.cause).__name__}: {text}. {_SAME_ON_ALL}"
            return Ending(None, reason="failed", told=told)
        except RayError as error:
            return Ending(None, lost=True, told=f"Ray says: {type(error).__name__}.")


def _run(worker: NodeWorker) -> Ending:
    return worker()


@functools.lru_cache(maxsize=1)
def _fetched(task: "ray.ObjectRef[Callable[[Any], Any]]") -> Callable[[Any], Any]:
    """Return the task of a worker, the same object for all items, so that what it has cached stays."""
    return ray.get(task)


def _call(shared: Sequence["ray.ObjectRef[Callable[[Any], Any]]"], items: Sequence[Any]) -> tuple[str, list[Any]]:
    return f"{os.uname().nodename} {ray.get_runtime_context().get_node_id()[:4]}", [
        _fetched(shared[0])(item) for item in items
    ]


def _cores() -> int:
    """Return the cores that the cluster has now."""
    return max(1, int(ray.cluster_resources().get("CPU", 1)))


def _result(reference: Any) -> tuple[str, list[Any]]:
    """Return what a call returned. Raises what it raised, and JobError where it could not be made."""
    try:
        return ray.get(reference)
    except RayTaskError as error:
        raise error.cause from None
    except RayError as error:
        raise JobError(
            f"A part of the work was lost {_RETRIES} times ({type(error).__name__}). Nodes that run out of memory do "
            "this: give each more, then resume."
        ) from None
