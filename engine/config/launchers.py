"""Settings of where jobs run: the launchers that a workspace has beside this machine, a Ray cluster and a Slurm queue.

They stand in `launchers.yaml` in the workspace, written by its owner; what a user of the pages chooses is a name only.
This module connects to nothing.
"""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from engine.config.base import Config, setting
from engine.errors import ConfigError

LauncherName = Literal["local", "ray", "slurm"]
LOCAL: LauncherName = "local"

FILE = "launchers.yaml"
"""The file of a workspace that says which launchers there are."""

_WORD = r"^[\w.,:@+-]{1,100}$"
_Word = Annotated[str, Field(pattern=_WORD)]


class RayConfig(Config):
    """A Ray cluster."""

    address: str = setting(
        "local",
        pattern=r"^(local|auto|[\w.-]{1,200}:\d{1,5})$",
        help="Address of the cluster's head, such as 10.0.0.5:6379; auto: the one that was started on this machine; "
        "local: a cluster of this machine alone, started for each job.",
    )
    cpus: int = setting(1, ge=1, le=1024, unit="cores", help="Cores that a run or a trial takes, and all that it uses.")


class SlurmConfig(Config):
    """A Slurm queue, reached by the commands of Slurm on this machine."""

    cluster: Literal["slurm", "local"] = setting(
        "slurm", help="slurm, or local: submitit starts the jobs on this machine, to try the way without a cluster."
    )
    partition: _Word | None = setting(None, help="Partition; empty: Slurm's default.")
    account: _Word | None = setting(None, help="Account that is charged; empty: the user's default.")
    qos: _Word | None = setting(None, help="Quality of service; empty: the default.")
    constraint: _Word | None = setting(None, help="Features that a node must have; empty: any node.")
    hours: float = setting(  # a worker is told two minutes before the limit: a shorter one leaves no time to work
        24.0,
        ge=0.1,
        le=720,
        unit="h",
        help="Time limit of a job. One that needs longer saves, is queued again, goes on.",
    )
    cpus: int = setting(4, ge=1, le=1024, unit="cores", help="Cores of a job.")
    memory_gb: float = setting(16.0, gt=0, le=4096, unit="GB", help="Memory of a job.")


class LaunchersConfig(Config):
    """The launchers of a workspace, beside this machine."""

    ray: RayConfig | None = setting(None, help="A Ray cluster; empty: none.")
    slurm: SlurmConfig | None = setting(None, help="A Slurm queue; empty: none.")

    def is_here(self, name: LauncherName) -> bool:
        """Say whether a launcher uses this machine alone, which has no queue beside ours, then."""
        return (
            name == LOCAL
            or (name == "ray" and self.ray is not None and self.ray.address == "local")
            or (name == "slurm" and self.slurm is not None and self.slurm.cluster == "local")
        )


def launchers_config(root: Path) -> LaunchersConfig:
    """Return what a workspace's file says; nothing beside this machine where there is no file. Raises ConfigError."""
    path = root / FILE
    if not path.exists():
        return LaunchersConfig()
    try:
        return LaunchersConfig.load(path)
    except ConfigError as error:
        raise ConfigError(f"{FILE} of the workspace: {error}") from None


def launcher_setting() -> LauncherName:
    """Return the declaration of the setting that chooses a launcher."""
    return setting(
        LOCAL,
        help="Where it runs: local (this machine), ray or slurm, as the workspace's launchers.yaml sets them up.",
    )
