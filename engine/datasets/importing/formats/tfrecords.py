"""aocr's TFRecords: an image, its label and a comment in each record. A damaged file is read up to the damage."""

import struct
from collections.abc import Iterator

from engine.datasets.importing.formats.base import Format, ImportIssue, Item
from engine.datasets.importing.formats.listing import Listing
from engine.datasets.tfrecord import OVERHEAD, FeatureError, decode_example, unframe
from engine.sources.tree import Span, Tree, split_hint
from glyphlab_read.images.open import MAX_BYTES

_BLOCK = 4_000_000  # bytes read at once
_MAX_RECORD = MAX_BYTES + 100_000  # the largest image that is opened, with its label and comment
_GZIP = b"\x1f\x8b"
_LENGTH = struct.Struct("<Q")


def record_files(listing: Listing) -> list[str]:
    """Return the files of a source that are named as files of records are."""
    return [name for name in listing.names if ".tfrecord" in name.casefold()]


def read_records(listing: Listing, files: list[str]) -> Iterator[Item | ImportIssue]:
    """Yield the image of each record of some files."""
    for name in files:
        split = split_hint(name)
        count = 0
        try:
            if listing.tree.read(name, 2, Span(0, 2)) == _GZIP:
                yield ImportIssue(name, "packed")
                continue
            for count, (span, payload) in enumerate(_records(listing.tree, name), 1):
                record_name = f"{name}, record {count}"
                try:
                    yield Item(record_name, name, decode_example(payload).label, split, span)
                except FeatureError as error:
                    yield ImportIssue(record_name, "features", str(error))
                except ValueError as error:
                    yield ImportIssue(record_name, "record", str(error))
        except (OSError, ValueError) as error:
            yield ImportIssue(f"{name}, record {count + 1}", "record", f"{error}; the rest of the file was not read")


def image_in(record: bytes) -> bytes:
    """Return the encoded image of one record. Raises ValueError when it is damaged."""
    return decode_example(unframe(record)).image


def _records(tree: Tree, name: str) -> Iterator[tuple[Span, bytes]]:
    """Yield the span and the payload of each record. Raises OSError and ValueError."""
    offset, buffer, start = 0, b"", 0
    while True:
        if len(buffer) - start < OVERHEAD:
            buffer, start = tree.read(name, _MAX_RECORD, Span(offset, _BLOCK)), 0
            if not buffer:
                return
            if len(buffer) < OVERHEAD:
                raise ValueError("the last record is cut")
        size = _LENGTH.unpack_from(buffer, start)[0] + OVERHEAD
        if size > _MAX_RECORD:
            raise ValueError(f"a record of {size:,} bytes, if it is one")
        if size > len(buffer) - start:
            buffer, start = tree.read(name, _MAX_RECORD, Span(offset, max(_BLOCK, size))), 0
        yield Span(offset, size), unframe(buffer[start : start + size])
        offset, start = offset + size, start + size


TFRECORDS = Format("tfrecords", "TFRecords of images and labels (aocr)")
