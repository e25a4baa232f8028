"""A blank image is told as blank, and nothing that anyone could read is."""

import numpy as np
import pytest
from PIL import Image

from glyphlab_read.images.blank import is_blank
from tests.helpers.tiny_bundles import draw

GRAIN = np.random.default_rng(0).normal(0, 2.5, (40, 160))
BLANK = {
    "white": Image.new("RGB", (160, 40), "white"),
    "black": Image.new("L", (160, 40)),
    "a colour": Image.new("RGB", (160, 40), (20, 90, 30)),
    "a pixel": Image.new("RGB", (1, 1), "red"),
    "one row": Image.fromarray(np.arange(200, dtype=np.uint8)[None]),
    "two columns": Image.fromarray(np.tile(np.array([0, 255], np.uint8), (30, 1))),
    "a scanned page": Image.fromarray((240 + GRAIN).clip(0, 255).astype(np.uint8)),
}


@pytest.mark.parametrize("image", BLANK.values(), ids=BLANK)
def test_what_shows_nothing_is_blank(image: Image.Image):
    assert is_blank(image)


@pytest.mark.parametrize("contrast", [255, 60, 20])
@pytest.mark.parametrize("grain", [0.0, 0.5])
def test_letters_are_not_blank_however_faint(contrast: int, grain: float):
    text = np.asarray(draw("abcd").convert("L")).astype(float) / 255
    shown = 200 - contrast * (1 - text) + grain * np.resize(GRAIN, text.shape)
    assert not is_blank(Image.fromarray(shown.clip(0, 255).astype(np.uint8)))


def test_letters_that_differ_in_hue_alone_are_not_blank():
    image = Image.new("RGB", (60, 20), (200, 0, 0))
    image.paste((0, 102, 0), (10, 5, 14, 15))
    assert not is_blank(image)
