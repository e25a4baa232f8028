"""A run's metric and loss at its validations, and what a sweep knows of the run by them.

Read from the run's events. This module judges nothing and stops nothing.
"""

import sys
from typing import NamedTuple

from engine.jobs import Job
from engine.jobs.event_frames import EventLog
from engine.sweeps.runs import SweepRun


class ValidationCurve(NamedTuple):
    """The metric and the loss at each validation of a run, and the steps of these."""

    values: list[float]
    losses: list[float]
    steps: list[int]


def read_curve(log: EventLog, metric: str) -> ValidationCurve:
    """Return the validations that a run's events hold so far."""
    frame = log.frames().get("validation")
    if frame is None or metric not in frame:
        return ValidationCurve([], [], [])
    columns = dict.fromkeys(["step", metric, "loss"])  # the loss may be the metric
    known = frame.reindex(columns=list(columns)).dropna(subset=[metric])
    losses = known["loss"].astype(float).fillna(sys.float_info.max)  # JSON has no infinity
    return ValidationCurve(
        [float(value) for value in known[metric]],
        [float(loss) for loss in losses],
        [int(step) for step in known["step"]],
    )


def measured(run: SweepRun, job: Job, curve: ValidationCurve, *, greater_is_better: bool) -> SweepRun:
    """Return a run with what is known of it now."""
    now = job.progress
    counted = now is not None and now.unit == "steps"
    best = (max if greater_is_better else min)(curve.values, default=None)
    step = max([run.step, *curve.steps, int(now.done or 0) if counted and now else 0])
    steps = int(now.total) if counted and now and now.total else run.steps
    known = {"value": best, "validations": len(curve.values), "step": step, "steps": steps, "seconds": job.seconds}
    return run.model_copy(update=known)
