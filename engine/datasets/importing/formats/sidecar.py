"""One text file beside each image, named alike but for its ending (.txt or .gt.txt), with one line: the label."""

from collections.abc import Iterator

from engine.datasets.importing.formats.base import ImportIssue, Item, unlabelled
from engine.datasets.importing.formats.listing import Format, Listing
from engine.errors import SourceError
from engine.sources.tree import folder_split_hint

_ENOUGH = 0.5  # share of the images that must have a text file


def _files(listing: Listing) -> list[str]:
    found = list(listing.sidecars.values())
    return found if found and len(found) >= _ENOUGH * len(listing.images.names) else []


def _read(listing: Listing, _: list[str]) -> Iterator[Item | ImportIssue]:
    for image, text in listing.sidecars.items():
        try:
            lines = [line for line in listing.lines(text) if line.strip()]
        except SourceError as error:
            yield ImportIssue(text, "line", str(error))
            continue
        if len(lines) > 1:
            yield ImportIssue(text, "line", f"{len(lines)} lines where one label should be")
        else:
            yield Item(image, image, lines[0] if lines else "", folder_split_hint(image))
    yield from unlabelled(listing.images, set(listing.sidecars))


SIDECAR = Format("sidecar", "a text file beside each image", _files, _read)
