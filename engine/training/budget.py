"""The length of a run: from minutes or epochs to a number of steps, fixed once, and the schedule that follows from it.

All later decisions (learning rate, when to validate, when to report) are functions of the step and the schedule alone,
so that a resumed run takes the same ones. This module reads no clock: durations are handed in.
"""

import math
import statistics
from dataclasses import dataclass

from engine.config.run import RunConfig
from engine.training.checkpoint import RunState

EVALUATIONS = 12
_REPORTS = 500
_REPORTS_A_MINUTE = 100
_UNPLANNED_WARMUP = 200  # steps of the rise while the pace is still being measured
_UNPLANNED_REPORT = 5  # steps
_FLOOR = 0.01  # share of the highest learning rate at the cosine's end
EXPORT_SHARE = 0.05  # of the time, at most, for bundles made on the way; one beyond it waits for a later best
_EXPORT_SECONDS = 6.0  # a bundle, with its check
_LAST_SECONDS = 8.0  # the last bundle, and the first reading's compilation
_SKIPPED = 10  # steps, in which graphs are traced and caches filled
_STEPS = 30
_SHARE, _LONGEST = 0.08, 60.0  # of the run's time, and seconds: so long is measured
_OUTLIER = 5.0  # times the median: a graph traced for another width


@dataclass(frozen=True)
class Schedule:
    """The steps of a run and its rhythm.

    Attributes:
        steps: how many there are.
        evaluate_every, report_every: steps between two validations, and between two events of the curve.
    """

    steps: int
    evaluate_every: int
    report_every: int

    def evaluates_after(self, step: int) -> bool:
        """Say whether the validation images are read after `step` steps; always after the last."""
        return step == self.steps or (step % self.evaluate_every == 0 and step + self.evaluate_every / 2 < self.steps)


