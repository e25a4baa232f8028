"""The real process of `glyphlab-serve` on a free port, for figures and tests alike, and what it costs."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

import psutil

from bench.browser import HOST, free_port
from glyphlab_read.processes import import_path

_CGROUPS = Path("/sys/fs/cgroup/memory")
_PATIENCE = 60  # s until a start counts as failed


@dataclass(frozen=True)
class ReaderServer:
    """A running server.

    Attributes:
        port: it listens on.
        process: its process.
        group: of control, which limits its memory; None without one.
        log: file with its standard error.
    """

    port: int
    process: "subprocess.Popen[bytes]"
    group: Path | None = None
    log: Path = Path(os.devnull)

    @property
    def url(self) -> str:
        """The address of its page."""
        return f"http://{HOST}:{self.port}"

    def resident(self) -> int:
        """Return the bytes that are resident, its children's with them; pages that they share count for each."""
        own = psutil.Process(self.process.pid)
        return sum(one.memory_info().rss for one in (own, *own.children(recursive=True)))

    def peak(self) -> int | None:
        """Return the most bytes that its group of control had; None without one."""
        return int((self.group / "memory.max_usage_in_bytes").read_text()) if self.group else None

    def terminate(self) -> None:
        """Ask it to close, as a service manager does."""
        self.process.send_signal(signal.SIGTERM)


@contextlib.contextmanager
def reader_server(
    *options: str,
    model: str = "starter",
    limit: int | None = None,
    environment: Mapping[str, str] | None = None,
    log: Path = Path(os.devnull),
) -> Iterator[ReaderServer]:
    """Start a server, wait until it is ready, and end it with the block.

    Args:
        options: of `glyphlab-serve`.
        model: the folder of a bundle, or `starter`.
        limit: bytes of memory that it may have, by a group of control, where one can be made.
        environment: further variables.
        log: file that takes its standard error.
    """
    port = free_port()
    group = _limited(port, limit) if limit else None
    command = [sys.executable, "-m", "glyphlab_read.serve", model, "--port", str(port), *options]
    variables = {**os.environ, **import_path(), **(environment or {})}
    if group is not None:
        command = ["sh", "-c", 'echo $$ > "$0" && exec "$@"', str(group / "cgroup.procs"), *command]
    with open(log, "wb") as errors:
        process = subprocess.Popen(command, env=variables, stdout=subprocess.DEVNULL, stderr=errors)
    try:
        wait_until_ready(port, process)
        yield ReaderServer(port, process, group, log)
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait(timeout=_PATIENCE)
        if group is not None:
            group.rmdir()


def wait_until_ready(port: int, process: "subprocess.Popen[bytes]") -> None:
    """Wait until a server takes requests. Raises RuntimeError if it ends or takes too long."""
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended by itself with {process.returncode}")
        with contextlib.suppress(OSError), contextlib.closing(HTTPConnection(HOST, port, timeout=5)) as connection:
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                return
        time.sleep(0.01)
    raise RuntimeError(f"the server was not ready within {_PATIENCE} s")


def _limited(port: int, limit: int) -> Path | None:
    """Make a group of control that limits memory; None where this may not be."""
    group = _CGROUPS / f"glyphlab-serve-{port}"
    try:
        group.mkdir()
        (group / "memory.limit_in_bytes").write_text(str(limit))
    except OSError:
        return None
    return group
