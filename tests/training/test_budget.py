"""The plan: rates, moments and budgets as functions of the step alone."""

import itertools

import pytest

from engine.config.train import TrainConfig
from engine.training.budget import (
    Schedule,
    learning_rate,
    make_schedule,
    reports_after,
    steps_of_epochs,
    steps_of_minutes,
)

DATASET = "0" * 26


def config(**values) -> TrainConfig:
    return TrainConfig.parse({"dataset": DATASET, **values})


def test_the_rate_rises_then_falls_to_almost_nothing():
    ours, plan = config(learning_rate=1.0, warmup=0.1), make_schedule(config(), 100)
    rates = [learning_rate(ours, step, plan) for step in range(100)]
    assert rates[:9] == sorted(rates[:9])
    assert max(rates) == pytest.approx(1.0, rel=0.01)
    assert rates[10:] == sorted(rates[10:], reverse=True)
    assert rates[0] == pytest.approx(0.1)
    assert 0 < rates[-1] <= 0.01


def test_a_constant_schedule_without_warmup_is_constant():
    ours = config(learning_rate=1.0, warmup=0.0, schedule="constant")
    assert {learning_rate(ours, step, plan) for step in range(50) for plan in (None, Schedule(50, 5, 1))} == {1.0}


@pytest.mark.parametrize("steps", [1, 2, 7, 12, 13, 100, 709])
@pytest.mark.parametrize("every", [0, 1, 5, 1000])
def test_the_last_step_is_always_validated_and_not_just_after_another(steps: int, every: int):
    plan = make_schedule(config(evaluate_every=every), steps)
    moments = [step for step in range(1, steps + 1) if plan.evaluates_after(step)]
    assert moments[-1] == steps
    assert len(moments) <= 12 or every
    gaps = [b - a for a, b in itertools.pairwise(moments)]
    assert all(gap > plan.evaluate_every / 2 for gap in gaps)


@pytest.mark.parametrize("minutes", [None, 0.1, 5, 60])
def test_a_curve_has_few_points_and_one_at_the_end(minutes):
    plan = make_schedule(config(minutes=minutes, epochs=1), 12_345)
    points = sum(reports_after(step, plan) for step in range(1, 12_346))
    assert points <= 1001
    assert minutes is None or points <= max(2 * 100 * minutes, 21)
    assert reports_after(12_345, plan)


@pytest.mark.parametrize("minutes", [0.5, 5.0, 60.0])
@pytest.mark.parametrize("pace", [0.01, 0.1, 1.0])
@pytest.mark.parametrize("every", [0, 100])
def test_the_planned_steps_fit_into_the_minutes(minutes: float, pace: float, every: int):
    ours = config(minutes=minutes, evaluate_every=every)
    steps = steps_of_minutes(ours, done=10, spent=(12.0, 0.0), pace=pace, validation=500, test=1000)
    validations = 12 if not every else steps // every
    reading = validations * 500 * 1.1 * pace / ours.batch
    assert steps >= 11
    assert 12.0 + (steps - 10) * pace + min(reading, 60 * minutes / 4) <= 60 * minutes + pace
    if minutes >= 5 and not every:
        assert steps * pace >= 0.6 * 60 * minutes, "the time is used"


def test_a_budget_that_is_spent_still_ends_the_run_orderly():
    assert steps_of_minutes(config(minutes=0.5), 10, spent=(100.0, 0.0), pace=1.0, validation=1, test=1) == 11


def test_epochs_count_steps():
    assert steps_of_epochs(config(epochs=3), 7) == 21
    assert steps_of_epochs(config(), 7) is None
