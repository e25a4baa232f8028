"""The bytes under which an image is stored: its pixels and nothing else, and never one pixel changed.

A JPEG keeps its compressed pixels and loses what is around them (EXIF, profiles, comments, anything after its end);
whatever else becomes a PNG. Each result is decoded and compared before it is returned.
"""

import re
from io import BytesIO

from PIL import Image

from engine.errors import ImageError
from engine.images.digest import digest_of
from engine.images.open import open_image

_START, _END = b"\xff\xd8", b"\xff\xd9"
_SCAN = 0xDA
_KEPT_NOTES = {0xE0, 0xEE}  # JFIF and Adobe: they say what the components mean
_NOTES = {*range(0xE0, 0xF0), 0xFE}
_NEXT_MARKER = re.compile(rb"\xff+([^\x00\xff\xd0-\xd7])")  # the first in compressed data that is not part of it


def stored(content: bytes, digest: bytes) -> tuple[bytes, Image.Image]:
    """Return what to store for an encoded image, and the image as RGB.

    Args:
        content: a file that `open_image` opens.
        digest: of its pixels.

    Raises:
        ValueError: the pixels are not those of the digest.
        ImageError: it cannot be opened.
    """
    if content.startswith(_START):
        kept = bare_jpeg(content)
        try:
            image = open_image(kept)
            if kept and digest_of(image) == digest:
                return kept, image
        except ImageError:
            pass  # odd, but its pixels were opened before: they become a PNG
    image = open_image(content)
    if digest_of(image) != digest:
        raise ValueError("its pixels have changed since they were looked at")
    return png(image), image


def bare_jpeg(content: bytes) -> bytes:
    """Return a JPEG without metadata and without what follows its end; empty for what is not put together as one."""
    parts, place = [_START], len(_START)
    while place + 4 <= len(content) and content[place] == 0xFF:
        marker = content[place + 1]
        if marker == _END[1]:
            return b"".join([*parts, _END])
        end = place + 2 + int.from_bytes(content[place + 2 : place + 4], "big")
        if marker == _SCAN:
            found = _NEXT_MARKER.search(content, end)
            end = found.start(1) - 1 if found else len(content)
            if found and found[1] == _END[1:]:
                return b"".join([*parts, content[place:end], _END])
        if marker not in _NOTES or marker in _KEPT_NOTES:
            parts.append(content[place:end])
        place = end
    return b""


def png(image: Image.Image, compress_level: int = 1) -> bytes:
    """Return an image as a PNG; level 1 takes a third of the time of 6, for a few percent more bytes."""
    buffer = BytesIO()
    image.save(buffer, "PNG", compress_level=compress_level)
    return buffer.getvalue()
