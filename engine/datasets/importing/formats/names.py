"""The label in each image's own file name, as trdg and others save them: word_1.png."""

import posixpath
from collections.abc import Iterator

from engine.datasets.importing.formats.base import Item
from engine.datasets.importing.formats.listing import Format, Listing
from engine.sources.tree import folder_split_hint


def _read(listing: Listing, files: list[str]) -> Iterator[Item]:
    for name in files:
        stem = posixpath.splitext(posixpath.basename(name))[0]
        yield Item(name, name, label_part(stem, listing.config.name_part), folder_split_hint(name))


def label_part(stem: str, part: str) -> str:
    """Return the label in a file name without its ending; all of it if it has no underscore."""
    if part == "whole" or "_" not in stem:
        return stem
    return stem.rpartition("_")[0] if part == "before" else stem.partition("_")[2]


NAMES = Format("names", "the label in each file's name", lambda listing: listing.images.names, _read)
