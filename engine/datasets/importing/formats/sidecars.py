"""A text file for each image, with its label as the only line: beside it, or in a folder of texts."""

from collections.abc import Iterator

from engine.datasets.importing.formats.base import Format, ImportIssue, Item
from engine.datasets.importing.formats.listing import Listing
from engine.errors import SourceError
from engine.sources.tree import folder_split_hint


def read_sidecars(listing: Listing, sidecars: dict[str, str]) -> Iterator[tuple[str, Item | ImportIssue]]:
    """Yield each image of `sidecars` with what its text file says."""
    for image, text in sidecars.items():
        try:
            lines = [line for line in listing.lines(text) if line.strip()]
        except SourceError as error:
            yield image, ImportIssue(text, "line", str(error))
            continue
        if len(lines) > 1:
            yield image, ImportIssue(text, "line", f"{len(lines)} lines where one label should be")
        else:
            yield image, Item(image, image, lines[0] if lines else "", folder_split_hint(image))


SIDECAR = Format("sidecar", "a text file beside each image")
