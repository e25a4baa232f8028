"""How long a run is: from time or epochs to a number of steps, fixed once, and what follows from it.

All later decisions (learning rate, when to validate, when to report) are functions of the step and the plan alone, so
that a resumed run takes the same ones. This module reads no clock.
"""

import math
from dataclasses import dataclass

from engine.config.train import TrainConfig

EVALUATIONS = 12
_REPORTS = 500
_REPORTS_A_MINUTE = 100
_UNPLANNED_WARMUP = 200  # steps of the rise while the pace is still being measured
_UNPLANNED_REPORT = 5  # steps
_FLOOR = 0.01  # share of the highest learning rate at the cosine's end
_VALIDATION_COST = 1.1  # of a learning step, an image: read for the loss, and for the text, which is then looked for
EXPORT_SHARE = 0.05  # of the time, at most, for bundles made on the way; one beyond it waits for a later best
_EXPORT_SECONDS = 6.0  # a bundle, with its check
_LAST_SECONDS = 8.0  # the last bundle, and the first reading's compilation
_TEST_SECONDS = 0.004  # an image, through the bundle


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


def make_schedule(config: TrainConfig, steps: int) -> Schedule:
    """Return the plan of a run of `steps` steps."""
    reports = _REPORTS if config.minutes is None else min(_REPORTS, math.ceil(_REPORTS_A_MINUTE * config.minutes))
    return Schedule(steps, config.evaluate_every or math.ceil(steps / EVALUATIONS), max(1, steps // reports))


def steps_of_epochs(config: TrainConfig, steps_per_epoch: int) -> int | None:
    """Return the steps after which the epochs are done; None where they set no end."""
    return None if config.epochs is None else config.epochs * steps_per_epoch


def steps_of_minutes(
    config: TrainConfig, done: int, spent: tuple[float, float], pace: float, validation: int, test: int
) -> int:
    """Return the steps that fit into the run's minutes.

    Args:
        config: with `minutes` and `batch`.
        done: steps done by now.
        spent: seconds by now, in all and of them for bundles.
        pace: seconds a step.
        validation: images read at each validation.
        test: images read at the end.
    """
    assert config.minutes is not None  # noqa: S101  callers measure only where there is a limit
    seconds, exported = spent
    budget = 60 * config.minutes
    ending = min(_LAST_SECONDS + _TEST_SECONDS * test, budget / 4)
    exports = max(0.0, min(EXPORT_SHARE * budget, EVALUATIONS * _EXPORT_SECONDS) - exported)
    if not config.evaluate_every:
        reading = EVALUATIONS * validation * _VALIDATION_COST * pace / config.batch
        return max(done + 1, done + int((budget - seconds - ending - exports - min(reading, budget / 4)) / pace))
    paced = pace * (1 + validation * _VALIDATION_COST / config.batch / config.evaluate_every)
    return max(done + 1, done + int((budget - seconds - ending - exports) / paced))


def learning_rate(config: TrainConfig, step: int, plan: Schedule | None) -> float:
    """Return the learning rate of step `step` (0 is the first): a linear rise, then the schedule."""
    if plan is None:
        return (
            config.learning_rate * min(1.0, (step + 1) / _UNPLANNED_WARMUP) if config.warmup else config.learning_rate
        )
    rise = config.warmup * plan.steps
    if step + 1 < rise:
        return config.learning_rate * (step + 1) / rise
    if config.schedule == "constant":
        return config.learning_rate
    share = (step + 1 - rise) / max(1.0, plan.steps - rise)
    return config.learning_rate * max(_FLOOR, (1 + math.cos(math.pi * min(1.0, share))) / 2)


def reports_after(step: int, plan: Schedule | None) -> bool:
    """Say whether the curve gets a point after `step` steps."""
    return step % (plan.report_every if plan else _UNPLANNED_REPORT) == 0 or (plan is not None and step == plan.steps)
