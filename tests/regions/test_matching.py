import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.regions.matching import Counts, counts, match
from engine.regions.polygons import overlaps
from engine.regions.region import Region
from glyphlab_read.regions.quads import area
from tests.helpers.rectangles import rectangle, rectangles

CROWDED = rectangles((0, 60), (15, 60))
"""Rectangles of which many share more than half."""


def by_the_protocol(boxes, regions):
    """The loops of ICDAR 2015's task 4.1, read off its description, one pair at a time."""

    def shared(a, b):
        return float(overlaps([a], [b])[0, 0])

    ignored = {
        number
        for number, box in enumerate(boxes)
        if any(region.ignore and shared(box, region.polygon) / abs(area(box)) > 0.5 for region in regions)
    }
    pairs: dict[int, int] = {}
    for number, region in enumerate(regions):
        for column, box in enumerate(boxes):
            if region.ignore or column in ignored or number in pairs or column in pairs.values():
                continue
            both = shared(region.polygon, box)
            if both / (abs(area(region.polygon)) + abs(area(box)) - both) > 0.5:
                pairs[number] = column
    return pairs, ignored


@given(st.lists(CROWDED, max_size=7), st.lists(st.tuples(CROWDED, st.booleans()), max_size=7))
def test_matching_is_what_the_protocol_says_pair_by_pair(boxes, truths):
    regions = [Region(quad, ignore=ignore) for quad, ignore in truths]
    pairs, ignored = by_the_protocol(boxes, regions)
    matching = match(boxes, regions)
    assert {region: box for region, box in enumerate(matching.matched) if box >= 0} == pairs
    assert matching.ignored == ignored
    kept = len(boxes) - len(ignored)
    assert counts(matching) == Counts(len(pairs), kept, sum(not region.ignore for region in regions))
    assert len(matching.false) == kept - len(pairs)


def test_a_box_matches_once_and_a_word_matches_once():
    word = rectangle(50, 50, 60, 20)
    assert counts(match([word, word], [Region(word)])) == Counts(1, 2, 1)
    assert counts(match([word], [Region(word), Region(word)])) == Counts(1, 1, 2)


def test_the_first_free_box_is_taken_not_the_best():
    word = rectangle(50, 50, 60, 20)
    near = rectangle(55, 50, 60, 20)
    assert match([near, word], [Region(word)]).matched == (0,)


@pytest.mark.parametrize(("width", "hits"), [(50, 0), (51, 1)])
def test_half_of_the_union_is_not_enough(width, hits):
    word, box = rectangle(50, 50, 100, 20), rectangle(width / 2, 50, width, 20)
    assert match([box], [Region(word)]).hits == hits


@pytest.mark.parametrize(("left", "ignored"), [(50, 0), (49, 1)])
def test_a_box_with_more_than_half_of_its_own_area_in_one_ignored_region_does_not_count(left, ignored):
    unreadable = Region(rectangle(50, 50, 100, 100), ignore=True)
    box = rectangle(left + 50, 50, 100, 20)
    matching = match([box], [unreadable])
    assert len(matching.ignored) == ignored
    assert len(matching.false) == 1 - ignored


def test_two_ignored_regions_do_not_add_up():
    halves = [Region(rectangle(x, 50, 40, 20), ignore=True) for x in (30, 70)]
    assert not match([rectangle(50, 50, 80, 20)], halves).ignored


def test_missed_and_ignored_regions_are_told_apart():
    matching = match([], [Region(rectangle(9, 9, 9, 9)), Region(rectangle(50, 9, 9, 9), ignore=True)])
    assert matching.counting == (0,)
    assert matching.matched == (-1, -1)


def test_counts_add_up_and_scores_of_nothing_are_zero():
    total = Counts(3, 4, 6) + Counts(0, 2, 0)
    assert total == Counts(3, 6, 6)
    assert (total.precision, total.recall) == (0.5, 0.5)
    assert total.h_mean == pytest.approx(0.5)
    assert (Counts().precision, Counts().recall, Counts().h_mean) == (0, 0, 0)
    assert np.isclose(Counts(2, 4, 8).h_mean, 2 * 0.5 * 0.25 / 0.75)
