"""Decoding of untrusted images: five formats, sizes checked before pixels are decoded, only pixels returned.

The format is detected from the bytes, never from the name. The EXIF orientation is applied, then colour profiles, EXIF
and comments are dropped. This module does not sandbox the decoders and reads no PDFs, animations or files of pages.
"""

import warnings
from io import BytesIO
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import ExifTags, Image, ImageOps

from glyphlab_read.errors import ImageError, LargeImageError
from glyphlab_read.images.transparency import on_readable_ground

FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "TIFF")
EXTENSIONS = ("png", "jpg", "jpeg", "webp", "bmp", "tif", "tiff")
FORMAT_NAMES = "PNG, JPEG, WebP, BMP or TIFF"
"""The formats as sentences name them."""
MAX_BYTES = 10_000_000
MAX_SIDE = 8192
MAX_PIXELS = 25_000_000

# Pillow warns on stderr of what `_check_size` refuses before a pixel is decoded.
warnings.simplefilter("ignore", Image.DecompressionBombWarning)

_REMEDY = "Save it as PNG or JPEG and try again."
_SUBFILE, _PREVIEW = 254, 1  # a tag of TIFF, and its bit for a smaller version of another page
_LOOKED_AT = 8  # pages that may be previews, before a file counts as one of several pages


def open_image(source: bytes | Path) -> Image.Image:
    """Decode one image to RGB; transparent parts become white, or another ground where white would hide the text.

    Args:
        source: the file's bytes or its path.

    Raises:
        ImageError: it is missing, over 10 MB, no PNG, JPEG, WebP, BMP or TIFF, animated, of several pages, damaged or
            cut short, or over 8192 pixels a side or 25 million in all.
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
        raise ImageError(f"These bytes are no {FORMAT_NAMES} image, whatever the name says. {_REMEDY}") from None
    with image:
        _check_size(image)
        _check_single(image)
        try:
            image.load()
            ImageOps.exif_transpose(image, in_place=True)  # otherwise a copy, turned or not
            return _plain(image)
        except Exception as error:
            raise ImageError(f"The {image.format} image is damaged or cut short ({error}). {_REMEDY}") from None


def as_opened(image: Image.Image) -> Image.Image:
    """Return an image that a caller opened as `open_image` makes it of its file; grey stays grey.

    Its size is the caller's choice, and errors of its file are Pillow's own.
    """
    if image.getexif().get(ExifTags.Base.Orientation, 1) != 1:
        image = ImageOps.exif_transpose(image)
    plain = image.mode in ("L", "RGB") and not image.has_transparency_data
    return image if plain else _plain(image)


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


def _check_single(image: Image.Image) -> None:
    """Raise ImageError when a file holds several images; a phone's photo and a TIFF may have previews beside it."""
    if image.format == "TIFF":
        if _has_pages(image):
            raise ImageError("The TIFF file holds several pages; we read files of one. Save each page as a file.")
        return
    frames = getattr(image, "n_frames", 1)
    if frames > 1 and image.format != "MPO":
        raise ImageError(f"The image is an animation of {frames} frames; we read still ones. {_REMEDY}")


def _has_pages(image: Image.Image) -> bool:
    """Say whether a TIFF has another whole page; a file may list millions, so that few are looked at."""
    try:
        for number in range(1, _LOOKED_AT):
            image.seek(number)
            if not image.tag_v2.get(_SUBFILE, 0) & _PREVIEW:  # pyright: ignore[reportAttributeAccessIssue]
                return True
    except EOFError:
        image.seek(0)
        return False
    except Exception as error:
        raise ImageError(f"The TIFF image is damaged or cut short ({error}). {_REMEDY}") from None
    return True


def _plain(image: Image.Image) -> Image.Image:
    """Return 8-bit RGB pixels without any metadata."""
    if image.mode.startswith("I;16"):  # convert() would clip them instead of scale
        image = Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    elif image.mode in ("I", "F"):
        image = Image.fromarray(_scaled(np.asarray(image, np.float32)))
    if image.has_transparency_data:
        return on_readable_ground(image.convert("RGBA"))
    plain = image.convert("RGB")
    plain.info.clear()
    return plain


def _scaled(levels: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
    """Return levels of any numbers, which count to 1, 255 or 65,535, as bytes."""
    levels = np.nan_to_num(levels, nan=0.0, posinf=0.0, neginf=0.0)
    most = float(levels.max(initial=0.0))
    white = next((white for white in (1.0, 255.0, 65_535.0) if most <= white), most)
    return (levels.clip(0, white) * (255 / white)).round().astype(np.uint8)
