"""How an image becomes the bytes that a dataset stores."""

import io
from typing import Literal

from PIL import Image

Format = Literal["jpeg", "png"]


def encode(image: Image.Image, format: Format = "jpeg", quality: int = 92) -> bytes:
    """Return an RGB or L image as the bytes of a file; `quality` (30 to 100) is that of a JPEG."""
    buffer = io.BytesIO()
    if format == "jpeg":
        image.save(buffer, "JPEG", quality=quality)
    else:
        image.save(buffer, "PNG", compress_level=3)  # 9 takes four times as long and saves a twentieth
    return buffer.getvalue()
