"""Encoding of drawn images as the bytes that a dataset stores."""

import io
from typing import Literal

import cv2
import numpy as np
from PIL import Image

from engine.images.encode import png_bytes

Format = Literal["jpeg", "png"]


def encode(image: Image.Image, format: Format = "jpeg", quality: int = 92) -> bytes:
    """Return an RGB or L image as the bytes of a file; `quality` (30 to 100) is that of a JPEG."""
    if format == "jpeg":  # by OpenCV: the bytes that Pillow writes, sooner
        pixels = np.asarray(image)
        planes = pixels if image.mode == "L" else cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR)
        return cv2.imencode(".jpg", planes, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()
    return png_bytes(image, 3)  # 9 takes four times as long and saves a twentieth


def stored(image: Image.Image, format: Format = "jpeg", quality: int = 92) -> Image.Image:
    """Return an image as a dataset gives it back: a JPEG leaves traces that measures see."""
    with Image.open(io.BytesIO(encode(image, format, quality))) as opened:
        return opened.convert("RGB")
