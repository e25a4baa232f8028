"""Look at a source: list what it holds, open every image once, and note what came of it. Judges no label.

What was found depends on the source and on how it is read, not on the rules, so that one look serves any number of
changes of the rules (`judging.py`). Looking at part of a large source takes entries evenly out of all of it.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from engine.config.importing import FormatName, ImportConfig
from engine.datasets.importing.formats import detect
from engine.datasets.importing.formats.base import ImportIssue, Item
from engine.datasets.importing.formats.listing import Listing
from engine.datasets.importing.formats.tfrecords import image_in
from engine.errors import ImageError, LargeImageError
from engine.images.encode import pixel_digest
from engine.images.open import MAX_BYTES, open_image
from engine.sources.tree import Tree

Fault = Literal["", "undecodable", "too_large", "unreadable"]
Watch = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class ScannedItem:
    """One image that was looked at.

    Attributes:
        item: which it is, and its label as listed.
        digest: of its pixels and size, 16 bytes; empty when it could not be opened.
        width, height: in px, upright.
        bytes: the size of its file.
        fault: why it could not be opened, empty if it was; `detail` says more.
    """

    item: Item
    digest: bytes = b""
    width: int = 0
    height: int = 0
    bytes: int = 0
    fault: Fault = ""
    detail: str = ""


@dataclass(frozen=True)
class ScanResult:
    """What a source holds.

    Attributes:
        title: what people call the source.
        format, written: the format its labels are in, in config's word and in people's.
        files: the files that list the labels, at most 20.
        looks: the images that were looked at, in the order of the list.
        flaws: entries that are no image with a label.
        listed: how many images with labels there are; more than `looks` if only a part was looked at.
        seconds: how long the look took.
    """

    title: str
    format: FormatName
    written: str
    files: list[str]
    looks: list[ScannedItem]
    flaws: list[ImportIssue]
    listed: int
    seconds: float


def scan(tree: Tree, config: ImportConfig, watch: Watch | None = None, limit: int | None = None) -> ScanResult:
    """Look at a source.

    Args:
        tree: its files.
        config: how they are to be read; its rules do not matter here.
        watch: called after each image with how many are done, and of how many; may raise to stop.
        limit: the most images to open; None opens all.

    Raises:
        SourceError: the source holds no images with labels, or is not safe to read.
    """
    began = time.monotonic()
    listing = Listing(tree, config)
    format, files = detect(listing)
    entries = [*format.read(listing, files), *(ImportIssue(refused.name, refused.reason) for refused in tree.refused)]
    items = [entry for entry in entries if isinstance(entry, Item)]
    chosen = items if limit is None else items[:: max(1, -(-len(items) // limit))]
    looks = []
    for done, item in enumerate(chosen, 1):
        looks.append(_look_at(tree, item))
        if watch is not None:
            watch(done, len(chosen))
    flaws = [entry for entry in entries if isinstance(entry, ImportIssue)]
    seconds = time.monotonic() - began
    return ScanResult(tree.title, format.name, format.title, files[:20], looks, flaws, len(items), seconds)


def image_bytes(tree: Tree, item: Item) -> bytes:
    """Return an item's encoded image; of one that is too large, the first 10 MB and a byte.

    Raises:
        OSError, ValueError: it cannot be read.
        SourceError: the archive is not what it says.
    """
    content = tree.read(item.member, MAX_BYTES if item.span is None else item.span.bytes, item.span)
    return content if item.span is None else image_in(content)


def _look_at(tree: Tree, item: Item) -> ScannedItem:
    try:
        content = image_bytes(tree, item)
    except (OSError, ValueError) as error:
        return ScannedItem(item, fault="unreadable", detail=str(error))
    try:
        image = open_image(content)
    except ImageError as error:
        fault = "too_large" if isinstance(error, LargeImageError) else "undecodable"
        return ScannedItem(item, bytes=len(content), fault=fault, detail=str(error))
    return ScannedItem(item, pixel_digest(image), image.width, image.height, len(content))
