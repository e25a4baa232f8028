"""Figures of scenes, and filters on what photos hold, over real folders."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.datasets.query import AnyBetween, Between, Contains, OneOf, columns, select
from engine.datasets.scenes.dataset import SceneDataset
from engine.datasets.scenes.statistics import describe_scenes, measure_regions, photo_table
from engine.jobs import paths
from engine.regions.polygons import text_angle, text_height
from engine.regions.region import Level, Region
from tests.datasets.scenes.written import Scenes, write_scenes
from tests.helpers.rectangles import rectangle


def word(height: float, text: str | None = "word", degrees: float = 0, ignore: bool = False, level: Level = "word"):
    return Region(rectangle(32, 24, 40, height, degrees), text, ignore, level)


BENT = Region.of([(0, 0), (20, 4), (40, 0), (40, 12), (20, 16), (0, 12)], "bent", level="line")
SCENES: Scenes = {
    "train": [[word(8, "shop"), word(20, "open", 15)], [], [word(12, None, ignore=True)]],
    "validation": [[word(30, "Straße", -30), BENT]],
    "test": [[word(5), word(6), word(7, "door")]],
}


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> SceneDataset:
    return write_scenes(tmp_path_factory.mktemp("data") / "scenes", SCENES)


def test_every_region_is_measured_as_one_alone_is(dataset: SceneDataset):
    found = measure_regions(dataset)
    regions = [region for i in range(len(dataset)) for region in dataset.regions(i)]
    assert found["height"].tolist() == pytest.approx([text_height(region.polygon) for region in regions], abs=1e-3)
    assert found["angle"].tolist() == pytest.approx([text_angle(region.polygon) for region in regions], abs=1e-3)
    assert found["ignore"].tolist() == [region.ignore for region in regions]
    assert found["corners"].tolist() == [len(region.polygon) for region in regions]


def test_measures_are_kept_beside_the_dataset(dataset: SceneDataset):
    first = measure_regions(dataset)
    (file,) = (dataset.folder / paths.CACHE).iterdir()
    first.assign(height=99.0).to_parquet(file)
    assert (measure_regions(dataset)["height"] == 99).all()
    file.write_bytes(b"no table")
    assert measure_regions(dataset).equals(first)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (Contains("texts", "strasse"), [3]),
        (Contains("texts", "o"), [0, 4]),
        (Between("regions", 2, 9), [0, 3, 4]),
        (AnyBetween("text_height", 6.5, 8.5), [0, 4]),
        (AnyBetween("text_height", 9, 11), []),
        (OneOf("text", ("without text",)), [1]),
        (Between("ignored", 1, 9), [2]),
        (OneOf("split", ("test",)), [4]),
        (Between("lines", 1, 9), [3]),
    ],
)
def test_photos_are_found_by_what_they_hold(dataset: SceneDataset, condition, expected):
    assert select(photo_table(dataset), [condition]).tolist() == expected


def test_photos_are_ordered_by_what_they_hold(dataset: SceneDataset):
    assert select(photo_table(dataset), order="regions", descending=True).tolist() == [4, 0, 3, 2, 1]


def test_what_tells_photos_apart_can_be_filtered_by(dataset: SceneDataset):
    known = {column.name: column for column in columns(photo_table(dataset))}
    assert known["texts"].kind == "text"
    assert known["text"].choices == ("with text", "without text")
    assert (known["text_height"].kind, known["regions"].high) == ("numbers", 3)
    assert known["text_height"].low == pytest.approx(5, abs=1e-3)
    assert {"words", "lines"} <= known.keys()
    assert not {"label", "length", "width", "height", "characters"} & known.keys(), "alike everywhere, or not of scenes"


def test_photos_without_any_text_have_no_heights_to_choose_from(tmp_path: Path):
    table = photo_table(write_scenes(tmp_path / "empty", {"train": [[], []]}))
    assert "text_height" not in {column.name for column in columns(table)}
    assert select(table, [AnyBetween("text_height", 0, 100)]).tolist() == []


def test_languages_are_counted_and_can_be_filtered_by(tmp_path: Path):
    square = Region.of([(2, 2), (20, 2), (20, 12), (2, 12)], "x", language="Thai")
    scenes = [[square, replace(square, language=None)], [square, replace(square, language="Latin", ignore=True)], []]
    dataset = write_scenes(tmp_path / "spoken", {"train": scenes})
    assert describe_scenes(dataset).languages[["regions", "ignored"]].to_dict("index") == {
        "Thai": {"regions": 2, "ignored": 0},
        "Latin": {"regions": 1, "ignored": 1},
    }
    table = photo_table(dataset)
    assert table["languages"].tolist() == ["Thai", "Latin, Thai", ""]
    assert "languages" in {column.name for column in columns(table)}


def test_levels_and_splits_are_counted(dataset: SceneDataset):
    found = describe_scenes(dataset)
    assert found.splits["photos"].to_dict() == {"train": 3, "validation": 1, "test": 1}
    assert found.splits["without_text"].to_dict() == {"train": 1, "validation": 0, "test": 0}
    assert found.levels["regions"].to_dict() == {"word": 7, "line": 1}
    assert found.levels.loc["word", "share"] == pytest.approx(1 / 7)
    assert found.levels.loc["word", "height"] == pytest.approx(np.median([8, 20, 30, 5, 6, 7]), abs=1e-3)
