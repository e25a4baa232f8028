"""Datasets of scenes: what was written is read, in any number of shards; the hash counts every region."""

import tempfile
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.datasets import open_dataset
from engine.datasets.manifest import read_manifest
from engine.datasets.scenes.dataset import open_scenes
from engine.datasets.scenes.store import StoredScene, has_scene_shard, write_scene_shard
from engine.datasets.shards import ShardName
from engine.datasets.splits import SPLITS
from engine.datasets.summary import is_complete, summarize_scenes
from engine.errors import DatasetError
from engine.jobs import paths
from engine.regions.region import LEVELS, Region
from tests.datasets.scenes.written import HEIGHT, WIDTH, Scenes, photo, write_scenes
from tests.datasets.written import Drawn, write_dataset

SQUARE = Region.of([(1, 2), (9.5, 2), (9.5, 8), (1, 8)], "Straße, 100", level="word")
IGNORED = Region.of([(0, 0), (5, 0), (2, 4)], None, ignore=True, level="line")
SCENES: Scenes = {"train": [[SQUARE, IGNORED], []], "test": [[SQUARE.moved(SQUARE.polygon + 1)]]}

corners = st.floats(-1e5, 1e5, width=32)
regions = st.builds(
    Region.of,
    st.lists(st.tuples(corners, corners), min_size=3, max_size=9),
    st.none() | st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    st.booleans(),
    st.sampled_from(LEVELS),
)
splits = st.lists(st.lists(regions, max_size=4), max_size=4)


def plain(found: tuple[Region, ...] | list[Region]) -> list[tuple[object, ...]]:
    return [(region.polygon.tolist(), region.text, region.ignore, region.level) for region in found]


@settings(max_examples=25, deadline=None)
@given(st.fixed_dictionaries({"train": splits, "validation": splits, "test": splits}), st.integers(1, 3))
def test_what_is_written_is_read(scenes: Scenes, shard: int):
    written = [scene for split in SPLITS for scene in scenes[split]]
    if not written:
        return
    with tempfile.TemporaryDirectory() as folder:
        dataset = write_scenes(Path(folder), scenes, shard=shard)
        assert len(dataset) == len(written)
        assert [plain(dataset.regions(i)) for i in range(len(dataset))] == [plain(list(scene)) for scene in written]
        assert [dataset.manifest.counts[split] for split in scenes] == [len(split) for split in scenes.values()]
        others = write_scenes(Path(folder) / "other", scenes, shard=shard)
        assert others.manifest.hash == dataset.manifest.hash


def test_photos_splits_and_sources_are_read(tmp_path: Path):
    dataset = write_scenes(tmp_path, SCENES)
    assert dataset.image(1).size == (WIDTH, HEIGHT)
    assert dataset.image_bytes(2) == photo(2)
    assert dataset.source(2) == "test/2.jpg"
    assert dataset.numbers("train").tolist() == [0, 1]
    assert dataset.numbers("test").dtype == np.int64
    assert dataset.numbers("validation").tolist() == []
    assert list(dataset.split_or_all("validation").index) == [0, 1, 2]
    assert list(dataset.split_or_all("validation", learned=True).index) == [2]
    assert list(dataset.frame("test")["source"]) == ["test/2.jpg"]
    assert not (tmp_path / paths.PARTS).exists()


def test_the_summary_counts_scenes_and_regions(tmp_path: Path):
    dataset = write_scenes(tmp_path, SCENES)
    figures = summarize_scenes(dataset)
    assert figures | {"bytes": 0} == {
        "kind": "imported",
        "holds": "scenes",
        "images": 3,
        "counts": {"train": 2, "validation": 0, "test": 1},
        "bytes": 0,
        "dropped": 0,
        "regions": 3,
        "ignored": 1,
        "levels": {"word": 2, "line": 1},
        "hash": dataset.manifest.hash,
        "drawn_by": [],
    }
    assert is_complete(tmp_path)


@pytest.mark.parametrize(
    "changed",
    [
        Region(SQUARE.polygon + 0.25, SQUARE.text),
        Region(SQUARE.polygon, "Straße 100"),
        Region(SQUARE.polygon, SQUARE.text, ignore=True),
        Region(SQUARE.polygon, SQUARE.text, level="line"),
        Region(SQUARE.polygon, SQUARE.text, language="Thai"),
    ],
)
def test_the_hash_counts_all_that_a_region_says(tmp_path: Path, changed: Region):
    hashes = [
        write_scenes(tmp_path / str(number), {"train": [[region]]}).manifest.hash
        for number, region in enumerate((SQUARE, changed))
    ]
    assert hashes[0] != hashes[1]


def test_languages_are_stored_where_there_are_any(tmp_path: Path):
    spoken = write_scenes(tmp_path / "spoken", {"train": [[SQUARE, replace(SQUARE, language="Thai")]], "test": [[]]})
    assert [region.language for region in spoken.regions(0)] == [None, "Thai"]
    assert spoken.regions(0)[1].plain()["language"] == "Thai"
    write_scenes(tmp_path / "silent", SCENES)
    stored = pq.read_table(tmp_path / "silent" / paths.REGIONS)
    assert stored.column_names == ["scene", "polygon", "text", "ignore", "level"]  # as before there were languages


def test_words_are_not_opened_as_scenes_nor_scenes_as_words(tmp_path: Path):
    write_scenes(tmp_path / "scenes", SCENES)
    write_dataset(tmp_path / "words", [Drawn("word")])
    with pytest.raises(DatasetError, match=r"holds scenes .*, not words"):
        open_dataset(tmp_path / "scenes")
    with pytest.raises(DatasetError, match="holds words cut out, not scenes"):
        open_scenes(tmp_path / "words")
    assert "holds" not in (tmp_path / "words" / paths.MANIFEST).read_text()


def test_a_changed_table_of_regions_is_named(tmp_path: Path):
    write_scenes(tmp_path, SCENES)
    table = tmp_path / paths.REGIONS
    content = bytearray(table.read_bytes())
    content[len(content) // 2] ^= 1
    table.write_bytes(content)
    with pytest.raises(DatasetError, match=r"regions\.parquet .* is damaged: its content was changed"):
        open_scenes(tmp_path)
    table.unlink()
    with pytest.raises(DatasetError, match="is missing"):
        open_scenes(tmp_path)
    assert not is_complete(tmp_path)


def test_a_shard_without_its_regions_is_not_finished(tmp_path: Path):
    name = ShardName("train", 0)
    scene = StoredScene(0, photo(), WIDTH, HEIGHT, [SQUARE], "a.jpg", {})
    write_scene_shard(tmp_path, name, [scene], Counter())
    assert has_scene_shard(tmp_path, name)
    next((tmp_path / paths.PARTS).glob("*.regions.parquet")).unlink()
    assert not has_scene_shard(tmp_path, name)


def test_corners_are_numbers(tmp_path: Path):
    bad = Region.of([(0, 0), (float("nan"), 1), (1, 1)], "x")
    with pytest.raises(ValueError, match="not finite"):
        write_scenes(tmp_path, {"train": [[bad]]})


def test_the_manifest_names_the_regions(tmp_path: Path):
    write_scenes(tmp_path, SCENES)
    manifest = read_manifest(tmp_path)
    assert manifest.holds == "scenes"
    assert manifest.regions is not None
    assert manifest.regions.count == 3
