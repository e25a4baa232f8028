"""Lossless encoding of images without metadata, and the digest of their pixels.

A JPEG keeps its compressed pixels and loses the rest (EXIF, profiles, comments, anything after its end); every other
format becomes a PNG. Each result is decoded and its pixels compared before it is returned.
"""

import hashlib
import re
from io import BytesIO

from PIL import Image

from engine.errors import ImageError
from glyphlab_read.images.open import MAX_BYTES, open_image

_QUALITIES = (95, 85, 75, 50)
_START, _END = b"\xff\xd8", b"\xff\xd9"
_SCAN = 0xDA
_METADATA = {*range(0xE0, 0xF0), 0xFE} - {0xE0, 0xEE}  # JFIF and Adobe stay: they define the colour components
_NEXT_MARKER = re.compile(rb"\xff+([^\x00\xff\xd0-\xd7])")  # ends the compressed data: no stuffed byte, no restart


def pixel_digest(image: Image.Image) -> bytes:
    """Return 16 bytes that are equal for RGB images of equal size and pixels only."""
    return hashlib.blake2b(image.tobytes(), digest_size=16, salt=f"{image.width}x{image.height}".encode()).digest()


def encode_for_storage(content: bytes, digest: bytes) -> tuple[bytes, Image.Image]:
    """Return the PNG or JPEG to store for an image file, and the image as RGB.

    Args:
        content: a file that `open_image` opens.
        digest: `pixel_digest` of its pixels.

    Raises:
        ValueError: the pixels differ from the digest.
        ImageError: it cannot be opened.
    """
    if content.startswith(_START):
        stripped = strip_jpeg(content)
        try:
            image = open_image(stripped)
            if pixel_digest(image) == digest:
                return stripped, image
        except ImageError:
            pass  # an unusual JPEG whose pixels were opened before: they become a PNG
    image = open_image(content)
    if pixel_digest(image) != digest:
        raise ValueError("its pixels have changed since the scan")
    return png_bytes(image), image


def strip_jpeg(content: bytes) -> bytes:
    """Return a JPEG without metadata and without what follows its end; empty if its segments are malformed."""
    parts, offset = [_START], len(_START)
    while offset + 4 <= len(content) and content[offset] == 0xFF:
        marker = content[offset + 1]
        if marker == _END[1]:
            return b"".join([*parts, _END])
        end = offset + 2 + int.from_bytes(content[offset + 2 : offset + 4], "big")
        if marker == _SCAN:
            next_marker = _NEXT_MARKER.search(content, end)
            end = next_marker.start(1) - 1 if next_marker else len(content)
            if next_marker and next_marker[1] == _END[1:]:
                return b"".join([*parts, content[offset:end], _END])
        if marker not in _METADATA:
            parts.append(content[offset:end])
        offset = end
    return b""


def jpeg_bytes(image: Image.Image, quality: int = 88) -> bytes:
    """Return an RGB or L image as a JPEG file."""
    buffer = BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


def openable(encoded: bytes, image: Image.Image) -> bytes:
    """Return the file of an RGB image; a JPEG of the best quality that fits where it is too large for `open_image`.

    A photo whose JPEG takes 5 MB takes 30 as a PNG.
    """
    for quality in _QUALITIES:
        if len(encoded) <= MAX_BYTES:
            break
        encoded = jpeg_bytes(image, quality)
    return encoded


def png_bytes(image: Image.Image, compress_level: int = 1) -> bytes:
    """Return an image as a PNG; level 1 takes a third of the time of 6, for a few percent more bytes."""
    buffer = BytesIO()
    image.save(buffer, "PNG", compress_level=compress_level)
    return buffer.getvalue()
