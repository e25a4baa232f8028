"""Decoding of untrusted images in a child process with limits on memory and time.

`open_sandboxed` is `open_image` for servers: encoded bytes go into the child and pixels come out. What is accepted at
all, `open_image` decides; this module adds only the limits. A server with limits of its own has a child of its own.
"""

import struct

from PIL import Image

from glyphlab_read.errors import ImageError, LargeImageError
from glyphlab_read.images.open import open_image
from glyphlab_read.sandbox import Sandbox, SandboxError, serve

MEMORY_LIMIT = 1_500_000_000  # bytes of address space: the libraries and a few copies of 25 million pixels
TIMEOUT = 10.0  # s, for one image

_SIZE = struct.Struct("<II")  # width and height, before the pixels
_MODULE = "glyphlab_read.images.sandbox"
_OPENED, _REFUSED, _TOO_LARGE = range(3)


class ImageSandbox(Sandbox):
    """A child process that opens images.

    Args:
        module: the child's; its answers are those of `opened`.
        seconds: for one image.
        memory: bytes of address space that the child has, for the message of an image that needs more.
    """

    def __init__(self, module: str = _MODULE, seconds: float = TIMEOUT, memory: int = MEMORY_LIMIT) -> None:
        super().__init__(module, seconds)
        self._memory = memory

    def open(self, content: bytes) -> Image.Image:
        """Open one image; see `open_sandboxed`."""
        try:
            kind, answer = self.ask(content)
        except SandboxError:
            raise ImageError(
                f"Opening the image took over {self.seconds:.0f} s or over {self._memory / 1e9:.1f} GB of memory, so "
                "it was cancelled. Save it as PNG or JPEG and try again."
            ) from None
        if kind == _OPENED:
            return Image.frombytes("RGB", _SIZE.unpack_from(answer), memoryview(answer)[_SIZE.size :])
        raise LargeImageError(answer.decode()) if kind == _TOO_LARGE else ImageError(answer.decode())


_sandbox = ImageSandbox()


def open_sandboxed(content: bytes) -> Image.Image:
    """Decode one image to RGB as `open_image` does, in the child.

    Raises:
        ImageError: as `open_image`; also when it takes more than 10 s or more memory than the child has.
    """
    return _sandbox.open(content)


def start_sandbox() -> None:
    """Start the child ahead of the first image, which then need not wait for it."""
    _sandbox.start()


def opened(content: bytes) -> tuple[int, bytes]:
    """Return the child's answer to an image's bytes: its pixels, or why there are none."""
    try:
        image = open_image(content)
    except ImageError as error:
        return _TOO_LARGE if isinstance(error, LargeImageError) else _REFUSED, str(error).encode()
    return _OPENED, _SIZE.pack(*image.size) + image.tobytes()


def refused(reason: str, too_large: bool = False) -> tuple[int, bytes]:
    """Return the child's answer to an image that is not opened."""
    return _TOO_LARGE if too_large else _REFUSED, reason.encode()


if __name__ == "__main__":
    serve(opened, MEMORY_LIMIT, TIMEOUT)
