"""Mask pictures: white where there is text, one beside each photo; and photos that are known to hold none.

A mask is named as its photo, in a folder of masks (masks, gt, labels, …) or with "mask" in its own name. Each connected
part of it becomes a region: its rectangle where it nearly fills that, else its outline.
"""

import posixpath
import re

import cv2
import numpy as np

from engine.datasets.scenes.importing.formats.base import (
    MAX_REGIONS,
    Entries,
    ListedRegion,
    ListedScene,
    SceneFormat,
    SceneIssue,
    region,
    unlabelled_photos,
)
from engine.datasets.scenes.importing.formats.listing import SceneListing
from engine.errors import ImageError, SourceError
from engine.regions.polygons import offset
from glyphlab_read.images.open import MAX_BYTES, open_image
from glyphlab_read.regions.quads import Points, area, enclosing_quad

_FOLDERS = re.compile(r"mask|^gts?$|groundtruth|ground_truth|^labels?$|annotation|segmentation", re.IGNORECASE)
_IN_NAME = re.compile(r"(?:^masks?[_.-])|(?:[_.-](?:masks?|gt|seg|label)$)", re.IGNORECASE)
_WHITE = 127
_SMALLEST = 4  # px a part has at least
_FILLED = 0.88  # of its rectangle that a part covers to count as one
_LEAST = 0.5  # of the masks that must belong to a photo


def _is_mask(name: str) -> bool:
    folders = posixpath.dirname(name).split("/")
    return any(_FOLDERS.search(folder) for folder in folders) or bool(_IN_NAME.search(_stem(name)))


def _stem(name: str) -> str:
    return posixpath.splitext(posixpath.basename(name))[0]


def _pairs(listing: SceneListing) -> dict[str, str]:
    """Return the mask of each photo that has one."""
    masks = [name for name in listing.images.names if _is_mask(name)]
    by_stem: dict[str, list[str]] = {}
    for mask in masks:
        by_stem.setdefault(_IN_NAME.sub("", _stem(mask)).casefold(), []).append(mask)
    pairs = {}
    for photo in listing.images.names:
        found = by_stem.get(_stem(photo).casefold(), []) if not _is_mask(photo) else []
        if found:
            pairs[photo] = max(found, key=lambda mask: len(posixpath.commonprefix([mask, photo])))
    return pairs if len(set(pairs.values())) >= _LEAST * len(masks) else {}


def _read(listing: SceneListing, files: list[str]) -> Entries:
    pairs = _pairs(listing)
    for photo, mask in pairs.items():
        try:
            image = open_image(listing.content(mask, MAX_BYTES))
            regions = regions_of_mask(listing, np.asarray(image).max(axis=2))
        except (ImageError, SourceError, ValueError) as error:
            yield SceneIssue(mask, "record", str(error))
            continue
        split = listing.split(photo, mask)
        yield ListedScene(photo, photo, regions, split, (float(image.width), float(image.height)), relative=True)
    masks = {name for name in listing.images.names if _is_mask(name)}
    yield from unlabelled_photos(listing, pairs.keys() | masks)


def regions_of_mask(listing: SceneListing, mask: np.ndarray) -> list[ListedRegion]:
    """Return a region for each connected part of a mask (H, W), uint8. Raises ValueError for too many."""
    binary = (mask > _WHITE).astype(np.uint8)
    outlines, _ = cv2.findContours(binary, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    if len(outlines) > MAX_REGIONS:
        raise ValueError(f"over {MAX_REGIONS:,} parts in one mask")
    found = [_outline(outline.reshape(-1, 2).astype(np.float32) + 0.5) for outline in outlines]
    return [region(each, None, listing, "word") for each in found if each is not None]


def _outline(centres: Points) -> Points | None:
    """Return the outline of a part from the centres of the pixels at its edge, which are half a pixel inside."""
    quad = offset(enclosing_quad(centres), 0.5) if len(centres) > 2 else None
    grown = offset(centres, 0.5) if len(centres) > 2 else None
    if quad is None or grown is None or abs(area(grown)) < _SMALLEST:
        return None
    if abs(area(grown)) >= _FILLED * abs(area(quad)):
        return quad
    return cv2.approxPolyDP(grown, 0.75, closed=True).reshape(-1, 2).astype(np.float32)


MASKS = SceneFormat(
    "masks",
    "a mask picture for each photo, white where there is text",
    lambda listing: list(_pairs(listing).values()),
    _read,
)


def _read_no_text(listing: SceneListing, files: list[str]) -> Entries:
    for name in files:
        yield ListedScene(name, name, [], listing.split(name, name))


NO_TEXT = SceneFormat("no-text", "photos that hold no text", lambda listing: listing.images.names, _read_no_text)
