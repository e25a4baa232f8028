"""Images that are kept in memory."""

import numpy as np
import pytest

from engine.training.image_cache import ImageCache


def test_images_are_kept_up_to_a_quarter_of_the_memory_that_is_left(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("engine.training.image_cache.available_memory", lambda: 4 * 250)
    made: list[int] = []

    def make(number: int) -> np.ndarray:
        made.append(number)
        return np.full(100, number, np.uint8)

    cache = ImageCache[np.ndarray]()
    for _ in range(2):
        assert [int(cache.get(number, make)[0]) for number in range(3)] == [0, 1, 2]
    assert made == [0, 1, 2, 2]
