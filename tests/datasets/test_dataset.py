"""A dataset opens whole or not at all, and names the file that is at fault."""

import shutil
from collections import Counter
from pathlib import Path

import pytest
from PIL import Image

from engine.config.generate import GenerateConfig
from engine.datasets import Dataset, open_dataset
from engine.datasets.shards import ShardName, StoredSample, assemble, write_shard
from engine.datasets.tfrecord import ImageRecord, records
from engine.errors import DatasetError
from engine.files import write_json
from engine.jobs import paths
from engine.synth import preview
from engine.synth.encoding import encode

TRAIN = ShardName("train", 0)


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve drawn samples in two shards."""
    folder = tmp_path_factory.mktemp("datasets") / "01"
    folder.mkdir()
    drawn = [
        StoredSample(index, ImageRecord(encode(sample.image), sample.label, ""), *sample.image.size, sample.factors)
        for index, sample in enumerate(preview(GenerateConfig().recipe, 12, seed=5))
    ]
    write_shard(folder, TRAIN, drawn[:9], Counter())
    write_shard(folder, ShardName("test", 0), drawn[9:], Counter())
    assemble(folder, [TRAIN, ShardName("test", 0)], "synthetic", {}, 5)
    return folder


@pytest.fixture
def folder(pristine: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(pristine, tmp_path / pristine.name))


@pytest.fixture
def dataset(pristine: Path) -> Dataset:
    return open_dataset(pristine, "hashes")


def test_every_sample_has_its_image_and_label(dataset: Dataset):
    frame = dataset.frame()
    assert len(dataset) == len(frame) == 12
    for i, sample in enumerate(preview(GenerateConfig().recipe, 12, seed=5)):
        image = dataset.image(i)
        assert dataset.label(i) == sample.label == frame.loc[i, "label"]
        assert image.size == sample.image.size == (frame.loc[i, "width"], frame.loc[i, "height"])
        assert image.mode == "RGB"
        assert frame.loc[i, "font"] == sample.factors["font"]


def test_splits_partition_the_samples(dataset: Dataset):
    parts = [dataset.frame(split) for split in ("train", "validation", "test")]
    assert sorted(i for part in parts for i in part.index) == list(range(12))


def boundary(content: bytes) -> int:
    return [offset for offset, _ in records(content)][-1]


CUTS = {
    "to nothing": lambda content: 0,
    "between records": boundary,
    "inside a record": lambda content: len(content) - 7,
}


@pytest.mark.parametrize("cut", CUTS)
def test_a_cut_shard_is_refused_by_name(folder: Path, cut: str):
    shard = folder / TRAIN.file
    content = shard.read_bytes()
    shard.write_bytes(content[: CUTS[cut](content)])
    with pytest.raises(DatasetError, match=r"shards/train-00000\.tfrecord of dataset 01 is damaged") as caught:
        open_dataset(folder)
    assert f"instead of {len(content):,}" in str(caught.value)


@pytest.mark.parametrize(
    ("kind", "remedy"),
    [
        ("generate", "Generate it again"),
        ("generate-scenes", "Generate it again"),
        ("import", r"Import it again\.$"),
        ("import-scenes", r"Import it again\.$"),
        ("edit", "Make the version again"),
        ("edit-scenes", "Make the version again"),
        ("label-scenes", "outline its photos again"),
        ("", "Make it again from where it came"),
    ],
)
@pytest.mark.parametrize("file", [TRAIN.file, paths.SAMPLES, paths.MANIFEST])
def test_what_is_damaged_is_made_again_as_it_was_made(folder: Path, kind: str, remedy: str, file: str):
    write_json(folder / paths.JOB, {"kind": kind})
    content = bytearray((folder / file).read_bytes())
    content[100] ^= 1
    (folder / file).write_bytes(content)
    with pytest.raises(DatasetError, match=remedy):
        open_dataset(folder, "hashes")


def test_a_missing_or_linked_shard_is_refused_by_name(folder: Path):
    shard = folder / TRAIN.file
    shard.rename(folder / "elsewhere")
    for _ in ("missing", "linked"):
        with pytest.raises(DatasetError, match=r"train-00000\.tfrecord .* missing"):
            open_dataset(folder)
        shard.unlink(missing_ok=True)
        shard.symlink_to(folder / "elsewhere")


def test_a_flipped_bit_is_met_by_hash_at_opening_and_by_checksum_at_reading(folder: Path):
    shard = folder / TRAIN.file
    content = bytearray(shard.read_bytes())
    content[500] ^= 4
    shard.write_bytes(content)
    with pytest.raises(DatasetError, match=r"train-00000\.tfrecord .* changed"):
        open_dataset(folder, "hashes")
    dataset = open_dataset(folder)
    with pytest.raises(DatasetError, match=r"train-00000\.tfrecord .* checksum"):
        for i in range(9):
            dataset.image_bytes(i)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda text: text.replace('"seed": 5', '"seed": 6'), "checksum"),
        (lambda text: text.replace('"format": 1', '"format": 2'), "cannot be read"),
        (lambda text: text[:-40], "cannot be read"),
        (lambda text: "[]", "cannot be read"),
    ],
)
def test_a_manifest_that_was_changed_or_torn_is_refused(folder: Path, change, words: str):
    path = folder / paths.MANIFEST
    path.write_text(change(path.read_text()))
    with pytest.raises(DatasetError, match=words):
        open_dataset(folder)


def test_a_changed_table_is_refused_by_name(folder: Path):
    path = folder / paths.SAMPLES
    content = bytearray(path.read_bytes())
    content[100] ^= 1
    path.write_bytes(content)
    with pytest.raises(DatasetError, match=r"samples\.parquet"):
        open_dataset(folder)


def test_a_hundred_thousand_samples_open(tmp_path: Path):
    names = [ShardName("train", number) for number in range(2)]
    factors = {"font": "latin/Lato-Regular", "blur": 0.25, "background": "noise", "skew": 1}
    for name in names:
        first = name.number * 50_000
        samples = (
            StoredSample(i, ImageRecord(b"", f"text {i}", ""), 100, 32, factors) for i in range(first, first + 50_000)
        )
        write_shard(tmp_path, name, samples, Counter())
    assemble(tmp_path, names, "synthetic", {}, 0)
    dataset = open_dataset(tmp_path)
    assert dataset.label(99_999) == "text 99999"
    assert dataset.image_bytes(99_999) == b""


def test_only_jpeg_and_png_are_opened(tmp_path: Path):
    picture = tmp_path / "x.tiff"
    Image.new("RGB", (4, 4)).save(picture)
    write_shard(tmp_path, TRAIN, [StoredSample(0, ImageRecord(picture.read_bytes(), "x", ""), 4, 4, {})], Counter())
    assemble(tmp_path, [TRAIN], "synthetic", {}, 0)
    with pytest.raises(DatasetError, match="train-00000"):
        open_dataset(tmp_path).image(0)
