"""Real images that were dropped beside a recipe: little of each stays in memory, and none is opened twice."""

from PIL import Image

from dashboard.data.likeness.sides import _MOST, _measures, _small
from engine.images.encode import png_bytes
from tests.helpers.sources import png


def test_as_many_as_may_be_dropped_are_each_measured_once():
    for number in range(_MOST):
        _measures("words", f"crop {number}", png(0))
    assert _measures("words", "crop 0", b"this is not opened") == _measures("words", "crop 1", png(0))


def test_a_whole_photo_is_kept_as_small_as_it_is_shown():
    photo = Image.new("RGB", (2000, 1500), "grey")
    assert _small("photos", "a photo", png_bytes(photo)).size == (420, 315)
    assert _small("words", "a large crop", png_bytes(photo)).height <= 96
