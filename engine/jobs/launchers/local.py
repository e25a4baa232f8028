"""Workers on this machine: a process group of its own, which inherits the job's locks."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Sequence
from pathlib import Path

from engine.jobs.devices import environment
from engine.jobs.exit_reasons import kernel_kills
from engine.jobs.launchers import Ending

_CHECK_INTERVAL = 5.0  # seconds between two looks at what the kernel killed


class LocalLauncher:
    """Starts workers as children of the runner."""

    def start(self, folder: Path, device: str | None, gpus: int, descriptors: Sequence[int]) -> "LocalWorker":
        """Start the worker of a job; see `Launcher`."""
        numbers = [str(descriptor) for descriptor in descriptors]
        return LocalWorker(
            subprocess.Popen(
                [sys.executable, "-m", "engine.jobs.worker", str(folder), *numbers],
                stdin=subprocess.DEVNULL,
                pass_fds=descriptors,
                process_group=0,
                env={**os.environ, **environment(device)},
            )
        )


class LocalWorker:
    """A child of this process that leads a process group; it is not reaped before `ending`."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self._kills = deque([kernel_kills()], maxlen=3)  # of the last ten seconds or so: a large process dies slowly
        self._checked = time.monotonic()

    def ended(self) -> bool:
        """Say whether it is dead."""
        now = time.monotonic()
        if now - self._checked > _CHECK_INTERVAL:
            self._kills.append(kernel_kills())
            self._checked = now
        return os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is not None

    def waits_for(self) -> str:
        """Return nothing: it begins at once."""
        return ""

    def terminate(self) -> None:
        """Ask it to save and end."""
        self._process.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End the process group; a dead leader that is not reaped yet keeps its number ours."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def ending(self) -> Ending:
        """Return how it ended, and end its helpers."""
        self.kill()
        kills = kernel_kills() - self._kills[0]
        return Ending(self._process.wait(), kernel_kills=kills)
