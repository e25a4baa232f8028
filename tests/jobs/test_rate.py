"""Rates and estimates are those of the last half minute, and start anew with a new count."""

import pytest

from engine.jobs.context import RateMeter


def test_a_steady_count_has_its_rate_and_eta():
    pace = RateMeter()
    for second in range(100):
        pace.update(float(second), second * 5, "images")
    assert pace.rate(99.0) == pytest.approx(5.0)
    assert pace.eta(99.0, 1000) == pytest.approx((1000 - 495) / 5)


def test_a_slow_start_is_forgotten():
    pace = RateMeter()
    pace.update(0.0, 1, "steps")
    for second in range(60, 120):
        pace.update(float(second), 10 * (second - 59), "steps")
    assert pace.rate(119.0) == pytest.approx(10.0, rel=0.05)


def test_the_rate_falls_while_nothing_is_done():
    pace = RateMeter()
    for second in range(10):
        pace.update(float(second), second, "steps")
    assert pace.rate(100.0) == pytest.approx(9 / 100)


def test_one_count_has_no_rate_and_no_eta():
    pace = RateMeter()
    assert pace.rate(0.0) is None
    pace.update(1.0, 3, "steps")
    assert pace.rate(1.0) is None
    assert pace.eta(2.0, 10) is None


def test_a_fall_or_another_unit_begins_anew():
    pace = RateMeter()
    for second in range(10):
        pace.update(float(second), second, "steps")
    pace.update(10.0, 0, "steps")
    assert pace.rate(10.0) is None
    pace.update(11.0, 500, "images")
    assert pace.rate(12.0) is None


def test_the_slowest_gap_is_between_advances_not_between_reports():
    pace = RateMeter()
    for second, done in [(0, 1), (1, 2), (2, 2), (5, 2), (9, 3), (10, 4)]:
        pace.update(float(second), done, "steps")
    assert pace.slowest == 8.0
    assert pace.advanced == 10.0
