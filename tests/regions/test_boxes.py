import cv2
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from engine.regions.kernels import fill, kernel_of
from engine.regions.polygons import ious
from glyphlab_read.regions.boxes import SHRINK, boxes_from_map, grown, kernels_in
from glyphlab_read.regions.quads import sides
from glyphlab_read.regions.thresholds import Thresholds
from tests.helpers.rectangles import rectangle, rectangles

ALL = Thresholds(binary=0.5, box=0.0, smallest=0.0)
RATIOS = st.floats(0.2, 1.0)


def map_of(polygons, size, stride, ratio=SHRINK, value=1.0):
    """The map of a locator that makes no mistake: the kernel of each polygon, at a stride."""
    mask = np.zeros((-(-size[1] // stride), -(-size[0] // stride)), np.uint8)
    for polygon in polygons:
        kernel = kernel_of(polygon, ratio)
        assert kernel is not None
        fill(mask, kernel / stride, 1)
    return mask.astype(np.float32) * value


@given(st.floats(1, 300), st.floats(1, 300), RATIOS)
def test_growth_undoes_the_shrinking(width, height, ratio):
    kernel = kernel_of(rectangle(0, 0, width, height), ratio)
    assert kernel is not None
    assert sides(grown(kernel[None], 1.0, ratio)[0]) == pytest.approx((width, height), rel=1e-3, abs=1e-3)


def test_a_kernel_of_a_square_keeps_the_share_that_it_is_named_by():
    kernel = kernel_of(rectangle(50, 50, 100, 100), 0.4)
    assert kernel is not None
    assert sides(kernel) == pytest.approx((58, 58))  # 100 - 2 · 10,000 · 0.84 / 400


def test_nothing_is_left_of_an_outline_without_extent():
    assert kernel_of(np.zeros((4, 2), np.float32)) is None


@given(rectangles((250, 262), (40, 160)), st.sampled_from([0.4, 1.0]))
def test_a_rectangle_of_any_angle_comes_back_from_its_map(quad, ratio):
    boxes = boxes_from_map(map_of([quad], (512, 512), 2, ratio), (2, 2), ALL, ratio)
    assert len(boxes) == 1
    assert boxes[0].score == 1
    assert ious([boxes[0].quad], [quad])[0, 0] > 0.88


@given(st.floats(11, 40), st.floats(1, 8), st.floats(-180, 180), st.floats(0, 2), st.floats(0, 2))
def test_small_words_come_back_from_their_map_well_enough_to_be_found(height, aspect, degrees, x, y):
    quad = rectangle(250 + x, 250 + y, height * aspect, height, degrees)
    boxes = boxes_from_map(map_of([quad], (512, 512), 2), (2, 2), ALL)
    assert len(boxes) == 1
    assert ious([boxes[0].quad], [quad])[0, 0] > 0.5


def test_words_come_back_without_a_bias_of_size():
    rng = np.random.default_rng(4)
    shares = []
    for _ in range(150):
        height, aspect, degrees = rng.uniform(12, 40), rng.uniform(1, 6), rng.uniform(-180, 180)
        x, y = rng.uniform(250, 252, 2)
        quad = rectangle(x, y, height * aspect, height, degrees)
        (box,) = boxes_from_map(map_of([quad], (512, 512), 2), (2, 2), ALL)
        found = sides(box.quad)
        shares.append(found[0] * found[1] / (height * height * aspect))
    assert np.mean(shares) == pytest.approx(1, abs=0.02)


@given(rectangles((20, 44), (0.0625, 30)), st.sampled_from([1.0, 0.4]))
def test_no_kernel_vanishes_or_falls_apart_however_thin_it_is(quad, ratio):
    kernel = kernel_of(quad, ratio)
    if kernel is None:  # of a side under a hundredth of a pixel
        return
    mask = np.zeros((64, 64), np.uint8)
    fill(mask, kernel, 1)
    assert cv2.connectedComponents(mask, connectivity=8)[0] == 2


@given(rectangles((-20, 84), (3, 60)))
def test_pixels_are_filled_whose_centres_lie_inside_also_at_the_edges_of_the_mask(quad):
    mask = np.zeros((64, 48), np.uint8)
    fill(mask, quad, 1)
    x, y = np.meshgrid(np.arange(48) + 0.5, np.arange(64) + 0.5)
    outline = shapely.Polygon(quad)
    inside = np.array(shapely.contains(outline, shapely.points(x, y)))
    beside = shapely.distance(outline.exterior, shapely.points(x, y)) < 1e-3
    np.testing.assert_array_equal(mask[~beside], inside[~beside])


def test_outlines_off_the_mask_and_curved_ones():
    mask = np.zeros((32, 32), np.uint8)
    fill(mask, rectangle(-50, -50, 20, 20), 1)
    assert not mask.any()
    bent = np.array([[2, 2], [30, 2], [30, 30], [24, 30], [24, 8], [2, 8]], np.float32)
    fill(mask, bent, 7)
    assert np.count_nonzero(mask == 7) == 28 * 6 + 6 * 22
    assert mask[20, 10] == 0


@given(st.integers(4, 20), st.integers(4, 20), st.integers(1, 40), st.integers(1, 40))
def test_whole_pixels_are_filled_exactly(left, top, width, height):
    mask = np.zeros((64, 64), np.uint8)
    fill(mask, rectangle(left + width / 2, top + height / 2, width, height), 1)
    expected = np.zeros_like(mask)
    expected[top : top + height, left : left + width] = 1
    np.testing.assert_array_equal(mask, expected)
    (box,) = boxes_from_map(mask.astype(np.float32), (1, 1), ALL, ratio=1.0)
    assert box.quad.tolist() == [
        [left, top],
        [left + width, top],
        [left + width, top + height],
        [left, top + height],
    ]


def test_boxes_are_in_px_of_the_photo_also_where_the_map_is_squeezed_in_one_direction():
    text_map = np.zeros((8, 16), np.float32)
    text_map[2:4, 4:8] = 0.9
    (box,) = boxes_from_map(text_map, (10, 20), ALL, ratio=1.0)
    assert box.quad.tolist() == [[40, 40], [80, 40], [80, 80], [40, 80]]
    assert box.score == pytest.approx(0.9)


def test_each_threshold_leaves_out_what_it_says():
    text_map = np.zeros((64, 64), np.float32)
    text_map[4:14, 4:34] = 0.9
    text_map[20:30, 4:34] = 0.6
    text_map[40:42, 4:34] = 0.8

    def tops(**changes):
        thresholds = Thresholds(**{"binary": 0.5, "box": 0.0, "smallest": 0.0} | changes)
        return [float(box.quad[0, 1]) for box in boxes_from_map(text_map, (1, 1), thresholds, ratio=1.0)]

    assert tops() == [4, 20, 40]
    assert tops(binary=0.7) == [4, 40]
    assert tops(box=0.7) == [4, 40]
    assert tops(smallest=3) == [4, 20]
    wider = boxes_from_map(text_map, (1, 1), ALL.changed(unclip=2.0))
    assert sides(wider[0].quad)[1] > sides(boxes_from_map(text_map, (1, 1), ALL)[0].quad)[1]


def test_boxes_come_from_the_upper_left_to_the_lower_right():
    corners = [(40, 30), (4, 4), (4, 30), (40, 4)]
    text_map = np.zeros((64, 64), np.float32)
    for x, y in corners:
        text_map[y : y + 6, x : x + 12] = 1
    found = [tuple(box.quad[0]) for box in boxes_from_map(text_map, (1, 1), ALL, ratio=1.0)]
    assert found == [(4, 4), (40, 4), (4, 30), (40, 30)]


def test_a_word_within_the_ring_of_another_has_its_own_box():
    text_map = np.zeros((64, 64), np.float32)
    cv2.rectangle(text_map, (4, 4), (60, 60), 1.0, 2)
    text_map[30:34, 20:40] = 0.8
    scores = [box.score for box in boxes_from_map(text_map, (1, 1), ALL)]
    assert scores == pytest.approx([1, 0.8])


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_maps_of_nothing_and_of_text_alone(value):
    boxes = boxes_from_map(np.full((32, 48), value, np.float16), (2, 2), ALL, ratio=1.0)
    assert len(boxes) == value
    for box in boxes:
        np.testing.assert_allclose(box.quad, [[0, 0], [96, 0], [96, 64], [0, 64]], atol=1e-3)


@given(st.integers(0, 2**32 - 1), st.sampled_from([0.5, 0.9, 0.99]))
def test_any_map_gives_finite_rectangles_one_for_each_piece(seed, sparsity):
    noise = np.random.default_rng(seed).random((24, 40)).astype(np.float32)
    kernels = kernels_in(noise, (2, 2), sparsity)
    assert len(kernels.quads) == cv2.connectedComponents((noise > sparsity).astype(np.uint8), connectivity=8)[0] - 1
    for box in boxes_from_map(noise, (2, 2), Thresholds(binary=0.5, box=0.6, smallest=0)):
        assert np.isfinite(box.quad).all()
        assert min(sides(box.quad)) > 0
        assert 0.6 <= box.score <= 1
