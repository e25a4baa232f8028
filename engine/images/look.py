"""A look at an untrusted image: its size, its digest and how it was turned, or why it cannot be opened."""

from collections.abc import Callable
from io import BytesIO
from typing import Literal, NamedTuple

from PIL import ExifTags, Image

from engine.errors import ImageError, LargeImageError
from engine.images.encode import pixel_digest
from glyphlab_read.images.blank import is_blank
from glyphlab_read.images.open import FORMATS, open_image

Fault = Literal["", "undecodable", "too_large", "unreadable"]

UPRIGHT = 1
"""The EXIF orientation of a photo that need not be turned."""


class Look(NamedTuple):
    """The facts about an image that a look gives.

    Attributes:
        digest: of its pixels and size, 16 bytes; empty when it could not be opened.
        width, height: in px, after EXIF rotation.
        bytes: the size of its file; of a larger one as much as was read.
        fault: the reason why it could not be opened, empty if it was; `detail` explains it.
        orientation: EXIF's, 1 to 8; the photo was turned unless it is UPRIGHT.
        blank: whether nothing is to be seen in it.
    """

    digest: bytes = b""
    width: int = 0
    height: int = 0
    bytes: int = 0
    fault: Fault = ""
    detail: str = ""
    orientation: int = UPRIGHT
    blank: bool = False


def look_at(read: Callable[[], bytes], keep: Callable[[Image.Image], object] | None = None) -> Look:
    """Read an image, which may raise OSError or ValueError, and open it; `keep` is called with it if it opens."""
    try:
        content = read()
    except (OSError, ValueError) as error:
        return Look(fault="unreadable", detail=str(error))
    try:
        image = open_image(content)
    except ImageError as error:
        fault = "too_large" if isinstance(error, LargeImageError) else "undecodable"
        return Look(bytes=len(content), fault=fault, detail=str(error))
    if keep is not None:
        keep(image)
    digest = pixel_digest(image)
    return Look(digest, *image.size, len(content), orientation=_orientation(content), blank=is_blank(image))


def _orientation(content: bytes) -> int:
    """Return the EXIF orientation of an image that was opened."""
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as image:
            value = image.getexif().get(ExifTags.Base.Orientation, UPRIGHT)
    except Exception:  # on malicious bytes Pillow raises exceptions of any type
        return UPRIGHT
    return value if isinstance(value, int) and UPRIGHT < value <= 8 else UPRIGHT
