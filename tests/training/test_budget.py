"""The schedule of a run: rates and moments as functions of the step alone, and its length from epochs or minutes."""

import itertools

import pytest

from engine.config.train import TrainConfig
from engine.training.budget import (
    Budget,
    Schedule,
    StepTimer,
    learning_rate,
    make_schedule,
    reports_after,
    steps_of_epochs,
    steps_of_minutes,
)
from engine.training.checkpoint import RunState

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


def test_the_rate_goes_on_where_the_epochs_stand_when_the_batch_is_halved():
    ours = config(learning_rate=1.0)
    halved = [learning_rate(ours, step, make_schedule(ours, 150), ahead=50) for step in range(50, 150)]
    assert halved == [learning_rate(ours, step, make_schedule(ours, 200)) for step in range(100, 200)]


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
    steps = steps_of_minutes(ours, done=10, spent=(12.0, 0.0), pace=pace, validation=550 / ours.batch, test=4.0)
    validations = 12 if not every else steps // every
    reading = validations * 500 * 1.1 * pace / ours.batch
    assert steps >= 11
    assert 12.0 + (steps - 10) * pace + min(reading, 60 * minutes / 4) <= 60 * minutes + pace
    if minutes >= 5 and not every:
        assert steps * pace >= 0.6 * 60 * minutes, "the time is used"


def test_a_budget_that_is_spent_still_ends_the_run_orderly():
    assert steps_of_minutes(config(minutes=0.5), 10, spent=(100.0, 0.0), pace=1.0, validation=1.1, test=0.0) == 11


def test_epochs_count_steps():
    assert steps_of_epochs(config(epochs=3), 7) == 21
    assert steps_of_epochs(config(), 7) is None


def test_the_first_steps_and_the_outliers_do_not_count():
    meter = StepTimer(budget=60)
    for seconds in [9.0] * 10 + [0.1] * 20 + [3.0] + [0.1] * 20:
        assert meter.seconds_per_step() is None or meter.seconds_per_step() == pytest.approx(0.1)
        meter.add(seconds)
    assert meter.seconds_per_step() == pytest.approx(0.1)


def test_a_fast_run_is_watched_for_a_share_of_its_time():
    meter = StepTimer(budget=600)
    for _ in range(450):
        meter.add(0.1)
    assert meter.seconds_per_step() is None
    for _ in range(60):
        meter.add(0.1)
    assert meter.seconds_per_step() == pytest.approx(0.1)


def test_steps_that_got_faster_are_believed():
    meter = StepTimer(budget=60)
    for seconds in [0.1] * 10 + [0.2] * 20 + [0.1] * 20:
        meter.add(seconds)
    assert meter.seconds_per_step() == pytest.approx(0.1)


def take_steps(budget: Budget, state: RunState, count: int, seconds: float, began: float = 0.0) -> list[int]:
    """Take steps of equal length from `began` seconds on; return the steps after which a schedule was made."""
    planned = []
    for number in range(1, count + 1):
        state.step += 1
        if budget.after_step(state, seconds, (began + number * seconds, 0.0)) is not None:
            planned.append(state.step)
    return planned


def test_epochs_alone_fix_the_schedule_before_the_first_step():
    state, budget = RunState(identity="x"), Budget(config(minutes=None, epochs=3), 7, 10, 10)
    budget.begin(state)
    assert budget.schedule is not None
    assert (budget.schedule.steps, state.planned_steps) == (21, 21)
    assert take_steps(budget, state, 21, 9.0) == []


def test_minutes_plan_by_the_pace_and_once_more_after_the_first_epoch():
    state, budget = RunState(identity="x"), Budget(config(minutes=2.0), 200, 10, 10)
    budget.begin(state)
    assert budget.schedule is None
    (first,) = take_steps(budget, state, 200, 0.4)
    slow = state.planned_steps or 0
    assert first < 200
    (second,) = take_steps(budget, state, 100, 0.2, began=80.0)
    assert 200 < second <= 300
    assert state.planned_again
    assert (state.planned_steps or 0) > slow, "steps got faster, so more of them fit"
    assert take_steps(budget, state, 300, 0.01) == [], "the schedule stays from then on"


def test_a_resumed_run_takes_up_its_schedule():
    state, budget = RunState(identity="x", step=50, planned_steps=90), Budget(config(minutes=2.0), 10, 10, 10)
    budget.begin(state)
    assert budget.schedule is not None
    assert budget.schedule.steps == 90


def test_epochs_end_a_run_whose_minutes_are_not_over():
    state, budget = RunState(identity="x"), Budget(config(minutes=60.0, epochs=2), 10, 10, 10)
    budget.begin(state)
    assert take_steps(budget, state, 20, 0.01) == []
    assert state.planned_steps == 20
