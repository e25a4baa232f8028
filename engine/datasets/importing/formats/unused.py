"""Files that may hold labels and that no format takes: they are named, with the reason why they are not used."""

import posixpath
import re

from engine.datasets.importing.formats.listing import Listing
from engine.errors import SourceError

_MAY_HOLD_LABELS = (".txt", ".csv", ".tsv", ".lst", ".list", ".json", ".jsonl", ".ndjson", ".xml", ".parquet", ".xlsx")
_LABEL_WORDS = re.compile(
    r"(?<![a-z])(labels?|gt|annotations?|transcri\w+|truth|metadata|captions?|texts?|words?)(?![a-z])"
)
_MOST = 0.5  # share of the lines of a list that name images
_PROSE = ("readme", "license", "licence", "copying", "notice", "changelog", "authors", "citation", "requirements")


def may_hold_labels(name: str) -> bool:
    """Say whether a file may hold labels, by its name."""
    prose = posixpath.basename(name).casefold().startswith(_PROSE)
    return name.casefold().endswith(_MAY_HOLD_LABELS) and not prose


def is_named_like_labels(name: str) -> bool:
    """Say whether a file's name says that it holds labels."""
    return bool(_LABEL_WORDS.search(name.casefold()))


def reason_of(listing: Listing, name: str) -> str:
    """Return why no format takes a file that names images or is named like labels; empty where it does neither.

    Raises:
        SourceError: it cannot be read.
    """
    if name.casefold().endswith((".parquet", ".xlsx")):
        return "it is a table that is not read; save it as CSV"
    lines = [line for line in listing.head(name) if line.strip()]
    if not lines:
        return "it is no text" if listing.tree.read(name, 1) else ""
    unknown = next((line for line in lines if listing.images.mentioned(line)), None)
    if unknown is None and not is_named_like_labels(name):
        return ""
    return f"no format of labels fits it, first in {(unknown or lines[0])[:80]!r}"


def lists_images(listing: Listing, name: str) -> bool:
    """Say whether a file seems to list images, and does not just mention some as prose does."""
    lines = [line for line in listing.head(name) if line.strip()]
    named = sum(listing.images.mentioned(line) is not None for line in lines)
    return named > 0 and (named >= _MOST * len(lines) or not name.casefold().endswith((".txt", ".csv", ".tsv")))


def lists_names_alone(listing: Listing, name: str) -> bool:
    """Say whether each of a file's first lines is an image's name and nothing else, as in lists of a split."""
    try:
        lines = [line.strip() for line in listing.head(name) if line.strip()]
    except SourceError:
        return False
    return bool(lines) and all(listing.images.find(line, name) is not None for line in lines)
