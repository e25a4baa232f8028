"""JPEG: the blocks and rings that a poor JPEG leaves, by storing the image as one and opening it again (Pillow)."""

import io

from PIL import Image


def jpeg(image: Image.Image, quality: int) -> Image.Image:
    """Return the image as it comes back from a JPEG of this quality (1 to 95)."""
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    with Image.open(buffer, formats=["JPEG"]) as stored:
        return stored.convert(image.mode)