def make_schedule(config: RunConfig, steps: int) -> Schedule:
    """Return the plan of a run of `steps` steps."""
    reports = _REPORTS if config.minutes is None else min(_REPORTS, math.ceil(_REPORTS_A_MINUTE * config.minutes))
    return Schedule(steps, config.evaluate_every or math.ceil(steps / EVALUATIONS), max(1, steps // reports))


def steps_of_epochs(config: RunConfig, steps_per_epoch: int) -> int | None:
    """Return the steps after which the epochs are done; None where they set no end."""
    return None if config.epochs is None else config.epochs * steps_per_epoch


def steps_of_minutes(
    config: RunConfig, done: int, spent: tuple[float, float], pace: float, validation: float, test: float
) -> int:
    """Return the steps that fit into the run's minutes.

    Args:
        config: with `minutes`.
        done: steps done by now.
        spent: seconds by now, in all and of them for bundles.
        pace: seconds a step.
        validation: what a validation costs, in steps.
        test: seconds of the test at the end.
    """
    assert config.minutes is not None  # noqa: S101  callers measure only where there is a limit
    seconds, exported = spent
    budget = 60 * config.minutes
    ending = min(_LAST_SECONDS + test, budget / 4)
    exports = max(0.0, min(EXPORT_SHARE * budget, EVALUATIONS * _EXPORT_SECONDS) - exported)
    if not config.evaluate_every:
        reading = EVALUATIONS * validation * pace
        return max(done + 1, done + int((budget - seconds - ending - exports - min(reading, budget / 4)) / pace))
    paced = pace * (1 + validation / config.evaluate_every)
    return max(done + 1, done + int((budget - seconds - ending - exports) / paced))


def learning_rate(config: RunConfig, step: int, plan: Schedule | None, ahead: int = 0) -> float:
    """Return the learning rate of step `step` (0 is the first): a linear rise, then the schedule.

    Args:
        config: of the run.
        step: the step.
        plan: the run's; None while its pace is still being measured.
        ahead: see `RunState`; the rate goes on where the epochs stand.
    """
    if plan is None:
        return (
            config.learning_rate * min(1.0, (step + 1) / _UNPLANNED_WARMUP) if config.warmup else config.learning_rate
        )
    done, steps = step + ahead + 1, plan.steps + ahead
    rise = config.warmup * steps
    if done < rise:
        return config.learning_rate * done / rise
    if config.schedule == "constant":
        return config.learning_rate
    share = (done - rise) / max(1.0, steps - rise)
    return config.learning_rate * max(_FLOOR, (1 + math.cos(math.pi * min(1.0, share))) / 2)


def reports_after(step: int, plan: Schedule | None) -> bool:
    """Say whether the curve gets a point after `step` steps."""
    return step % (plan.report_every if plan else _UNPLANNED_REPORT) == 0 or (plan is not None and step == plan.steps)


class StepTimer:
    """Collects durations of steps until they tell the pace.

    Args:
        budget: the run's time in seconds.
    """

    def __init__(self, budget: float) -> None:
        self._wanted = min(budget * _SHARE, _LONGEST)
        self._durations: list[float] = []

    def add(self, seconds: float) -> None:
        """Take in the duration of one step."""
        self._durations.append(seconds)

    def seconds_per_step(self) -> float | None:
        """Return the mean seconds a step of the later half; None while too few were seen, or for too short a time.

        Steps get faster for a while: files come into the cache, and the graphs of other widths are built.
        """
        seen = self._durations[_SKIPPED:]
        if len(seen) < _STEPS or sum(seen) < self._wanted:
            return None
        seen = seen[len(seen) // 2 :]
        median = statistics.median(seen)
        return statistics.fmean(duration for duration in seen if duration <= _OUTLIER * median)


class Budget:
    """Decides the schedule of a run: by its epochs at once, or by the pace of its steps where minutes limit it.

    Args:
        config: of the run.
        steps_per_epoch: at least 1.
        validation: what a validation costs, in steps.
        test: seconds of the test at the end.

    Attributes:
        schedule: None while the pace is still being measured.
    """

    def __init__(self, config: RunConfig, steps_per_epoch: int, validation: float, test: float) -> None:
        self._config, self._steps_per_epoch = config, steps_per_epoch
        self._validation, self._test = validation, test
        self._limit = steps_of_epochs(config, steps_per_epoch)
        self._timer = self._new_timer()
        self.schedule: Schedule | None = None

    def begin(self, state: RunState) -> None:
        """Take up the schedule that a state holds, or fix it where epochs alone decide; called once."""
        if self._limit is not None:
            self._limit -= state.ahead
        if state.planned_steps is not None:
            self.schedule = make_schedule(self._config, state.planned_steps)
        elif self._timer is None:
            self.end_at(self._limit or 1, state)

    def end_at(self, steps: int, state: RunState) -> None:
        """Fix the number of steps."""
        state.planned_steps = steps
        self.schedule = make_schedule(self._config, steps)

    def after_step(self, state: RunState, seconds: float, spent: tuple[float, float]) -> float | None:
        """Take in a step's duration; return the seconds per step where a schedule was made of them just now.

        A schedule is made once the pace is known, and once more after the first epoch: from the second on, images lie
        prepared in memory, and steps take less time.

        Args:
            state: after the step.
            seconds: the step's duration.
            spent: seconds by now, in all and of them for bundles.
        """
        if self._timer is None:
            return None
        if self.schedule is not None and (state.planned_again or state.position <= self._steps_per_epoch):
            return None
        first = self.schedule is None
        pace = self._measure(state, seconds, spent)
        if first and pace is None and self._limit is not None and state.step >= self._limit:
            self.end_at(self._limit, state)
        state.planned_again = not first and pace is not None
        return pace

    def _measure(self, state: RunState, seconds: float, spent: tuple[float, float]) -> float | None:
        assert self._timer is not None  # noqa: S101  asked by the caller
        self._timer.add(seconds)
        pace = self._timer.seconds_per_step()
        if pace is None:
            return None
        steps = steps_of_minutes(self._config, state.step, spent, pace, self._validation, self._test)
        self.end_at(steps if self._limit is None else min(steps, self._limit), state)
        self._timer = self._new_timer()
        return pace

    def _new_timer(self) -> StepTimer | None:
        return StepTimer(60 * self._config.minutes) if self._config.minutes else None
