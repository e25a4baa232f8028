"""Labels that stand in the names of image files."""

import posixpath
from collections.abc import Iterator

from engine.datasets.importing.formats.base import Format, Item
from engine.datasets.importing.formats.listing import Listing
from engine.sources.tree import folder_split_hint


def read_names(listing: Listing) -> Iterator[Item]:
    """Yield each image that is no mask or version of another, labelled by its name."""
    for name in listing.images.names:
        if name not in listing.companions:
            stem = posixpath.splitext(posixpath.basename(name))[0]
            yield Item(name, name, label_part(stem, listing.config.name_part), folder_split_hint(name))


def label_part(stem: str, part: str) -> str:
    """Return the label in a file name without its ending (word_1); all of it if it has no underscore."""
    if part == "whole" or "_" not in stem:
        return stem
    return stem.rpartition("_")[0] if part == "before" else stem.partition("_")[2]


NAMES = Format("names", "the label in each file's name")
