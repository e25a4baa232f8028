"""Statistics of a dataset, against counting by hand; measures of a sample that stays the same."""

import threading
from pathlib import Path

import pandas as pd
import pytest

from engine.datasets import statistics
from engine.datasets.statistics import RARE_COUNT, describe, measure_dataset
from engine.errors import DatasetError
from engine.jobs import paths
from engine.measures import MEASURES
from tests.datasets.written import Drawn, write_dataset


def test_characters_are_counted_in_each_split(tmp_path: Path):
    samples = [Drawn("ab")] * RARE_COUNT + [Drawn("aaé")] + [Drawn("bz", "test")]
    table = describe(write_dataset(tmp_path, samples)).characters
    known = {row["character"]: row for row in table.to_dict("records")}
    assert known["a"] == {
        "character": "a",
        "name": "LATIN SMALL LETTER A",
        "samples": RARE_COUNT + 1,
        "train": RARE_COUNT + 2,
        "validation": 0,
        "test": 0,
        "rare": False,
    }
    assert (known["b"]["train"], known["b"]["test"], known["b"]["rare"]) == (RARE_COUNT, 1, False)
    assert (known["é"]["train"], known["é"]["rare"]) == (1, True)
    assert (known["z"]["train"], known["z"]["rare"]) == (0, True), "tested but never trained on"
    assert table["character"].iloc[0] == "z", "rarest first"


def test_lengths_are_counted_in_each_split(tmp_path: Path):
    lengths = describe(write_dataset(tmp_path, [Drawn("a"), Drawn("b"), Drawn("abc", "test")])).lengths
    assert lengths.to_dict("index") == {
        1: {"train": 2, "validation": 0, "test": 0},
        3: {"train": 0, "validation": 0, "test": 1},
    }


def test_sizes_run_from_least_to_most(tmp_path: Path):
    sizes = describe(write_dataset(tmp_path, [Drawn("a", width=width) for width in (8, 16, 32)])).sizes.to_dict("index")
    assert [sizes["width"][name] for name in ("least", "median", "most")] == [8, 16, 32]
    assert sizes["aspect"]["most"] == 2


def test_measures_are_of_a_fixed_sample_and_say_so(tmp_path: Path):
    dataset = write_dataset(tmp_path, [Drawn("a" * (1 + i % 3), shade=i) for i in range(30)])
    measured = measure_dataset(dataset, sample=10)
    assert measured.words == "10 of 30 images, a fixed random sample"
    assert list(measured.frame.columns) == [*MEASURES, "length"]
    assert measured.frame["brightness"].tolist() == pytest.approx([i / 255 for i in measured.frame.index])
    assert measured.frame["length"].tolist() == [1 + i % 3 for i in measured.frame.index]
    assert measure_dataset(dataset).words == "all 30 images"


def test_measures_of_a_split_are_of_its_images(tmp_path: Path):
    dataset = write_dataset(tmp_path, [Drawn("a"), Drawn("b", "test"), Drawn("c", "test")])
    assert measure_dataset(dataset, "test").frame.index.tolist() == [1, 2]
    assert len(measure_dataset(dataset, "validation").frame) == 0


def test_measures_are_taken_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    dataset = write_dataset(tmp_path, [Drawn("a", shade=shade) for shade in range(5)])
    first = measure_dataset(dataset).frame
    monkeypatch.delattr(statistics, "measure_images")
    pd.testing.assert_frame_equal(measure_dataset(dataset).frame, first)


def test_measuring_tells_how_far_it_is_but_not_where_measures_were_kept(tmp_path: Path):
    dataset = write_dataset(tmp_path, [Drawn("a", shade=shade) for shade in range(120)])
    told: list[tuple[int, int, str]] = []

    def watch(done: int, total: int) -> None:
        told.append((done, total, threading.current_thread().name))

    measure_dataset(dataset, sample=110, watch=watch)
    assert told == [(done, 110, threading.current_thread().name) for done in (50, 100, 110)]
    measure_dataset(dataset, sample=110, watch=watch)
    assert len(told) == 3


def test_a_damaged_shard_is_told_while_measuring(tmp_path: Path):
    dataset = write_dataset(tmp_path, [Drawn("a", shade=shade) for shade in range(120)])
    shard = tmp_path / dataset.manifest.shards[0].file
    shard.write_bytes(b"\0" * shard.stat().st_size)
    with pytest.raises(DatasetError, match="is damaged"):
        measure_dataset(dataset)


@pytest.mark.parametrize("content", [b"", b"PAR1 no table"])
def test_a_damaged_cache_is_made_again(tmp_path: Path, content: bytes):
    dataset = write_dataset(tmp_path, [Drawn("a")])
    first = measure_dataset(dataset).frame
    (kept,) = (tmp_path / paths.CACHE).iterdir()
    kept.write_bytes(content)
    pd.testing.assert_frame_equal(measure_dataset(dataset).frame, first)


def test_a_folder_that_cannot_be_written_costs_no_answer(tmp_path: Path):
    dataset = write_dataset(tmp_path, [Drawn("a")])
    (tmp_path / paths.CACHE).write_text("a file where the folder should be")
    assert len(measure_dataset(dataset).frame) == 1
