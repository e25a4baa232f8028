"""Crops held out: of several photos whole ones, of few ones single crops, and about so many as are wanted."""

import pytest

from engine.sources.photo_groups import FEWEST_PHOTOS, crop_name, held_out, photo_of


@pytest.mark.parametrize("name", ["a.jpg", "a b/c-word-1.jpg", "scan.pdf-page-002", "x-word-12.jpg"])
def test_a_crop_is_known_by_its_photo(name: str):
    assert photo_of(crop_name(name, 7)) == photo_of(crop_name(name, 1234)) == name
    assert photo_of(name) == name


def cut(photos: int, words: int) -> tuple[list[str], list[str]]:
    names = [crop_name(f"{photo}.jpg", word) for photo in range(photos) for word in range(words)]
    return names, [photo_of(name) for name in names]


@pytest.mark.parametrize("seed", range(8))
def test_whole_photos_are_held_out_where_there_are_several(seed: int):
    crops, photos = cut(8, 12)
    out = held_out(crops, photos, 20, seed)
    held = {photo for photo, is_out in zip(photos, out, strict=True) if is_out}
    assert not held & {photo for photo, is_out in zip(photos, out, strict=True) if not is_out}
    assert 12 <= sum(out) <= 30
    backwards = held_out(crops[::-1], photos[::-1], 20, seed)
    assert backwards[::-1] == out


def test_single_crops_are_held_out_of_few_photos():
    crops, photos = cut(FEWEST_PHOTOS - 1, 12)
    assert sum(held_out(crops, photos, 10, 0)) == 10


def test_the_smallest_photo_is_held_out_where_each_has_more_than_are_wanted():
    crops, photos = cut(FEWEST_PHOTOS, 40)
    out = held_out([*crops, "small"], [*photos, "small"], 0, 0)
    assert [crop for crop, is_out in zip([*crops, "small"], out, strict=True) if is_out] == ["small"]
