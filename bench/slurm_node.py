"""A Slurm cluster of one node on this machine, for as long as a block lasts: Debian's slurm-wlm and munge.

Two partitions share its cores, and jobs of `urgent` take the place of those of `patient`, which are queued again. Its
files lie in a temporary folder; the daemons end with the block. Needs root, and the packages:
`apt-get install slurm-wlm munge`.
"""

import contextlib
import getpass
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

PATIENT, URGENT = "patient", "urgent"
"""The two partitions."""

_START_SECONDS = 60.0
_END_SECONDS = 45.0
_CONFIG = """\
ClusterName=glyphlab
SlurmctldHost={host}(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge/socket
CredType=cred/munge
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
SchedulerType=sched/backfill
SchedulerParameters=sched_interval=5,bf_interval=5
JobRequeue=1
ReturnToService=2
NodeName={host} NodeAddr=127.0.0.1 CPUs={cores} RealMemory={megabytes} State=UNKNOWN
PartitionName={patient} Nodes={host} Default=YES MaxTime=INFINITE PriorityTier=1 GraceTime=60
PartitionName={urgent} Nodes={host} MaxTime=INFINITE PriorityTier=10
"""


@contextlib.contextmanager
def slurm_node(cores: int = 2) -> Iterator[None]:
    """Start the daemons, have this process and its children use them, and end them after the block.

    Raises:
        FileNotFoundError: a program of Slurm or munge is missing; the text names the packages.
        TimeoutError: the node is not ready within a minute; the text ends with the daemon's log.
    """
    with TemporaryDirectory(ignore_cleanup_errors=True) as name, contextlib.ExitStack() as daemons:
        folder = Path(name)
        folder.chmod(0o755)
        for part in ("munge", "state", "spool"):
            (folder / part).mkdir(mode=0o755)
        host, memory = socket.gethostname(), os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        text = _CONFIG.format(
            host=host, folder=folder, cores=cores, megabytes=memory * 9 // 10 // 2**20, patient=PATIENT, urgent=URGENT
        )
        (folder / "slurm.conf").write_text(text)
        os.environ["SLURM_CONF"] = str(folder / "slurm.conf")
        _start_munge(folder, daemons)
        for command in (
            ["slurmctld", "-D", "-f", f"{folder}/slurm.conf"],
            ["slurmd", "-D", "-f", f"{folder}/slurm.conf"],
        ):
            _start(daemons, command)
        _wait_for_node(folder)
        daemons.callback(_end_jobs)
        yield


def _start_munge(folder: Path, daemons: contextlib.ExitStack) -> None:
    key = folder / "munge" / "key"
    key.write_bytes(os.urandom(128))
    key.chmod(0o400)
    place = folder / "munge"
    files = [f"--{name}={place / name}" for name in ("socket", "pid-file", "log-file", "seed-file")]
    _start(daemons, ["munged", "--foreground", "--force", f"--key-file={key}", *files])


def _start(daemons: contextlib.ExitStack, command: list[str]) -> None:
    process = subprocess.Popen(
        [_program(command[0]), *command[1:]],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    daemons.callback(process.wait)
    daemons.callback(process.terminate)


def _end_jobs() -> None:
    """Cancel all jobs, and wait until they are gone: their processes would outlive the daemons."""
    deadline = time.monotonic() + _END_SECONDS
    with contextlib.suppress(subprocess.CalledProcessError):
        slurm("scancel", f"--user={getpass.getuser()}")
        while slurm("squeue", "-h") and time.monotonic() < deadline:
            time.sleep(0.5)


def _wait_for_node(folder: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(subprocess.CalledProcessError):
            if "idle" in slurm("sinfo", "-h", "-o", "%T"):
                return
        time.sleep(0.5)
    logs = [(folder / f"{name}.log") for name in ("slurmctld", "slurmd")]
    told = "\n".join(log.read_text(errors="replace")[-1500:] for log in logs if log.exists())
    raise TimeoutError(f"The node of Slurm is not ready.\n{told}")


def slurm(command: str, *arguments: str) -> str:
    """Run a command of Slurm, and return what it prints. Raises CalledProcessError."""
    return subprocess.run([_program(command), *arguments], check=True, capture_output=True, text=True).stdout


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise FileNotFoundError(f"{name}: run apt-get install slurm-wlm munge")
    return found
