"""Decoding of untrusted images in a child process with limits on memory and time.

`open_sandboxed` is `open_image` for servers. One child serves the whole process, one image at a time, and is replaced
when an image crashes it or takes too long. Encoded bytes go in and pixels come out through pipes. What is accepted at
all, `open_image` decides; this module adds only the limits.
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
from pathlib import Path
from typing import IO

from PIL import Image

from engine.errors import ImageError, LargeImageError
from engine.images.open import open_image

MEMORY_LIMIT = 1_500_000_000  # bytes of address space: the libraries and a few copies of 25 million pixels
TIMEOUT = 10.0  # s, for one image

_ROOT = Path(__file__).parents[2]
_LENGTH = struct.Struct("<Q")
_ANSWER = struct.Struct("<BII")  # the outcome; then width and height, or the length of a message and 0
_OPENED, _REFUSED, _TOO_LARGE = range(3)
_ENVIRONMENT = {"PATH": os.defpath, "LANG": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1"}


def open_sandboxed(content: bytes) -> Image.Image:
    """Decode one image to RGB as `open_image` does, in the child.

    Raises:
        ImageError: as `open_image`; also when it takes more than 10 s or more memory than the child has.
    """
    return _sandbox.open(content)


def start_sandbox() -> None:
    """Start the child ahead of the first image, which then need not wait for it."""
    _sandbox.start()


class ImageSandbox:
    """A child process that opens images; thread-safe. It ends with this process, or by `close`."""

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The child's process id; None before the first image and after `close`."""
        return self._child.pid if self._child is not None else None

    def open(self, content: bytes) -> Image.Image:
        """Open one image; see `open_sandboxed`."""
        with self._mutex:
            try:
                return self._ask(content)
            except (OSError, EOFError, TimeoutError):
                self._end()
                raise ImageError(
                    f"Opening the image took over {TIMEOUT:.0f} s or over {MEMORY_LIMIT / 1e9:.1f} GB of memory, so it "
                    "was cancelled. Save it as PNG or JPEG and try again."
                ) from None

    def start(self) -> None:
        """Start the child, if it does not run."""
        with self._mutex:
            self._running()

    def close(self) -> None:
        """End the child."""
        with self._mutex:
            self._end()

    def _ask(self, content: bytes) -> Image.Image:
        child = self._running()
        requests, answers = child.stdin, child.stdout
        assert requests is not None and answers is not None  # noqa: S101, PT018  both are pipes
        deadline = time.monotonic() + TIMEOUT
        requests.write(_LENGTH.pack(len(content)))
        requests.write(content)
        requests.flush()
        kind, first, second = _ANSWER.unpack(_read(answers.fileno(), _ANSWER.size, deadline))
        if kind == _OPENED:
            return Image.frombytes("RGB", (first, second), _read(answers.fileno(), 3 * first * second, deadline))
        message = _read(answers.fileno(), first, deadline).decode()
        raise LargeImageError(message) if kind == _TOO_LARGE else ImageError(message)

    def _running(self) -> "subprocess.Popen[bytes]":
        if self._child is None or self._child.poll() is not None:
            self._end()
            self._child = _start()
        return self._child

    def _end(self) -> None:
        if self._child is not None:
            self._child.kill()
            for pipe in (self._child.stdin, self._child.stdout):
                with contextlib.suppress(OSError):
                    pipe.close()  # pyright: ignore[reportOptionalMemberAccess]
            self._child.wait()
            self._child = None


_sandbox = ImageSandbox()
atexit.register(_sandbox.close)


def _start() -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "engine.images.sandbox"]
    pipe, null = subprocess.PIPE, subprocess.DEVNULL
    return subprocess.Popen(command, cwd=_ROOT, env=_ENVIRONMENT, stdin=pipe, stdout=pipe, stderr=null)


def _read(descriptor: int, size: int, deadline: float) -> bytes:
    content = bytearray()
    while len(content) < size:
        ready, _, _ = select.select([descriptor], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            raise TimeoutError
        block = os.read(descriptor, min(size - len(content), 1 << 20))
        if not block:
            raise EOFError
        content += block
    return bytes(content)


def main() -> None:
    """Run the child: set the limits, then open images from stdin until it closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C ends the server, which closes this input
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    while header := requests.read(_LENGTH.size):
        _answer(requests.read(_LENGTH.unpack(header)[0]), answers)
        answers.flush()


def _answer(content: bytes, answers: IO[bytes]) -> None:
    try:
        image = open_image(content)
    except ImageError as error:
        message = str(error).encode()
        kind = _TOO_LARGE if isinstance(error, LargeImageError) else _REFUSED
        answers.write(_ANSWER.pack(kind, len(message), 0) + message)
        return
    answers.write(_ANSWER.pack(_OPENED, *image.size))
    answers.write(image.tobytes())


if __name__ == "__main__":
    main()
