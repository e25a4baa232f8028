"""Tables as Parquet files that hold their own checksum, so that a bit that flips on the disk is found.

The checksum is the CRC-32 of the whole file with zeros in its own place, in the file's metadata. Files without one, as
older versions wrote them, are read as they are.
"""

import io
import zlib
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from glyphlab_read.parsing import read_regular

_MARK = b"glyphlab-crc32-"
_EMPTY = b"0" * 8
_MOST = 4_000_000_000  # bytes


def table_bytes(table: pa.Table) -> bytes:
    """Return a table as a compressed Parquet file with a checksum."""
    metadata = {**(table.schema.metadata or {}), b"checksum": _MARK + _EMPTY}
    content = parquet_bytes(table.replace_schema_metadata(metadata))
    place = content.rindex(_MARK) + len(_MARK)
    return content[:place] + b"%08x" % zlib.crc32(content) + content[place + len(_EMPTY) :]


def read_table(path: Path, columns: Sequence[str] | None = None) -> pa.Table:
    """Read a Parquet file. Raises OSError, or ValueError where it is no table or does not fit its checksum."""
    content = read_regular(path, _MOST)
    place = content.rfind(_MARK) + len(_MARK)
    if place >= len(_MARK):
        digits, end = content[place : place + len(_EMPTY)], content[place + len(_EMPTY) :]
        if digits != b"%08x" % zlib.crc32(end, zlib.crc32(content[:place] + _EMPTY)):
            raise ValueError(f"{path.name} does not fit its checksum, so it was damaged on the disk")
    return pq.read_table(pa.BufferReader(content), columns=columns and list(columns), use_pandas_metadata=True)


def parquet_bytes(table: pa.Table) -> bytes:
    """Return a table as a compressed Parquet file without a checksum: for files whose hash another file has."""
    buffer = io.BytesIO()
    pq.write_table(table, buffer, compression="zstd")
    return buffer.getvalue()
