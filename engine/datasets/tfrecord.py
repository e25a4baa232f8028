"""TFRecord framing: length, checksum of the length, payload, checksum of the payload; all little-endian.

A file cut between two records still reads without a fault, which is why datasets state sizes and counts beside their
shards. This module knows nothing of what a payload holds.
"""

import struct
from collections.abc import Iterator

import google_crc32c

_HEADER = struct.Struct("<QI")
_CHECKSUM = struct.Struct("<I")
OVERHEAD = _HEADER.size + _CHECKSUM.size  # bytes a record takes beside its payload


def frame(payload: bytes) -> bytes:
    """Return one record, ready to be appended to a file."""
    length = struct.pack("<Q", len(payload))
    return b"".join([length, _CHECKSUM.pack(_masked(length)), payload, _CHECKSUM.pack(_masked(payload))])


def unframe(record: bytes) -> bytes:
    """Return the payload of exactly one record.

    Raises:
        ValueError: the bytes are cut, too many, or not those that were written.
    """
    if len(record) < OVERHEAD:
        raise ValueError("a record is cut")
    length, checksum = _HEADER.unpack_from(record)
    payload = record[_HEADER.size : -_CHECKSUM.size]
    if _masked(record[:8]) != checksum or length != len(payload):
        raise ValueError("a record is cut or does not start where it should")
    if _masked(payload) != _CHECKSUM.unpack(record[-_CHECKSUM.size :])[0]:
        raise ValueError("a record fails its checksum")
    return payload


def records(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield offset and payload of each record of a whole file. Raises ValueError as `unframe` does."""
    offset = 0
    while offset < len(content):
        if offset + OVERHEAD > len(content):
            raise ValueError("the last record is cut")
        (length,) = struct.unpack_from("<Q", content, offset)
        end = offset + length + OVERHEAD
        yield offset, unframe(content[offset:end])
        offset = end


def _masked(content: bytes) -> int:
    """Return the CRC-32C of bytes, turned and shifted as the format asks, so that checksums of checksums differ."""
    crc = google_crc32c.value(content)
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF
