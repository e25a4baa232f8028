"""Workers on nodes of a Ray cluster, and work that is divided among all of them.

Only small values go through Ray: what is made is written to the job's folder, which all nodes share. A task that loses
its worker or its node runs again elsewhere, so it must be able to run twice: it writes whole files by renaming.
"""

import contextlib
import functools
import logging
import math
import os
import signal
import threading
import time
from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from typing import Any, Generic, NamedTuple, TypeVar

from engine.config.launchers import RayConfig, launchers_config
from engine.errors import JobError
from engine.formatting import count
from engine.jobs.context import JobContext, Stopped
from engine.jobs.devices import environment
from engine.jobs.launchers import Ending, NodeProgress, check_launcher
from engine.jobs.launchers.node import NodeWorker
from engine.workspace import Workspace

os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing leaves the machine; read when Ray is imported

import ray
from ray.exceptions import AuthenticationError, OutOfMemoryError, RayError, RayTaskError, TaskCancelledError

T = TypeVar("T")
R = TypeVar("R")

_ALONE = "local"  # address of a cluster of this machine alone
_ANSWER_SECONDS = 30.0  # that a cluster has to answer; Ray itself would try for a quarter of an hour
_POLL = 0.5  # seconds between two questions about a worker
_STEP = 0.1  # seconds
_GROWTH = 5.0  # seconds after which cores that joined the cluster are counted in
_STORE_BYTES = 100 * 2**20  # for the objects of a cluster of this machine alone, of which there are hardly any
_QUIET: dict[str, Any] = {"configure_logging": False, "log_to_driver": False}
_MOST_SIZES = 4  # of nodes that a message lists
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
        self._connection = _Connection(config.address)
        self._fitted = False

    def start(self, folder: Path, device: str | None, gpus: int, descriptors: Sequence[int]) -> "RayWorker":
        """Ask for a place for the worker of a job as soon as the cluster answers; see `Launcher`."""
        if device is not None:  # of this machine: the cluster that starts here has no other
            os.environ.update(environment(device))
        worker = NodeWorker(folder, gpus, self._config.cpus)
        return RayWorker(functools.partial(self._place, worker), self._connection.name)

    def _place(self, worker: NodeWorker) -> "ray.ObjectRef[Ending] | None":
        """Ask for a place for a worker; None while the cluster has not answered. Raises JobError."""
        if not self._connection.ready():
            return None
        if not self._fitted:  # later on the node that held it may be away, and come back
            _check_fits(self._config.cpus, worker.gpus)
            self._fitted = True
        run = ray.remote(num_cpus=self._config.cpus, num_gpus=worker.gpus, max_retries=0)(_run)
        return run.remote(worker)

    def divide(self, task: Callable[[T], R], items: Sequence[T], at_once: int = 0) -> Generator[Part[R] | None]:
        """Call a task with each item, some items after another on one core of some node.

        Yields parts as they are done, in any order, and None ten times a second between, also while the cluster has
        not answered. Who closes the generator ends the calls that are running.

        Args:
            task: picklable; may run twice for the same item, never at the same time on living nodes.
            items: small values.
            at_once: calls that run at the same time; 0: one for each core of the cluster.

        Raises:
            JobError: the cluster does not answer, or nodes died again and again.
            GlyphlabError: raised by the task.
        """
        while not self._connection.ready():
            yield None
            time.sleep(_STEP)
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


class _Connection:
    """The connection of this process to a cluster, of which Ray allows one.

    A thread waits for the answer of a cluster, so that a job can be stopped meanwhile; there Ray leaves the handler of
    SIGTERM alone, too.
    """

    def __init__(self, address: str) -> None:
        self._address = address
        self._thread: threading.Thread | None = None
        self._deadline = math.inf
        self._fault: Exception | None = None

    @property
    def name(self) -> str:
        """The cluster in words."""
        here = self._address in (_ALONE, "auto")
        return f"Ray cluster {'of this machine' if here else f'at {self._address}'}"

    def ready(self) -> bool:
        """Say whether the cluster has answered; the first call asks it. Raises JobError where it does not in time."""
        if self._thread is None:
            if ray.is_initialized():
                return True
            if self._address == _ALONE:
                self._start_alone()
                return True
            self._thread = threading.Thread(target=self._connect, daemon=True)
            self._thread.start()
            self._deadline = time.monotonic() + _ANSWER_SECONDS
        if self._thread.is_alive():
            if time.monotonic() > self._deadline:
                raise self._error(TimeoutError(f"nothing came within {_ANSWER_SECONDS:.0f} s"))
            return False
        if self._fault is not None:
            raise self._error(self._fault)
        return True

    def _connect(self) -> None:
        logging.getLogger("ray._private.worker").setLevel(logging.ERROR)  # it warns of the handler that it left alone
        try:
            ray.init(self._address, **_QUIET)
        except Exception as error:
            self._fault = error

    def _start_alone(self) -> None:
        """Start a cluster of this machine, in the main thread, with whose end Linux ends the cluster's processes.

        Raises:
            JobError: it does not start.
            Stopped: SIGTERM came meanwhile; Ray's handler would end this process at once.
        """
        handler = signal.getsignal(signal.SIGTERM)
        ended = False
        try:
            ray.init(_ALONE, object_store_memory=_STORE_BYTES, include_dashboard=False, **_QUIET)
        except SystemExit:
            ended = True
        except Exception as error:
            raise self._error(error) from None
        finally:
            signal.signal(signal.SIGTERM, handler)
        if ended:
            signal.raise_signal(signal.SIGTERM)
            raise Stopped

    def _error(self, fault: Exception) -> JobError:
        """Return the error with the remedy of what Ray raised."""
        if isinstance(fault, AuthenticationError):  # before it asked anybody
            return JobError(
                "RAY_AUTH_MODE is token, but this machine has no token of Ray. Copy ~/.ray/auth_token from the head of "
                "the cluster, or unset RAY_AUTH_MODE where the cluster asks for none."
            )
        if isinstance(fault.__cause__, Exception) and "InvalidAuthToken" in str(fault.__cause__):
            return JobError(
                f"The {self.name} refuses this machine: its token is missing, or another. Copy "
                "~/.ray/auth_token from the head of the cluster, and start the lab with RAY_AUTH_MODE=token."
            )
        why = " ".join(str(fault).split())[:200]
        return JobError(f"The {self.name} does not answer ({why}). Start it (ray start), or change launchers.yaml.")


