"""Images as callers hand them over: paths, bytes, arrays or open images; the images of folders; what a size tells.

Paths and bytes are opened by `open_image` with all its limits; open images are turned and laid on a ground as it
does, and arrays are taken as they are.
"""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from glyphlab_read.errors import ImageError, SourceError
from glyphlab_read.images.open import EXTENSIONS, FORMATS, as_opened, open_image

Source = str | os.PathLike[str] | bytes | Image.Image | npt.NDArray[np.uint8]
"""An image file's path or bytes, an open image of any mode, or pixels uint8 (H, W) in grey or (H, W, 3) in RGB."""

_PHOTO = 400  # px; words and lines that were cut out are lower
_LONG = 4  # times as long as wide: a line of text, even where it was scanned finely
_ENDINGS = tuple(f".{extension}" for extension in EXTENSIONS)


def as_image(source: Source) -> Image.Image:
    """Return an open image.

    Raises:
        ImageError: it cannot be opened, or the array holds no pixels as described.
    """
    if isinstance(source, Image.Image):
        return as_opened(source)
    if isinstance(source, np.ndarray):
        grey, colour = source.ndim == 2, source.ndim == 3 and source.shape[2] == 3
        if source.dtype != np.uint8 or not source.size or not (grey or colour):
            raise ImageError(
                f"An array of {source.dtype} in the shape {source.shape} is no image. Give uint8 in "
                "(height, width), grey, or in (height, width, 3): red, green and blue."
            )
        return Image.fromarray(source)
    return open_image(source if isinstance(source, bytes) else Path(source))


def image_files(places: Iterable[str | os.PathLike[str]]) -> Iterator[Path]:
    """Yield files as they are given, and of each folder the images below it, sorted by their paths.

    Raises:
        SourceError: a folder holds no image.
    """
    for place in map(Path, places):
        if not place.is_dir():
            yield place
            continue
        found = sorted(path for path in place.rglob("*") if path.name.casefold().endswith(_ENDINGS) and path.is_file())
        if not found:
            raise SourceError(f"The folder {place.name!r} holds no {', '.join(EXTENSIONS)} file. Give another folder.")
        yield from found


def is_photo_size(width: int, height: int) -> bool:
    """Say whether an image of a size in px is a whole photo rather than a word or a line that was cut out of one."""
    small, large = sorted((width, height))
    return small > _PHOTO and large < _LONG * small


def is_photo_file(path: Path) -> bool:
    """Say the same of an image file by its header; False where it has none."""
    try:
        with Image.open(path, formats=FORMATS) as image:
            return is_photo_size(*image.size)
    except Exception:  # on malicious bytes Pillow raises exceptions of any type; opening the file tells
        return False
