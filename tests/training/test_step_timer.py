"""The pace: without the first steps, and without what is no step's fault."""

import pytest

from engine.training.step_timer import StepTimer


def test_the_first_steps_and_the_outliers_do_not_count():
    meter = StepTimer(budget=60)
    for seconds in [9.0] * 10 + [0.1] * 20 + [3.0] + [0.1] * 20:
        assert meter.pace() is None or meter.pace() == pytest.approx(0.1)
        meter.add(seconds)
    assert meter.pace() == pytest.approx(0.1)


def test_a_fast_run_is_watched_for_a_share_of_its_time():
    meter = StepTimer(budget=600)
    for _ in range(450):
        meter.add(0.1)
    assert meter.pace() is None
    for _ in range(60):
        meter.add(0.1)
    assert meter.pace() == pytest.approx(0.1)


def test_steps_that_got_faster_are_believed():
    meter = StepTimer(budget=60)
    for seconds in [0.1] * 10 + [0.2] * 20 + [0.1] * 20:
        meter.add(seconds)
    assert meter.pace() == pytest.approx(0.1)
