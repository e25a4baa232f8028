"""Photos told from words cut out that kept the boxes of their photos, where a table outlines texts in images."""

import itertools
from collections.abc import Iterator, Sequence
from statistics import median

from engine.datasets.scenes.importing.formats.listing import SceneListing
from engine.datasets.scenes.importing.formats.table import outlines
from engine.errors import ImageError, SourceError
from glyphlab_read.images.open import MAX_BYTES, open_image
from glyphlab_read.regions.quads import Points

_LOOKED = 12  # images that are opened
_PART = 0.5  # of an image: what an outline encloses less of is a word in a photo
_SLACK = 0.02  # of an image's side, by which an outline may stand out of it


def lists_photos(listing: SceneListing, file: str) -> bool:
    """Say whether a table lists photos: it outlines several texts in one, or a part of most. Raises SourceError."""
    photos = [photo for photo, _ in outlines(listing, file, "corners")]
    return len(set(photos)) < len(photos) or outlines_parts(listing, file)


def outlines_parts(listing: SceneListing, file: str) -> bool:
    """Say whether most of a table's outlines lie within their images and enclose a part of them. Raises SourceError."""
    for boxes in ("corners", "size"):
        found = list(outlines(listing, file, boxes))
        some = list(itertools.islice(_shares(listing, found[:: max(1, len(found) // _LOOKED)]), _LOOKED))
        if some and median(some) < _PART:
            return True
    return False


def _shares(listing: SceneListing, outlined: Sequence[tuple[str, Points]]) -> Iterator[float]:
    """Yield the share of its image that each outline encloses; 1 where it does not lie within it."""
    for photo, corners in outlined:
        try:
            sides = open_image(listing.tree.read(photo, MAX_BYTES)).size
        except (OSError, ImageError, SourceError):
            continue
        low, high = corners.min(axis=0), corners.max(axis=0)
        if high.max() > 1:  # else in shares of the image already
            low, high = low / sides, high / sides
        width, height = high - low
        yield float(width * height) if low.min() >= -_SLACK and high.max() <= 1 + _SLACK and width * height > 0 else 1.0
