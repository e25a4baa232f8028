"""Tables as Parquet files that hold their own checksum, so that a bit that flips on the disk is found.

The checksum is the CRC-32 of the whole file with zeros in its own place, in the file's metadata. Files without one, as
older versions wrote them, are read as they are.
"""

import io
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from glyphlab_read.parsing import read_regular

if TYPE_CHECKING:  # processes that draw write tables, too, and start sooner without pandas
    import pandas as pd

_MARK = b"glyphlab-crc32-"
_EMPTY = b"0" * 8
_MOST = 4_000_000_000  # bytes
_UNPACKED = 4_000_000_000  # bytes of a table in memory
_ENCODINGS = {"PLAIN", "RLE", "RLE_DICTIONARY", "PLAIN_DICTIONARY", "BIT_PACKED"}  # that our tables are written in


def table_bytes(table: pa.Table) -> bytes:
    """Return a table as a compressed Parquet file with a checksum."""
    metadata = {**(table.schema.metadata or {}), b"checksum": _MARK + _EMPTY}
    content = parquet_bytes(table.replace_schema_metadata(metadata))
    place = content.rindex(_MARK) + len(_MARK)
    return content[:place] + b"%08x" % zlib.crc32(content) + content[place + len(_EMPTY) :]


def read_table(path: Path, columns: Sequence[str] | None = None) -> pa.Table:
    """Read a Parquet file.

    Raises:
        OSError: it cannot be read; ValueError: it is no table, does not fit its checksum, or unpacks to too much.
    """
    content = read_regular(path, _MOST)
    place = content.rfind(_MARK) + len(_MARK)
    if place >= len(_MARK):
        digits, end = content[place : place + len(_EMPTY)], content[place + len(_EMPTY) :]
        if digits != b"%08x" % zlib.crc32(end, zlib.crc32(content[:place] + _EMPTY)):
            raise ValueError(f"{path.name} does not fit its checksum, so it was damaged on the disk")
    _refuse_bomb(content)
    return pq.read_table(pa.BufferReader(content), columns=columns and list(columns), use_pandas_metadata=True)


def from_frames(frames: "Iterable[pd.DataFrame]", schemas: Iterable[pa.Schema]) -> list[pa.Table]:
    """Return data frames as tables, each of its schema. Raises ValueError where one does not fit."""
    pairs = zip(frames, schemas, strict=True)
    return [pa.Table.from_pandas(frame, schema=schema, preserve_index=False) for frame, schema in pairs]


def to_frames(tables: Iterable[pa.Table], schemas: Iterable[pa.Schema]) -> "list[pd.DataFrame]":
    """Return tables as data frames, each of its schema. Raises ValueError where one does not fit."""
    return [table.cast(schema).to_pandas() for table, schema in zip(tables, schemas, strict=True)]


def parquet_bytes(table: pa.Table) -> bytes:
    """Return a table as a compressed Parquet file without a checksum: for files whose hash another file has."""
    buffer = io.BytesIO()
    pq.write_table(table, buffer, compression="zstd")
    return buffer.getvalue()


def _refuse_bomb(content: bytes) -> None:
    """Refuse a table that would fill the memory: two kilobytes can say a text of 50 MB for each of 100,000 rows."""
    meta = pq.read_metadata(pa.BufferReader(content))
    groups = [meta.row_group(group) for group in range(meta.num_row_groups)]
    chunks = [group.column(place) for group in groups for place in range(meta.num_columns)]
    values = sum(8 * chunk.num_values for chunk in chunks)
    if max(values, sum(chunk.total_uncompressed_size for chunk in chunks)) > _UNPACKED:
        raise ValueError("it unpacks to more than 4 GB")
    texts = [chunk for chunk in chunks if chunk.physical_type.endswith("BYTE_ARRAY")]
    if any(set(chunk.encodings) - _ENCODINGS or chunk.physical_type != "BYTE_ARRAY" for chunk in texts):
        raise ValueError("its texts are packed as Glyphlab packs none")
    large = {chunk.path_in_schema for chunk in texts if chunk.num_values * chunk.total_uncompressed_size > _UNPACKED}
    if large and sum(_lengths(content, large)) > _UNPACKED:
        raise ValueError("it unpacks to more than 4 GB")


def _lengths(content: bytes, paths: set[str]) -> Iterator[int]:
    """Yield the bytes of texts in columns, by what each of them says once and how often it is said."""
    file = pq.ParquetFile(pa.BufferReader(content), read_dictionary=sorted(paths))
    names = sorted({path.partition(".")[0] for path in paths})
    for group in range(file.metadata.num_row_groups):
        for column in file.read_row_group(group, columns=names).itercolumns():
            for array in column.chunks:
                while isinstance(array, pa.ListArray | pa.LargeListArray):
                    array = array.flatten()
                if isinstance(array, pa.DictionaryArray):
                    lengths = pc.call_function("binary_length", [array.dictionary])
                    times = np.bincount(array.indices.drop_null(), minlength=len(lengths))
                    yield int(times @ lengths.to_numpy().astype(np.int64))
