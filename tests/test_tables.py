"""A table comes back as it was, or is refused; no bit of it may flip unseen."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from engine.tables import parquet_bytes, read_table, table_bytes
from tests.helpers.damage import flipped

FRAME = pd.DataFrame(
    {"text": ["a", "é", None], "seconds": [0.5, 1.0, float("nan")], "number": [1, 2, 3]}, index=[4, 5, 9]
)


def test_a_table_comes_back_with_its_index_and_metadata(tmp_path: Path):
    path = tmp_path / "table.parquet"
    path.write_bytes(table_bytes(pa.Table.from_pandas(FRAME)))
    pd.testing.assert_frame_equal(read_table(path).to_pandas(), FRAME)
    pd.testing.assert_frame_equal(read_table(path, ["text"]).to_pandas(), FRAME[["text"]])
    path.write_bytes(table_bytes(pa.table({"a": [1]}).replace_schema_metadata({"facts": "x"})))
    assert (read_table(path).schema.metadata or {})[b"facts"] == b"x"


def test_equal_tables_have_equal_bytes():
    assert table_bytes(pa.Table.from_pandas(FRAME)) == table_bytes(pa.Table.from_pandas(FRAME.copy()))


def test_what_is_no_regular_file_is_refused_and_not_waited_for(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to("/dev/zero")
    for name in ("pipe", "folder", "link"):
        with pytest.raises((OSError, ValueError)):
            read_table(tmp_path / name)


def test_no_flipped_bit_is_read_as_another_table(tmp_path: Path):
    path = tmp_path / "table.parquet"
    whole = table_bytes(pa.Table.from_pandas(FRAME))
    refused = 0
    for place in range(len(whole)):
        path.write_bytes(flipped(whole, place))
        try:
            pd.testing.assert_frame_equal(read_table(path).to_pandas(), FRAME)
        except ValueError:
            refused += 1
    assert refused > len(whole) - 30  # all but the name of the checksum itself


@pytest.mark.parametrize("length", [0, 3, 100, -1])
def test_a_cut_table_is_refused(tmp_path: Path, length: int):
    path = tmp_path / "table.parquet"
    path.write_bytes(table_bytes(pa.Table.from_pandas(FRAME))[:length])
    with pytest.raises(ValueError):
        read_table(path)


def test_a_table_without_a_checksum_is_read_as_older_versions_wrote_it(tmp_path: Path):
    path = tmp_path / "table.parquet"
    path.write_bytes(parquet_bytes(pa.Table.from_pandas(FRAME)))
    pd.testing.assert_frame_equal(read_table(path).to_pandas(), FRAME)
    FRAME.to_parquet(path)
    pd.testing.assert_frame_equal(read_table(path).to_pandas(), FRAME)


@pytest.mark.parametrize("nested", [False, True])
def test_a_table_that_would_fill_the_memory_is_refused_unread(tmp_path: Path, nested: bool):
    said = pa.DictionaryArray.from_arrays(pa.array(np.zeros(100_000, np.int32)), pa.array(["x" * 1_000_000]))
    column = pa.ListArray.from_arrays(pa.array([0, 100_000], pa.int32()), said) if nested else said
    (tmp_path / "table.parquet").write_bytes(table_bytes(pa.table({"text": column})))
    assert (tmp_path / "table.parquet").stat().st_size < 10_000  # of 100 GB
    with pytest.raises(ValueError, match="unpacks to more than 4 GB"):
        read_table(tmp_path / "table.parquet")


def test_a_table_of_many_short_texts_is_read(tmp_path: Path):
    column = pa.array([f"text {number % 7} {'x' * 200}" for number in range(20_000)])
    (tmp_path / "table.parquet").write_bytes(table_bytes(pa.table({"text": column, "long": column})))
    assert read_table(tmp_path / "table.parquet")["long"].combine_chunks() == column
