"""Distances against moving value by value, and by their laws; differences significant only where they are."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.datasets.comparison import FEWEST, compare, distance

samples = st.lists(st.floats(-1e3, 1e3, width=32), min_size=1, max_size=30).map(
    lambda values: np.array(values, dtype=float)
)
rng = np.random.default_rng(7)


@given(first=samples, second=samples)
def test_distance_is_wasserstein_over_the_common_deviation(first: np.ndarray, second: np.ndarray):
    mixed = np.sqrt((first.var() + second.var()) / 2 + (first.mean() - second.mean()) ** 2 / 4)
    # Repeated to equal numbers, the cheapest way to move one set to the other is in their order.
    moved = np.sort(np.tile(first, len(second))) - np.sort(np.tile(second, len(first)))
    expected = np.abs(moved).mean() / (mixed or 1)
    assert distance(first, second) == pytest.approx(expected, abs=1e-9)
    assert -1e-9 <= distance(first, second) <= 2 + 1e-9


@given(first=samples, second=samples)
def test_distance_is_symmetric(first: np.ndarray, second: np.ndarray):
    assert distance(first, second) == pytest.approx(distance(second, first), abs=1e-9)


@given(sample=samples, times=st.integers(1, 3))
def test_distance_of_equal_sets_is_zero_however_often_they_are_repeated(sample: np.ndarray, times: int):
    assert distance(sample, np.tile(sample, times)) == pytest.approx(0, abs=1e-9)


@given(first=samples, second=samples, factor=st.floats(0.5, 20), shift=st.floats(-50, 50))
def test_distance_does_not_hang_on_the_unit(first: np.ndarray, second: np.ndarray, factor: float, shift: float):
    assert distance(first * factor + shift, second * factor + shift) == pytest.approx(distance(first, second), abs=1e-4)


def frame(**columns: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(values, dtype=float) for name, values in columns.items()})


def test_a_set_does_not_differ_from_itself():
    table = frame(blur=rng.normal(0, 1, 200), noise=np.ones(200))
    assert [(gap.distance, gap.significant) for gap in compare(table, table)] == [(0, False), (0, False)]


def test_significant_gaps_come_first_by_distance():
    near = frame(a=rng.normal(0, 1, 300), b=rng.normal(0, 1, 300), c=rng.normal(0, 1, 300))
    far = frame(a=rng.normal(0.5, 1, 200), b=rng.normal(0, 1, 200), c=rng.normal(0, 3, 200))
    gaps = compare(near, far)
    assert [(gap.measure, gap.significant) for gap in gaps] == [("c", True), ("a", True), ("b", False)]
    assert all(gap.distance > gap.floor for gap in gaps[:2])
    assert gaps[1].second.median - gaps[1].first.median == pytest.approx(0.5, abs=0.3)
    assert [gap.distance for gap in compare(far, near)] == pytest.approx([gap.distance for gap in gaps])


def test_samples_of_one_source_seldom_differ():
    significant = sum(
        any(gap.significant for gap in compare(frame(**few), frame(**many)))
        for few, many in (
            ({n: rng.exponential(1, 20) for n in "abcdefg"}, {n: rng.exponential(1, 200) for n in "abcdefg"})
            for _ in range(60)
        )
    )
    assert significant <= 9, "1 in 20 is the rate that is said; 9 of 60 has a probability of 1 in 1,000"


def test_five_images_tell_a_gross_difference_and_four_tell_none():
    many = frame(a=rng.normal(0, 1, 500))
    assert compare(many, frame(a=np.full(FEWEST, 6.0)))[0].significant
    (gap,) = compare(many, frame(a=np.full(FEWEST - 1, 6.0)))
    assert (gap.significant, gap.distance, gap.second.images) == (False, 0, 4)


def test_images_without_a_value_do_not_count():
    values = np.array([1.0, np.nan, 3.0, np.inf])
    (gap,) = compare(frame(a=values), frame(a=values))
    assert (gap.first.images, gap.first.median) == (2, 2)


def test_only_measures_of_both_sets_are_compared():
    assert [gap.measure for gap in compare(frame(a=np.ones(9), b=np.ones(9)), frame(b=np.ones(9)))] == ["b"]


def test_no_images_are_no_difference():
    (gap,) = compare(frame(a=np.array([])), frame(a=np.ones(9)))
    assert (gap.significant, gap.first.images) == (False, 0)
