"""Another machine over the same folder: processes in namespaces of their own, with another boot's id.

It has its own mounts, network, process ids and host name, and sees the same files. Its monotonic clock is this one's.
"""

import json
import os
import subprocess
import sys
import uuid
from pathlib import Path

import pytest

from glyphlab_read.processes import import_path

ROOT = Path(__file__).parents[2]
_SPACES = ("--mount", "--net", "--uts", "--pid", "--fork", "--mount-proc", "--kill-child")
_ENTER = """
mount --bind "$1" /proc/sys/kernel/random/boot_id || exit 77
hostname elsewhere
shift
exec "$@"
"""
_MAIN = """
import json, sys, time
from engine.cli.main import main
print("up", flush=True)
for line in sys.stdin:  # a child that runs on is adopted by this very process, the first of its machine
    code = main(json.loads(line))
    print(f"code {code}", flush=True)
"""


class Machine:
    """A machine that runs commands of `python -m engine`, one after another."""

    def __init__(self, folder: Path, workspace: Path) -> None:
        boot = folder / f"boot-{uuid.uuid4().hex}"
        boot.write_text(f"{uuid.uuid4()}\n")
        user = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
        inside = ["sh", "-c", _ENTER, "sh", str(boot), sys.executable, "-c", _MAIN]
        self._process = subprocess.Popen(
            ["unshare", *user, *_SPACES, *inside],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**os.environ, **import_path("engine"), "GLYPHLAB_WORKSPACE": str(workspace)},
        )
        if self._read() != "up":
            pytest.skip(f"no namespaces here: {self._process.communicate()[1].strip()}")

    def run(self, *words: str) -> list[str]:
        """Run a command and return what it printed; fail where it failed."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{json.dumps(words)}\n")
        self._process.stdin.flush()
        lines = []
        while not (line := self._read()).startswith("code "):
            assert line or self._process.poll() is None, self._process.communicate()[1]
            lines.append(line)
        assert line == "code 0", lines
        return lines

    def crash(self) -> None:
        """Pull the plug: all processes of the machine are gone at once."""
        self._process.kill()  # and with it, by --kill-child, the first process of its machine
        self._process.communicate()

    def _read(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()