def follow(
    parts: Generator[Part[int] | None], job: JobContext, phase: str, before: int, total: int, unit: str = "images"
) -> None:
    """Take the parts of divided work as they are done, and tell the job's progress and the rate of each node.

    Nothing is counted until the first part is done: for as long as others have all cores, the job waits, and is well.

    Args:
        parts: of `RayLauncher.divide`, each result a number of images, or of the unit; closed at the end.
        job: the job whose work it is.
        phase: the work in words.
        before: images that were done earlier.
        total: images in all.
        unit: what is counted, in the plural.

    Raises:
        Stopped: the user asked before all was done.
        GlyphlabError: as of `RayLauncher.divide`.
    """
    progress = NodeProgress()
    job.phase(f"waiting for the first {unit} from the Ray cluster")
    with contextlib.closing(parts):
        for part in parts:
            if part is not None and not progress.done:
                job.phase(phase)
            if part is not None and progress.add(part.node, part.result):
                job.summary(nodes=progress.plain())
            if progress.done:
                job.progress(before + progress.done, total, unit)
            if before + progress.done < total and job.stop_requested():
                raise Stopped
    job.summary(nodes=progress.plain())


def open_cluster(workspace: Workspace) -> RayLauncher:
    """Return the cluster of a workspace. Raises JobError where it names none, ConfigError for a faulty file."""
    check_launcher(workspace, "ray")
    return RayLauncher(launchers_config(workspace.root).ray or RayConfig())


class RayWorker:
    """A worker that Ray is asked to start.

    Args:
        place: asks for its place; None while the cluster has not answered.
        cluster: the cluster in words.
    """

    def __init__(self, place: Callable[[], "ray.ObjectRef[Ending] | None"], cluster: str) -> None:
        self._place = place
        self._cluster = cluster
        self._reference: ray.ObjectRef[Ending] | None = None
        self._ended = False
        self._asked = 0.0

    def ended(self) -> bool:
        """Say whether it is dead. Raises JobError where the cluster does not answer, or can never hold it."""
        if self._reference is None and not self._ended:
            self._reference = self._place()
        now = time.monotonic()
        if self._reference is not None and not self._ended and now - self._asked >= _POLL:
            self._ended = bool(ray.wait([self._reference], timeout=0)[0])
            self._asked = now
        return self._ended

    def waits_for(self) -> str:
        """Return that it waits for the cluster, or for a place there."""
        return f"for the {self._cluster} to answer" if self._reference is None else "for a place on the Ray cluster"

    def kill(self) -> None:
        """End the process of the node that runs it."""
        if self._reference is None:
            self._ended = True
            return
        with contextlib.suppress(Exception):
            ray.cancel(self._reference, force=True)

    def ending(self) -> Ending:
        """Return what the node told; that it is lost where the node cannot tell."""
        if self._reference is None:
            return Ending(None)
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


def _check_fits(cpus: int, gpus: int) -> None:
    """Raise JobError where no node of the cluster has so many cores and GPUs together: its worker has one node."""
    nodes = [node["Resources"] for node in ray.nodes() if node["Alive"]]
    sizes = sorted({(node.get("CPU", 0.0), node.get("GPU", 0.0)) for node in nodes}, reverse=True)
    if not any(cores >= cpus and there >= gpus for cores, there in sizes):
        found = "; ".join(_size(*size) for size in sizes[:_MOST_SIZES])
        raise JobError(
            f"No node of the Ray cluster has {_size(cpus, gpus)}, as asked for. There are nodes with {found}. "
            f"Lower {'gpus, or ' if gpus else ''}cpus in launchers.yaml."
        )


def _size(cores: float, gpus: float) -> str:
    return f"{count(cores, 'cores')} and {count(gpus, 'GPUs')}"


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
