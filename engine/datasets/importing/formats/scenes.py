"""Photos with outlines of text where words cut out are looked for."""

import itertools
from collections.abc import Iterator, Sequence
from statistics import median

from engine.config.scene_importing import SceneImportConfig
from engine.datasets.importing.formats.listing import Listing
from engine.datasets.scenes.importing.formats import SCENE_FORMATS
from engine.datasets.scenes.importing.formats.listing import SceneListing
from engine.datasets.scenes.importing.formats.table import TABLE, outlines
from engine.errors import ImageError, SourceError, UnsafeSourceError
from engine.sources.questions import Remedy
from glyphlab_read.images.open import MAX_BYTES, open_image
from glyphlab_read.regions.quads import Points

CUT_OUT = Remedy("cut the words out of the photos", "scenes", "cut")
CUT_LINES = Remedy("cut whole lines out of them", "scenes", "lines")

_LOOKED = 12  # photos that are opened
_PART = 0.5  # of an image: what an outline encloses less of is a word in a photo
_SLACK = 0.02  # of an image's side, by which an outline may stand out of it


def scenes_in(listing: Listing) -> str:
    """Return the title of the format in which a source outlines texts in photos; empty where it does not.

    Raises:
        UnsafeSourceError: the source is not safe to read.
    """
    scenes = _scenes_of(listing)
    for format in SCENE_FORMATS.values():
        if format.name in ("masks", "no-text"):  # pictures beside pictures say nothing of texts
            continue
        try:
            if format.files(scenes):
                return format.title
        except UnsafeSourceError:
            raise
        except SourceError:
            continue
    return ""


def parts_of_images(listing: Listing, files: Sequence[str]) -> str:
    """Return the first of some lists of labels that outlines each text within its image; empty where none does.

    Such images are photos with one word each: whole, they would come in under that word. Crops may keep the box that
    they had in their photo, which lies beyond them, or one around nearly all of them.

    Raises:
        UnsafeSourceError: the source is not safe to read.
    """
    scenes = _scenes_of(listing)
    try:
        tables = TABLE.files(scenes)
    except UnsafeSourceError:
        raise
    except SourceError:
        return ""
    return next((file for file in tables if file in files and _outlines_parts(scenes, file)), "")


def _outlines_parts(scenes: SceneListing, file: str) -> bool:
    """Say whether most of a table's outlines lie within their images and enclose a part of them."""
    for boxes in ("corners", "size"):
        found = list(outlines(scenes, file, boxes))
        some = list(itertools.islice(_shares(scenes, found[:: max(1, len(found) // _LOOKED)]), _LOOKED))
        if some and median(some) < _PART:
            return True
    return False


def _shares(scenes: SceneListing, outlined: Sequence[tuple[str, Points]]) -> Iterator[float]:
    """Yield the share of its image that each outline encloses; 1 where it does not lie within it."""
    for photo, corners in outlined:
        try:
            sides = open_image(scenes.tree.read(photo, MAX_BYTES)).size
        except (OSError, ImageError):
            continue
        low, high = corners.min(axis=0), corners.max(axis=0)
        if high.max() > 1:  # else in shares of the image already
            low, high = low / sides, high / sides
        width, height = high - low
        yield float(width * height) if low.min() >= -_SLACK and high.max() <= 1 + _SLACK and width * height > 0 else 1.0


def _scenes_of(listing: Listing) -> SceneListing:
    return SceneListing(listing.tree, SceneImportConfig(path="it", encoding=listing.config.encoding))
