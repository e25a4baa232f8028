"""Shards and parts: what is whole counts, what is not is written again."""

from collections import Counter
from pathlib import Path

import pytest

from engine.datasets import open_dataset
from engine.datasets.manifest import DatasetManifest, FileEntry, write_manifest
from engine.datasets.shards import ShardName, StoredSample, assemble, part_path, read_part, sweep, write_shard
from engine.datasets.tfrecord import ImageRecord
from engine.errors import DatasetError
from engine.jobs import paths
from tests.helpers.damage import flipped

TRAIN, TEST = ShardName("train", 0), ShardName("test", 0)


def stored(index: int, label: str) -> StoredSample:
    return StoredSample(
        index, ImageRecord(b"jpeg" * index, label, "latin/Lato"), 40 + index, 32, {"font": "latin/Lato", "blur": 0.5}
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_shard(tmp_path, TRAIN, [stored(0, "zero"), stored(1, "öne")], Counter({"nothing visible": 2}))
    write_shard(tmp_path, TEST, [stored(2, "two words")], Counter({"nothing visible": 1}))
    return tmp_path


def test_parts_become_a_table_and_a_manifest(folder: Path):
    manifest = assemble(folder, [TEST, TRAIN], "synthetic", {"name": "mine"}, 7)
    assert manifest.counts == {"train": 2, "validation": 0, "test": 1}
    assert manifest.dropped == {"nothing visible": 3}
    assert manifest.charset == "".join(sorted(set("zeroönetwo words")))
    assert manifest.max_length == len("two words")
    dataset = open_dataset(folder, "hashes")
    assert [dataset.label(i) for i in range(3)] == ["zero", "öne", "two words"]
    assert [dataset.image_bytes(i) for i in range(3)] == [b"", b"jpeg", b"jpegjpeg"]
    assert list(dataset.frame("train").index) == [0, 1]
    assert dataset.frame("test").loc[2, "length"] == 9
    assert dataset.frame("test").loc[2, "width"] == 42
    assert not (folder / paths.PARTS).exists()


def test_the_hash_names_content_and_not_labels_for_people(folder: Path, tmp_path_factory: pytest.TempPathFactory):
    other = tmp_path_factory.mktemp("other")
    write_shard(other, TRAIN, [stored(0, "zero"), stored(1, "öne")], Counter({"nothing visible": 3}))
    write_shard(other, TEST, [stored(2, "two words")], Counter())
    names = [TRAIN, TEST]
    hashes = [assemble(folder, names, "synthetic", {"name": "mine"}, 7).hash]
    hashes += [assemble(other, names, "synthetic", {"name": "yours"}, 7).hash]
    assert hashes[0] == hashes[1]


@pytest.mark.parametrize("size", [0, 10, -1])
def test_a_cut_shard_is_not_finished(folder: Path, size: int):
    shard = folder / TRAIN.file
    shard.write_bytes(shard.read_bytes()[:size])
    assert read_part(folder, TRAIN) is None
    assert read_part(folder, TEST) is not None
    with pytest.raises(DatasetError, match="Resume"):
        assemble(folder, [TRAIN, TEST], "synthetic", {}, 0)


def test_a_shard_without_a_readable_part_is_not_finished(folder: Path):
    part = folder / paths.PARTS / "train-00000.parquet"
    part.write_bytes(part.read_bytes()[:-9])
    assert read_part(folder, TRAIN) is None
    assert read_part(folder, ShardName("validation", 3)) is None


def test_leftovers_of_a_killed_process_are_swept(folder: Path):
    (folder / paths.SHARDS / ".train-00001.tfrecord.abc.tmp").write_bytes(b"half")
    sweep(folder)
    assert sorted(path.name for path in (folder / paths.SHARDS).iterdir()) == [
        "test-00000.tfrecord",
        "train-00000.tfrecord",
    ]


def test_an_empty_dataset_is_refused(tmp_path: Path):
    with pytest.raises(DatasetError, match="no manifest"):
        open_dataset(tmp_path)
    nothing = FileEntry(file=paths.SAMPLES, bytes=0, sha256="")
    empty = DatasetManifest(
        kind="synthetic", recipe={}, seed=0, charset="", max_length=0, counts={}, dropped={}, shards=[], samples=nothing
    )
    write_manifest(tmp_path, empty)
    with pytest.raises(DatasetError, match="holds no images"):
        open_dataset(tmp_path)


@pytest.mark.parametrize("place", [0, 20, -1])
def test_a_shard_with_a_flipped_bit_is_not_finished(folder: Path, place: int):
    shard = folder / TRAIN.file
    shard.write_bytes(flipped(shard.read_bytes(), place))
    assert read_part(folder, TRAIN) is None
    with pytest.raises(DatasetError, match="Resume"):
        assemble(folder, [TRAIN, TEST], "synthetic", {}, 7)


def test_no_flipped_bit_of_a_part_is_taken_for_another_one(folder: Path):
    part, whole = part_path(folder, TRAIN), part_path(folder, TRAIN).read_bytes()
    before = read_part(folder, TRAIN)
    for place in range(len(whole)):
        part.write_bytes(flipped(whole, place))
        assert read_part(folder, TRAIN) in (None, before)
