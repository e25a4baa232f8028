"""Our blur gives Pillow's pixels."""

import numpy as np
import pytest
from PIL import Image, ImageFilter

from engine.synth.trdg.pixel_patches import blurred


@pytest.mark.parametrize("shape", [(40, 145, 3), (40, 31), (1, 9, 3), (7, 1), (1, 1, 3)], ids=str)
def test_every_pixel_is_that_of_pillow(shape: tuple[int, ...]):
    throw = np.random.default_rng(0)
    radii = [
        0.0,
        1e-4,
        0.05,
        0.5,
        0.999,
        1.0,
        1.4,
        1.42,
        2.5,
        7.0,
        *throw.random(60).tolist(),
    ]  # a box grows beyond 3 px at √2
    for radius in radii:
        image = Image.fromarray(throw.integers(0, 256, shape, dtype=np.uint8))
        expected = image.filter(ImageFilter.GaussianBlur(radius))
        assert np.array_equal(np.asarray(blurred(image, radius)), np.asarray(expected)), radius
