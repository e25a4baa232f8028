import itertools

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from engine.regions.polygons import areas, clipped, ious, is_simple, offset, overlaps, repaired, text_angle, text_height
from glyphlab_read.regions.quads import area, clockwise, enclosing_quad, ordered, ordered_quads, sides
from tests.helpers.rectangles import rectangle, rectangles

ORDERS = list(itertools.permutations(range(4)))
BOW_TIE = np.array([[0, 0], [40, 20], [40, 0], [0, 20]], np.float32)


def as_read(degrees, width=40, height=10):
    """A rectangle with the corners in the order that `ordered` promises: turned by 45 degrees at most."""
    quarters = round(degrees / 90)
    return np.roll(rectangle(50, 60, width, height, degrees), -(-quarters % 4), axis=0)


@pytest.mark.parametrize("degrees", [d for d in range(-180, 181, 5) if d % 90 != 45])
def test_corners_come_in_one_order_in_every_quadrant_however_they_are_given(degrees):
    given = rectangle(50, 60, 40, 10, degrees)
    for order in ORDERS:
        np.testing.assert_allclose(ordered(given[list(order)]), as_read(degrees), atol=1e-4)


@pytest.mark.parametrize("degrees", [-135, -45, 45, 135])
def test_at_45_degrees_the_longer_side_is_the_width_whatever_the_last_bit_says(degrees):
    for order, bit in itertools.product(ORDERS, (-1e-5, 0, 1e-5)):
        found = ordered(rectangle(50, 60, 40, 10, degrees + bit)[list(order)])
        assert sides(found) == pytest.approx((40, 10), abs=1e-3)
        assert found[0, 0] < found[1, 0], "the first edge runs to the right"


@pytest.mark.parametrize("turn", [-1e-5, 0, 1e-5])
def test_a_square_on_its_corner_begins_with_the_left_one(turn):
    for order in ORDERS:
        found = ordered(rectangle(50, 60, 30, 30, 45 + turn)[list(order)])
        np.testing.assert_allclose(found[0], [50 - 15 * 2**0.5, 60], atol=1e-3)


@given(rectangles(sizes=(2, 200)))
def test_mirrored_and_reordered_corners_give_the_same_quadrangle_with_its_first_edge_on_top(quad):
    found = ordered(quad)
    assert area(found) > 0
    np.testing.assert_array_equal(found, ordered(quad[::-1]))
    level, steep = (found[1] - found[0], found[2] - found[1])
    assert abs(level[1] / np.hypot(*level)) <= abs(steep[1] / np.hypot(*steep)) + 0.01
    assert found[:2, 1].sum() <= found[2:, 1].sum() + 0.1


@given(st.lists(rectangles(), min_size=1, max_size=6))
def test_many_quadrangles_are_ordered_as_each_alone(quads):
    np.testing.assert_array_equal(ordered_quads(np.stack(quads)), [ordered(quad) for quad in quads])


@given(rectangles(sizes=(3, 200)))
def test_the_enclosing_rectangle_of_a_rectangle_is_itself(quad):
    assert ious([enclosing_quad(quad)], [quad])[0, 0] > 0.99


@given(rectangles(sizes=(2, 200)))
def test_clockwise_keeps_the_first_corner_and_the_outline(quad):
    turned = clockwise(quad[::-1])
    np.testing.assert_array_equal(turned[0], quad[-1])
    assert area(turned) == pytest.approx(abs(area(quad)))


@given(rectangles(sizes=(2, 200)), st.permutations(range(4)))
def test_a_bow_tie_is_put_in_order(quad, order):
    crossed = quad[list(order)]
    mended = repaired(crossed)
    assert mended is not None
    assert is_simple(mended)
    assert area(mended) == pytest.approx(abs(area(quad)), rel=1e-3, abs=0.1)


@pytest.mark.parametrize(
    "nothing",
    [[[1, 1], [5, 5]], [[1, 1], [5, 5], [9, 9]], [[3, 3]] * 4, [[0, 0], [9, 0], [0, 0], [9, 0]]],
    ids=["two corners", "on a line", "one place", "there and back"],
)
def test_what_encloses_nothing_cannot_be_repaired(nothing):
    assert repaired(np.array(nothing, np.float32)) is None


def test_of_an_outline_that_falls_apart_the_largest_part_is_kept():
    eight = np.array([[0, 0], [10, 10], [40, -20], [40, 40], [10, 10], [0, 20]], np.float32)
    mended = repaired(eight)
    assert mended is not None
    assert mended[:, 0].min() == 10


