"""Texts cut out of photos: where each corner of an outline lands, whatever the outline's shape."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glyphlab_read.regions.quads import clockwise
from glyphlab_read.regions.straighten import straightened

HIGH, WIDE = 120, 200


def gradient() -> np.ndarray:
    """A photo whose red says x and whose green says y, in px."""
    y, x = np.mgrid[:HIGH, :WIDE]
    return np.stack([x, y, np.zeros_like(x)], axis=2).astype(np.uint8)


PHOTO = gradient()
QUADS = {
    "slanted": [[20, 30], [90, 10], [100, 40], [30, 60]],
    "turned left": [[40, 90], [40, 20], [60, 20], [60, 90]],
    "upside down": [[90, 60], [20, 60], [20, 40], [90, 40]],
    "perspective": [[10, 10], [90, 20], [90, 50], [10, 80]],
}


def test_an_upright_rectangle_is_the_pixels_themselves():
    outline = np.array([[10, 20], [50, 20], [50, 40], [10, 40]], np.float32)
    assert np.array_equal(straightened(PHOTO, outline), PHOTO[20:40, 10:50])
    assert np.array_equal(straightened(PHOTO, outline + np.float32(0.4)), PHOTO[20:41, 10:51])


@pytest.mark.parametrize(("left", "top"), [(-20, 10), (150, -5), (-20, -5), (150, 100), (WIDE, HIGH), (-400, -400)])
def test_an_upright_rectangle_repeats_the_edge_of_the_photo_as_one_that_is_slightly_slanted_does(left: int, top: int):
    outline = np.array([[0, 0], [70, 0], [70, 30], [0, 30]], np.float32) + np.array([left, top], np.float32)
    around = np.pad(PHOTO, ((500, 500), (500, 500), (0, 0)), mode="edge")
    cut = straightened(PHOTO, outline)
    assert np.array_equal(cut, around[500 + top : 530 + top, 500 + left : 570 + left])
    slanted = straightened(PHOTO, outline + np.array([[0, 0], [0, 0.1], [0, 0.1], [0, 0]], np.float32))
    assert slanted.shape == cut.shape
    assert np.abs(slanted.astype(int) - cut).max() <= 1


@pytest.mark.parametrize("name", QUADS)
def test_the_first_corner_of_a_quadrangle_becomes_the_upper_left_one(name: str):
    quad = np.array(QUADS[name], np.float32)
    cut = straightened(PHOTO, quad)
    corners = np.array([cut[0, 0], cut[0, -1], cut[-1, -1], cut[-1, 0]])[:, :2]
    assert corners == pytest.approx(quad, abs=2)
    assert cut.shape[1] == pytest.approx(np.hypot(*(quad[1] - quad[0])), rel=0.15)


def test_a_curved_text_is_unrolled():
    angles = np.linspace(np.pi, 0, 7)
    outer, inner = (
        np.stack([100 + radius * np.cos(angles), 110 - radius * np.sin(angles)], axis=1) for radius in (90, 60)
    )
    cut = straightened(PHOTO, np.concatenate([outer, inner[::-1]]).astype(np.float32))
    assert cut.shape[0] == pytest.approx(29, abs=2)
    assert cut.shape[1] == pytest.approx(np.pi * 75, rel=0.03)
    middle = cut[:, cut.shape[1] // 2, :2].astype(float)
    assert middle[:, 0] == pytest.approx(100, abs=1)
    assert (middle[0, 1], middle[-1, 1]) == pytest.approx((20, 50), abs=1.5)


@pytest.mark.parametrize("corners", [5, 8, 9, 12])
def test_an_outline_without_two_edges_is_taken_with_the_rectangle_around_it(corners: int):
    angles = np.linspace(0, 2 * np.pi, corners, endpoint=False)
    round_one = np.stack([60 + 40 * np.cos(angles), 50 + 12 * np.sin(angles)], axis=1).astype(np.float32)
    cut = straightened(PHOTO, round_one)
    assert cut.shape[1] > 2 * cut.shape[0]
    assert cut[:, :, 0].mean() == pytest.approx(60, abs=4)


@given(st.lists(st.tuples(st.integers(-5, WIDE + 5), st.integers(-5, HIGH + 5)), min_size=3, max_size=9, unique=True))
def test_any_outline_gives_an_image(corners: list[tuple[int, int]]):
    cut = straightened(PHOTO, clockwise(np.array(corners, np.float32)))
    assert min(cut.shape[:2]) >= 1
    assert max(cut.shape[:2]) < 2_500
