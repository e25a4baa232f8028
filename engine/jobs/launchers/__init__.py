"""Launchers of the workers of jobs: on this machine, on a node of a Ray cluster, or on one that Slurm grants.

The runner of a job stays on the machine that launched it, holds the job's lock, starts the worker by a launcher and
watches it. Whatever a worker tells goes through the job's folder, which all machines share, so that pages, Stop and
resuming know no launcher. Ray and submitit are imported only where one of them is used.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

from engine.commands import install_command
from engine.config.launchers import FILE, LOCAL, LauncherName, launchers_config
from engine.errors import JobError
from engine.jobs.records import Reason
from engine.workspace import Workspace

LABELS: dict[LauncherName, str] = {"local": "This machine", "ray": "Ray", "slurm": "Slurm"}
_TELL_INTERVAL = 2.0  # seconds between two figures of the nodes
_PACKAGES = {"ray": "ray", "slurm": "submitit"}


@dataclass(frozen=True)
class Ending:
    """The end of a worker, for the case that it left no exit file.

    Attributes:
        code: its exit code, or minus the number of the signal that ended it; None where nobody can tell.
        lost: whether it lost its node or its place there, so that it should go on elsewhere.
        kernel_kills: processes that the kernel killed around its death because memory ran out.
        told: the cluster's own words.
        reason: the reason of its end, with `told` as the sentence, where the cluster or the node knows it.
    """

    code: int | None
    lost: bool = False
    kernel_kills: int = 0
    told: str = ""
    reason: Reason | None = None


class Worker(Protocol):
    """A worker that was started, wherever it runs."""

    def ended(self) -> bool:
        """Say whether it is dead. Cheap enough to ask ten times a second."""
        ...

    def waits_for(self) -> str:
        """Return what it waits for before it begins, in words; empty once it works."""
        ...

    def kill(self) -> None:
        """End it and its helpers, at once. Harmless when it is dead."""
        ...

    def ending(self) -> Ending:
        """Return how it ended; to be asked once, after its end."""
        ...


class Launcher(Protocol):
    """A way to start workers."""

    def start(self, folder: Path, device: str | None, gpus: int, descriptors: Sequence[int]) -> Worker:
        """Start the worker of a job.

        Args:
            folder: the job's.
            device: of this machine, whose turn the runner has waited for; None where a cluster chooses.
            gpus: GPUs that are asked of a cluster.
            descriptors: the locks that the runner holds, the job's first, for a worker that can inherit them.

        Raises:
            JobError: it cannot be started; the text says what to do.
        """
        ...


class NodeProgress:
    """Units of divided work that are done, by node, and the rate of each since the work began."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._began = clock()
        self._told = self._began
        self._units: dict[str, int] = {}

    @property
    def done(self) -> int:
        """The units that all nodes have done."""
        return sum(self._units.values())

    def add(self, node: str, units: int) -> bool:
        """Count what a node has done, and say whether it is time to tell it."""
        self._units[node] = self._units.get(node, 0) + units
        due = self._clock() - self._told >= _TELL_INTERVAL
        self._told = self._clock() if due else self._told
        return due

    def plain(self) -> dict[str, dict[str, float]]:
        """Return the units and the units per second of each node, as JSON types."""
        seconds = max(self._clock() - self._began, 1e-9)
        return {
            node: {"units": units, "units_per_second": round(units / seconds, 1)}
            for node, units in sorted(self._units.items())
        }


def open_launcher(workspace: Workspace, name: LauncherName) -> Launcher:
    """Return a launcher of a workspace. Raises JobError as `check_launcher` does, and ConfigError."""
    check_launcher(workspace, name)
    if name == "ray":
        from engine.jobs.launchers.ray_cluster import open_cluster

        return open_cluster(workspace)
    if name == "slurm":
        from engine.jobs.launchers.slurm import open_queue

        return open_queue(workspace)
    from engine.jobs.launchers.local import LocalLauncher

    return LocalLauncher()


def available_launchers(workspace: Workspace) -> list[LauncherName]:
    """Return the launchers that are set up, this machine first. Raises ConfigError where the file is faulty."""
    config = launchers_config(workspace.root)
    return [LOCAL, *(name for name in ("ray", "slurm") if getattr(config, name) and find_spec(_PACKAGES[name]))]


def check_launcher(workspace: Workspace, name: LauncherName) -> None:
    """Raise JobError where a launcher is not set up, and ConfigError where the file that sets it up is faulty."""
    if name == LOCAL:
        return
    if getattr(launchers_config(workspace.root), name) is None:
        raise JobError(
            f"launcher {name}: {FILE} of the workspace names none. docs/{name}.md says what to write there; or choose "
            f"{LOCAL}."
        )
    if find_spec(_PACKAGES[name]) is None:
        raise JobError(
            f"launcher {name}: the package {_PACKAGES[name]} is not installed. Run "
            f"`{install_command(name)}`, or choose {LOCAL}."
        )
