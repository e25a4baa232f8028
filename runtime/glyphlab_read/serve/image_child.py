"""The child process in which the server opens images, and its handle: sizes are looked at before pixels are decoded.

A request says how many pixels are taken and whether whole photos are; a photo that comes where a word may be is only
recognised, so that it can wait for its turn as the file that it is.
"""

import struct
from io import BytesIO

from PIL import Image

from glyphlab_read.images.open import FORMATS
from glyphlab_read.images.sandbox import ImageSandbox, opened, refused
from glyphlab_read.images.sources import is_photo_size
from glyphlab_read.sandbox import serve

MEMORY = 700_000_000  # bytes of address space: the libraries, and a few copies of the most pixels
WORD_SECONDS, PHOTO_SECONDS = 3.0, 10.0  # for one image

_REQUEST = struct.Struct("<?I")  # whether photos are opened, and the most pixels
_PHOTO = 255  # an answer beside those of images.sandbox


class PhotoFound(Exception):
    """An image that may be a word has the size of a whole photo."""


class ServedImages(ImageSandbox):
    """A child process that opens the images of a server's clients.

    Args:
        seconds: for one image.
        pixels: the most of an image.
    """

    def __init__(self, seconds: float, pixels: int) -> None:
        super().__init__(__name__, seconds, MEMORY)
        self._pixels = pixels

    def open_any(self, content: bytes) -> Image.Image:
        """Open one image. Raises ImageError."""
        return self.open(_REQUEST.pack(True, self._pixels) + content)

    def open_word(self, content: bytes) -> Image.Image:
        """Open one image that is no photo. Raises ImageError; PhotoFound for a photo."""
        return self.open(_REQUEST.pack(False, self._pixels) + content)

    def ask(self, content: bytes) -> tuple[int, bytes]:
        """Return the child's answer. Raises SandboxError when it has none in time; PhotoFound."""
        kind, answer = super().ask(content)
        if kind == _PHOTO:
            raise PhotoFound
        return kind, answer


def _answer(request: bytes) -> tuple[int, bytes]:
    photos, most = _REQUEST.unpack_from(request)
    content = request[_REQUEST.size :]
    width, height = _size(content)
    if width * height > most:
        rule = f"at most {most / 1e6:,.3g} million in all are opened. Crop it or make it smaller."
        return refused(f"The image is {width} × {height} pixels; {rule}", too_large=True)
    if not photos and is_photo_size(width, height):
        return _PHOTO, b""
    return opened(content)


def _size(content: bytes) -> tuple[int, int]:
    """Return width and height in px as the header says; zeros where `open_image` will say what is wrong."""
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as image:
            return image.size
    except Exception:  # on malicious bytes Pillow raises exceptions of any type
        return 0, 0


if __name__ == "__main__":
    serve(_answer, MEMORY, PHOTO_SECONDS)
