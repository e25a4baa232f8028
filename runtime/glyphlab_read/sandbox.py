"""Work on untrusted bytes in a child process with limits on memory and time.

One child serves a kind of work, one request at a time, and is replaced when a request crashes it or takes too long.
Bytes go in and bytes come out through pipes. What the work is, the child's module says: it calls `serve`. This module
knows neither images nor networks.
"""

import atexit
import contextlib
import os
import resource
import select
import signal
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable

from glyphlab_read.processes import dying_with_input, import_path

_LENGTH = struct.Struct("<Q")
_ANSWER = struct.Struct("<BQ")  # a number whose meaning is the work's, and the length of what follows
_ENVIRONMENT = {"PATH": os.defpath, "LANG": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1", **dying_with_input()}


class SandboxError(Exception):
    """The child died of a request, or took too long."""


class Sandbox:
    """A child process for one kind of work; thread-safe. It ends with this process, or by `close`.

    Args:
        module: dotted name of the child's module.
        seconds: for one request.
    """

    def __init__(self, module: str, seconds: float) -> None:
        self.seconds = seconds
        self._module = module
        self._mutex = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        atexit.register(self.close)

    @property
    def pid(self) -> int | None:
        """The child's process id; None before the first request and after `close`."""
        return self._child.pid if self._child is not None else None

    def ask(self, content: bytes) -> tuple[int, bytes]:
        """Return the child's answer. Raises SandboxError when it has none in time."""
        with self._mutex:
            try:
                return self._ask(content)
            except (OSError, EOFError, TimeoutError) as error:
                self._end()
                raise SandboxError(type(error).__name__) from None

    def start(self) -> None:
        """Start the child, if it does not run: the first request then need not wait for it."""
        with self._mutex:
            self._running()

    def close(self) -> None:
        """End the child."""
        with self._mutex:
            self._end()

    def _ask(self, content: bytes) -> tuple[int, bytes]:
        child = self._running()
        requests, answers = child.stdin, child.stdout
        assert requests is not None and answers is not None  # noqa: S101, PT018  both are pipes
        deadline = time.monotonic() + self.seconds
        requests.write(_LENGTH.pack(len(content)) + content)
        requests.flush()
        return _read_answer(answers.fileno(), deadline)

    def _running(self) -> "subprocess.Popen[bytes]":
        if self._child is None or self._child.poll() is not None:
            self._end()
            command, pipe = [sys.executable, "-P", "-m", self._module], subprocess.PIPE
            environment = {**_ENVIRONMENT, **import_path(self._module.partition(".")[0])}
            self._child = subprocess.Popen(
                command, cwd="/", env=environment, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL
            )
        return self._child

    def _end(self) -> None:
        if self._child is not None:
            self._child.kill()
            for pipe in (self._child.stdin, self._child.stdout):
                with contextlib.suppress(OSError):
                    pipe.close()  # pyright: ignore[reportOptionalMemberAccess]
            self._child.wait()
            self._child = None


def _read_answer(descriptor: int, deadline: float) -> tuple[int, bytes]:
    """Read one answer in as few reads as there are blocks of it: at each, other threads of a server may go first."""
    content, kind, size = bytearray(), 0, _ANSWER.size
    while len(content) < size:
        ready, _, _ = select.select([descriptor], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            raise TimeoutError
        block = os.read(descriptor, 1 << 20)
        if not block:
            raise EOFError
        content += block
        if size == _ANSWER.size <= len(content):
            kind, length = _ANSWER.unpack_from(content)
            size += length
    return kind, bytes(memoryview(content)[_ANSWER.size :])


def serve(answer: Callable[[bytes], tuple[int, bytes]], memory: int, seconds: float) -> None:
    """Run the child: set its limits, then answer requests from stdin until it closes.

    Args:
        answer: does the work.
        memory: bytes of address space, the libraries' included.
        seconds: for one request; the child ends itself later, should nobody be there any more to end it.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C ends the server, which closes this input
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    while header := requests.read(_LENGTH.size):
        signal.alarm(2 * int(seconds) + 1)
        kind, content = answer(requests.read(_LENGTH.unpack(header)[0]))
        signal.alarm(0)
        answers.write(_ANSWER.pack(kind, len(content)))
        answers.write(content)
        answers.flush()