@given(rectangles((-60, 160), (2, 90)))
def test_clipping_keeps_what_lies_in_the_image_and_where_reading_starts(quad):
    image = np.array([[0, 0], [100, 0], [100, 80], [0, 80]], np.float32)
    inside = overlaps([quad], [image])[0, 0]
    part = clipped(quad, 100, 80)
    if part is None:
        assert inside < 1e-3
        return
    assert part.dtype == np.float32
    assert area(part) == pytest.approx(inside, rel=1e-3, abs=0.1)
    assert part.min() >= 0
    assert (part.max(axis=0) <= [100, 80]).all()
    first = np.hypot(*(part - quad[0]).T)
    assert first[0] == first.min()


@pytest.mark.parametrize("shift", [(-20, 0), (0, -10), (85, 70), (500, 500)])
def test_a_crossed_outline_can_be_clipped(shift):
    part = clipped(BOW_TIE + np.float32(shift), 100, 80)
    assert part is None or is_simple(part)


@given(rectangles(sizes=(12, 200)), st.floats(-5, 20))
def test_a_moved_outline_is_the_rectangle_with_sides_longer_by_twice_the_distance(quad, distance):
    moved = offset(quad, distance)
    assert moved is not None
    assert len(moved) == 4
    width, height = sides(quad)
    assert sides(moved) == pytest.approx((width + 2 * distance, height + 2 * distance), abs=0.02)
    assert ious([offset(moved, -distance) if distance else moved], [quad])[0, 0] > 0.98  # pyright: ignore[reportArgumentType]


def test_nothing_is_left_of_a_thin_outline_moved_far_inwards():
    assert offset(rectangle(10, 10, 30, 4), -2.5) is None


@given(st.lists(rectangles((0, 120), (1, 90)), max_size=5), st.lists(rectangles((0, 120), (1, 90)), max_size=5))
def test_overlaps_are_what_counting_points_says(some, others):
    places = np.stack(np.meshgrid(np.arange(-80, 200, 1.0), np.arange(-80, 200, 1.0)), axis=-1) + 0.5

    def inside(quad):
        turned = ordered(quad)
        edges = np.roll(turned, -1, axis=0) - turned
        apart = places[..., None, :] - turned
        return (edges[:, 0] * apart[..., 1] - edges[:, 1] * apart[..., 0] >= 0).all(axis=-1)

    shared, shares = overlaps(some, others), ious(some, others)
    assert shared.shape == shares.shape == (len(some), len(others))
    within, within_others = [inside(quad) for quad in some], [inside(quad) for quad in others]
    for (i, a), (j, b) in itertools.product(enumerate(some), enumerate(others)):
        both = np.count_nonzero(within[i] & within_others[j])
        assert shared[i, j] == pytest.approx(both, abs=2 + 2 * (sum(sides(a)) + sum(sides(b))) ** 0.8)
        union = abs(area(a)) + abs(area(b)) - shared[i, j]
        assert shares[i, j] == pytest.approx(shared[i, j] / union, abs=1e-6)


def test_overlaps_of_outlines_of_any_length_and_of_crossed_ones():
    triangle = np.array([[0, 0], [40, 0], [0, 20]], np.float32)
    whole = rectangle(20, 10, 40, 20)
    np.testing.assert_allclose(overlaps([triangle, BOW_TIE, whole], [whole]), [[400], [400], [800]])
    np.testing.assert_allclose(ious([triangle, BOW_TIE, whole], [whole]), [[0.5], [0.5], [1]])
    np.testing.assert_allclose(areas([BOW_TIE, triangle]), [400, 400])
    assert overlaps([], [whole]).shape == (0, 1)
    assert len(areas([])) == 0


@given(rectangles(sizes=(2, 100)), rectangles(sizes=(2, 100)))
def test_the_share_of_the_union_is_symmetric_and_one_for_the_same(a, b):
    assume(is_simple(a) and is_simple(b))
    np.testing.assert_allclose(ious([a], [b]), ious([b], [a]).T, atol=1e-9)
    assert ious([a], [a])[0, 0] == pytest.approx(1)


@pytest.mark.parametrize(
    ("degrees", "height", "angle"),
    [(0, 10, 0), (30, 10, 30), (-30, 10, -30), (90, 10, 0), (180, 10, 0), (150, 10, -30)],
)
def test_height_is_the_shorter_side_and_angle_that_of_the_top_edge(degrees, height, angle):
    word = rectangle(100, 100, 60, height, degrees)
    assert text_height(word) == pytest.approx(height, abs=1e-3)
    assert text_angle(word) == pytest.approx(angle, abs=1e-3)
