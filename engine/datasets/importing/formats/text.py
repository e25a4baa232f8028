"""docTR's labels.json: one JSON object of image names and labels, the images beside it or in a folder below."""

from collections.abc import Iterator
from typing import Any

from pydantic_core import from_json

from engine.datasets.importing.formats.base import ImportIssue, Item, Row, matched, unlabelled
from engine.datasets.importing.formats.listing import Format, Listing
from engine.datasets.importing.text_files import MAX_TEXT_BYTES


def _files(listing: Listing) -> list[str]:
    candidates = [name for name in listing.names if name.casefold().endswith(".json")]
    return [name for name in candidates if listing.names_images(name, _rows(name, _entries(listing, name)))]


def _read(listing: Listing, files: list[str]) -> Iterator[Item | ImportIssue]:
    used: set[str] = set()
    for name in files:
        yield from matched(listing.images, name, _rows(name, _entries(listing, name)), used)
    yield from unlabelled(listing.images, used)


def _entries(listing: Listing, name: str) -> dict[str, Any]:
    """Return the object in a file; empty for what holds none."""
    try:
        value = from_json(listing.tree.read(name, MAX_TEXT_BYTES).removeprefix(b"\xef\xbb\xbf"))
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


def _rows(file: str, entries: dict[str, Any]) -> Iterator[Row | ImportIssue]:
    for number, (name, label) in enumerate(entries.items(), 1):
        if isinstance(label, str):
            yield number, name, label, None
        else:
            yield ImportIssue(f"{file}, entry {number}", "line", f"{name[:80]}: {str(label)[:80]}")


DICTIONARY = Format("dictionary", "a JSON object of names and labels (docTR)", _files, _read)
