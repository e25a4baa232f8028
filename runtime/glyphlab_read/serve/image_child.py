"""The child process in which the server opens images, and its handle: sizes are looked at before pixels are decoded.

A request says how many pixels are taken, up to how many are opened, and whether whole photos are. A photo that comes
where a word may be is only recognised, and so is an image that costs much where many are opened for one another: both
wait for their turn as the file that they are.
"""

import struct
from io import BytesIO

from PIL import Image

from glyphlab_read.images.open import FORMATS
from glyphlab_read.images.sandbox import ImageSandbox, opened, refused
from glyphlab_read.images.sources import is_photo_size
from glyphlab_read.sandbox import SandboxError, serve

MEMORY = 700_000_000  # bytes of address space: the libraries, and a few copies of the most pixels
_SECONDS = 10.0  # for one image
_QUICK_SECONDS = 3.0  # for one that is opened among others: on a busy machine the child takes one to start
_QUICK_PIXELS = 2_000_000  # of such a one

_REQUEST = struct.Struct("<?II")  # whether photos are opened, the most pixels, and the most that are opened here
_PHOTO, _COSTLY = 255, 254  # answers beside those of images.sandbox


class PhotoFound(Exception):
    """An image that may be a word has the size of a whole photo."""


class CostlyImage(Exception):
    """An image is too large, or takes too long, to be opened among others."""


class ServedImages(ImageSandbox):
    """A child process that opens the images of a server's clients.

    Args:
        pixels: the most of an image.
        quick: whether only those are opened that cost little; others are CostlyImage.
    """

    def __init__(self, pixels: int, quick: bool = False) -> None:
        super().__init__(__name__, _QUICK_SECONDS if quick else _SECONDS, MEMORY)
        self._pixels, self._quick = pixels, quick

    def open_any(self, content: bytes, photos: bool = True) -> Image.Image:
        """Open one image.

        Args:
            content: its file.
            photos: False: what has the size of a whole photo is not opened.

        Raises:
            ImageError: it cannot be opened.
            PhotoFound: it has the size of a whole photo.
            CostlyImage: it costs too much here.
        """
        opened_here = min(self._pixels, _QUICK_PIXELS) if self._quick else self._pixels
        return self.open(_REQUEST.pack(photos, self._pixels, opened_here) + content)

    def ask(self, content: bytes) -> tuple[int, bytes]:
        """Return the child's answer. Raises PhotoFound, CostlyImage, and SandboxError when it has none in time."""
        try:
            kind, answer = super().ask(content)
        except SandboxError:
            if self._quick:
                raise CostlyImage from None
            raise
        if kind == _PHOTO:
            raise PhotoFound
        if kind == _COSTLY:
            raise CostlyImage
        return kind, answer


def _answer(request: bytes) -> tuple[int, bytes]:
    photos, most, opened_here = _REQUEST.unpack_from(request)
    content = request[_REQUEST.size :]
    width, height = _size(content)
    if width * height > most:
        rule = f"at most {most / 1e6:,.3g} million in all are opened. Crop it or make it smaller."
        return refused(f"The image is {width} × {height} pixels; {rule}", too_large=True)
    if not photos and is_photo_size(width, height):
        return _PHOTO, b""
    if width * height > opened_here:
        return _COSTLY, b""
    return opened(content)


def _size(content: bytes) -> tuple[int, int]:
    """Return width and height in px as the header says; zeros where `open_image` will say what is wrong."""
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as image:
            return image.size
    except Exception:  # on malicious bytes Pillow raises exceptions of any type
        return 0, 0


if __name__ == "__main__":
    serve(_answer, MEMORY, _SECONDS)
