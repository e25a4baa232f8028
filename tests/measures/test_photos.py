"""Measures of whole photos follow what was done to them, and nothing else."""

import math

import numpy as np
import pytest
from PIL import Image, ImageFilter

from engine.measures import PHOTO_MEASURES, measure_photo, measure_photos
from engine.regions.region import Region
from tests.helpers.rectangles import rectangle


def street(side: int = 300) -> np.ndarray:
    """A photo-like picture: soft patches with sharp edges, grey, float (side, 1.5 side)."""
    rng = np.random.default_rng(4)
    picture = np.full((side, side * 3 // 2), 120.0)
    for _ in range(40):
        y, x = rng.integers(0, side - 20), rng.integers(0, side * 3 // 2 - 20)
        picture[y : y + rng.integers(10, 60), x : x + rng.integers(10, 60)] = rng.integers(40, 220)
    return picture


def photo(pixels: np.ndarray) -> Image.Image:
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).convert("RGB")


def test_each_measure_moves_with_its_cause():
    plain = street()
    rng = np.random.default_rng(1)
    base = measure_photo(photo(plain), None)
    blurred = measure_photo(photo(plain).filter(ImageFilter.GaussianBlur(3)), None)
    noisy = measure_photo(photo(plain + rng.normal(0, 12, plain.shape)), None)
    darker = measure_photo(photo(plain * 0.5), None)
    assert blurred["blur"] > base["blur"] + 0.1
    assert noisy["noise"] == pytest.approx(12, abs=2)
    assert base["noise"] < 1
    assert darker["brightness"] == pytest.approx(base["brightness"] / 2, abs=0.01)
    assert darker["contrast"] == pytest.approx(base["contrast"] / 2, abs=0.01)
    assert set(base) == set(PHOTO_MEASURES)


def test_words_are_measured_at_the_size_that_is_seen_and_ignored_ones_do_not_count():
    words = [
        Region(rectangle(100, 100, 400, 40)),
        Region(rectangle(100, 300, 400, 40)),
        Region(rectangle(100, 500, 400, 400), ignore=True),
    ]
    large = Image.new("RGB", (2560, 1280), "white")
    found = measure_photo(large, words)
    assert (found["regions"], found["text height"], found["angle"]) == (2, 20, 0)  # half as large at 1,280 px
    assert (found["width"], found["height"]) == (2560, 1280)
    unknown, none = measure_photo(large, None), measure_photo(large, [])
    assert math.isnan(unknown["regions"])
    assert none["regions"] == 0
    assert math.isnan(none["text height"])
    assert math.isnan(none["blur"])  # nothing is to be seen in it


def test_photos_make_a_table_with_a_column_a_measure():
    table = measure_photos([(photo(street(100)), None)] * 2)
    assert list(table.columns) == list(PHOTO_MEASURES)
    assert len(table) == 2
    assert measure_photos([]).empty
