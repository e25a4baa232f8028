"""Decoding of untrusted images: four formats, sizes checked before pixels are decoded, only pixels returned.

The format is detected from the bytes, never from the name. The EXIF orientation is applied, then colour profiles, EXIF
and comments are dropped. This module does not sandbox the decoders and reads no PDFs or animations.
"""

import warnings
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from engine.errors import ImageError, LargeImageError

FORMATS = ("PNG", "JPEG", "WEBP", "BMP")
EXTENSIONS = ("png", "jpg", "jpeg", "webp", "bmp")
MAX_BYTES = 10_000_000
MAX_SIDE = 8192
MAX_PIXELS = 25_000_000

# Pillow warns on stderr of what `_check_size` refuses before a pixel is decoded.
warnings.simplefilter("ignore", Image.DecompressionBombWarning)

_REMEDY = "Save it as PNG or JPEG and try again."


def open_image(source: bytes | Path) -> Image.Image:
    """Decode one image to RGB; transparent parts become white.

    Args:
        source: the file's bytes or its path.

    Raises:
        ImageError: it is missing, over 10 MB, no PNG, JPEG, WebP or BMP, animated, damaged or cut short, or over
            8192 pixels a side or 25 million in all.
    """
    content = source if isinstance(source, bytes) else _read(source)
    if len(content) > MAX_BYTES:
        raise LargeImageError(
            f"The file has over {MAX_BYTES // 10**6} MB, the most we open. Crop it or make it smaller."
        )
    # On malicious bytes Pillow's decoders raise exceptions of any type; each means that the image is not valid.
    try:
        image = Image.open(BytesIO(content), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise LargeImageError(
            f"The image has over {MAX_PIXELS // 10**6} million pixels. Crop it or make it smaller."
        ) from None
    except Exception:
        raise ImageError(
            f"These bytes are no PNG, JPEG, WebP or BMP image, whatever the name says. {_REMEDY}"
        ) from None
    with image:
        _check_size(image)
        frames = getattr(image, "n_frames", 1)
        if frames > 1 and image.format != "MPO":  # MPO: a phone's photo with its preview
            raise ImageError(f"The image is an animation of {frames} frames; we read still ones. {_REMEDY}")
        try:
            image.load()
            return _on_white(ImageOps.exif_transpose(image))
        except Exception as error:
            raise ImageError(f"The {image.format} image is damaged or cut short ({error}). {_REMEDY}") from None


def _read(path: Path) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ImageError(f"{path.name!r} cannot be read ({error.strerror}). Check the path.") from None


def _check_size(image: Image.Image) -> None:
    width, height = image.size
    if max(width, height) > MAX_SIDE or width * height > MAX_PIXELS:
        raise LargeImageError(
            f"The image is {width} × {height} pixels; at most {MAX_SIDE} a side and {MAX_PIXELS // 10**6} million in "
            "all are opened. Crop it or make it smaller."
        )


def _on_white(image: Image.Image) -> Image.Image:
    """Return RGB pixels without any metadata, composited on white where the image is transparent."""
    if image.mode.startswith("I"):  # 16 bits a pixel, which convert() would clip instead of scale
        image = Image.fromarray((np.asarray(image).astype(np.int64) >> 8).clip(0, 255).astype(np.uint8))
    if not image.has_transparency_data:
        plain = image.convert("RGB")
        plain.info.clear()
        return plain
    layer = image.convert("RGBA")
    white = Image.new("RGB", layer.size, "white")
    white.paste(layer, mask=layer.getchannel("A"))
    return white
