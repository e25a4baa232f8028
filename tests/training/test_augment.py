"""Augmentation: other pixels each time, of the same size and, by the same dice, the same."""

import numpy as np
import pytest

from engine.training.augment import augment


@pytest.fixture(params=[(), (3,)], ids=["grey", "colour"])
def row(request: pytest.FixtureRequest) -> np.ndarray:
    """A dark bar on a light ground; in colour both are reddish."""
    grey = np.full((32, 90), 220, np.uint8)
    grey[12:20, 20:70] = 30
    return np.stack([grey, grey // 2, grey // 4], axis=-1) if request.param else grey


def changed(row: np.ndarray, strength: float, seeds: range) -> list[np.ndarray]:
    return [augment(row, strength, np.random.default_rng(seed)) for seed in seeds]


def test_equal_dice_change_alike_and_others_otherwise(row):
    first, again, other = changed(row, 1.0, range(2)), changed(row, 1.0, range(2)), changed(row, 1.0, range(2, 4))
    assert all(image.shape == row.shape and image.dtype == np.uint8 for image in first)
    assert all(map(np.array_equal, first, again))
    assert not any(map(np.array_equal, first, other))


def test_light_and_dark_change_places_in_some_images(row):
    def inside(image: np.ndarray) -> float:
        return float(image[14:18, 30:60].mean()) - float(image[:4].mean())

    lighter = sum(inside(image) > 0 for image in changed(row, 1.0, range(300))) / 300
    assert 0.3 < lighter < 0.5


def test_colours_change_places_in_some_images():
    red = np.full((32, 90, 3), (200, 60, 20), np.uint8)
    brightest = {int(image.mean(axis=(0, 1)).argmax()) for image in changed(red, 1.0, range(60))}
    assert brightest == {0, 1, 2}
