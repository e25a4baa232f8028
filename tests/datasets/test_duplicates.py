"""Duplicates and leaks, in datasets small enough to find them by eye."""

from pathlib import Path

import pytest

from engine.datasets.duplicates import Duplicates, find_duplicates, find_photo_duplicates
from engine.regions.region import Region
from tests.datasets.scenes.written import Scenes, write_scenes
from tests.datasets.written import Drawn, write_dataset


def found(folder: Path, *samples: Drawn, kind: str = "imported") -> Duplicates:
    return find_duplicates(write_dataset(folder, samples, kind=kind))


@pytest.mark.parametrize("kind", ["imported", "synthetic"])
def test_nothing_recurs_where_all_images_and_texts_differ(tmp_path: Path, kind: str):
    result = found(tmp_path, Drawn("a", shade=1), Drawn("a", shade=2), Drawn("b", "test", shade=3), kind=kind)
    assert (result.groups, result.surplus, result.leaking, len(result.texts)) == (0, [], [], 0)


@pytest.mark.parametrize("kind", ["imported", "synthetic"])
def test_the_same_pixels_make_a_group(tmp_path: Path, kind: str):
    result = found(tmp_path, Drawn("a", shade=1), Drawn("b", shade=2), Drawn("a", shade=1), kind=kind)
    assert result.pixels["sample"].tolist() == [0, 2]
    assert result.surplus == [2]
    assert len(result.conflicting) == 0


def test_equal_pixels_of_other_size_or_format_are_told_rightly(tmp_path: Path):
    wide, jpeg = Drawn("b", shade=128, width=24), Drawn("c", shade=128, format="JPEG")
    result = found(tmp_path, Drawn("a", shade=128), wide, jpeg)
    assert result.pixels["sample"].tolist() == [0, 2], "a plain grey survives JPEG; another width is another image"


def test_labels_that_contradict_each_other_are_conflicting_not_surplus(tmp_path: Path):
    result = found(tmp_path, Drawn("l", shade=1), Drawn("1", shade=1), Drawn("l", shade=1))
    assert result.conflicting["sample"].tolist() == [0, 1, 2]
    assert result.surplus == [2]


def test_surplus_stays_in_test(tmp_path: Path):
    result = found(tmp_path, Drawn("a", shade=1), Drawn("a", "validation", shade=1), Drawn("a", "test", shade=1))
    assert result.surplus == [0, 1]
    assert result.crossing["split"].tolist() == ["train", "validation", "test"]


def test_texts_on_both_sides_leak_whatever_their_case(tmp_path: Path):
    result = found(tmp_path, Drawn("Cat", shade=1), Drawn("dog", shade=2), Drawn("cAT", "test", shade=3))
    assert result.texts.to_dict("records") == [{"text": "cat", "train": 1, "validation": 0, "test": 1}]
    assert result.leaking == [0]


def test_removing_what_leaks_leaves_nothing_that_leaks(tmp_path: Path):
    samples = [
        Drawn("a", shade=1),
        Drawn("c", shade=5),
        Drawn("e", shade=6),
        Drawn("g", shade=7),
        Drawn("a", "validation", 2),
        Drawn("b", "validation", 3),
        Drawn("f", "validation", 6),
        Drawn("b", "test", 4),
        Drawn("d", "test", 5),
    ]
    leaking = find_duplicates(write_dataset(tmp_path / "before", samples)).leaking
    after = found(tmp_path / "after", *(sample for i, sample in enumerate(samples) if i not in leaking))
    assert (after.leaking, len(after.texts), len(after.crossing)) == ([], 0, 0)
    assert [samples[i].label for i in leaking] == ["a", "c", "e", "b"], "test keeps its own, then validation"


def test_progress_ends_with_all_images(tmp_path: Path):
    seen: list[int] = []
    find_duplicates(write_dataset(tmp_path, [Drawn("a")] * 5), seen.append)
    assert seen == [5]


WORD = Region.of([[1, 1], [20, 1], [20, 9], [1, 9]], "SALE")


@pytest.mark.parametrize("kind", ["imported", "synthetic"])
def test_photos_that_recur_are_told_with_what_is_outlined_in_them(tmp_path: Path, kind: str):
    scenes: Scenes = {"train": [[WORD], [WORD], [WORD]], "test": [[WORD], [WORD.ignored()]]}
    dataset = write_scenes(tmp_path, scenes, shades=[1, 2, 2, 1, 1], kind=kind)
    seen: list[int] = []
    result = find_photo_duplicates(dataset, seen.append)
    assert (result.images, result.groups, seen[-1]) == (5, 2, 5)
    assert result.crossing["sample"].tolist() == [0, 3, 4]
    assert result.conflicting["sample"].tolist() == [0, 3, 4], "one says that the word counts, another that it does not"
    assert (result.surplus, result.leaking, len(result.texts)) == ([0, 2], [0], 0)
    assert set(result.pixels["label"]) == {"1 region · SALE"}


def test_photos_with_the_same_words_do_not_leak(tmp_path: Path):
    result = find_photo_duplicates(write_scenes(tmp_path, {"train": [[WORD]], "test": [[WORD]]}))
    assert (result.groups, result.leaking) == (0, [])
