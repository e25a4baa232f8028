"""Files that may hold labels and that no format takes: file names are no labels while such a file lies beside them."""

import posixpath
import re

from engine.datasets.importing.formats.listing import Listing
from engine.errors import SourceError

_MAY_HOLD_LABELS = (".txt", ".csv", ".tsv", ".lst", ".list", ".json", ".jsonl", ".ndjson", ".xml", ".parquet", ".xlsx")
_LABEL_WORDS = re.compile(
    r"(?<![a-z])(labels?|gt|annotations?|transcri\w+|truth|metadata|captions?|texts?|words?)(?![a-z])"
)
_PROSE = ("readme", "license", "licence", "copying", "notice", "changelog", "authors", "citation", "requirements")
_LOOKED_INTO = 200  # such files; a source with more is told of the first


def refuse_unused_lists(listing: Listing) -> None:
    """Refuse to take file names for labels where a file may hold the labels.

    Raises:
        SourceError: there is such a file; it is named, with the reason why it is not used.
    """
    files = [name for name in listing.names if name.casefold().endswith(_MAY_HOLD_LABELS) and not _is_prose(name)]
    for name in files[:_LOOKED_INTO]:
        reason = _reason(listing, name)
        if reason:
            raise SourceError(
                f"{name!r} lies beside the images and is not used: {reason}. So file names would become the labels. "
                "Put the labels into a form that is read (a labels.tsv: image name, tab, text), choose the format "
                "or the encoding; or choose the format names (--format names) if file names are the labels."
            )


def _is_prose(name: str) -> bool:
    return posixpath.basename(name).casefold().startswith(_PROSE)


def _reason(listing: Listing, name: str) -> str:
    """Return why a file that may hold labels is not used; empty where nothing in it looks like one."""
    if name in listing.sidecars.values():
        return f"only {len(listing.sidecars):,} of {len(listing.images.names):,} images have a text file beside them"
    if name.casefold().endswith((".parquet", ".xlsx")):
        return "it is a table that is not read; save it as CSV"
    lines = [line for line in listing.head(name) if line.strip()]
    if not lines:
        return "it is no text" if listing.tree.read(name, 1) else ""
    unknown = next((line for line in lines if listing.images.mentioned(line)), None)
    if unknown is None and not _LABEL_WORDS.search(name.casefold()):
        return ""
    return f"no format of labels fits it, first in {(unknown or lines[0])[:80]!r}"
