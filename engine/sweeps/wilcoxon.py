"""Early stops by Wilcoxon's test: of runs that read the validation images worse than the best one, beyond chance.

Compared are runs that read the same images, at the same validation. This module starts and stops nothing; the test
itself is in search.py, which loads Optuna, and so only where it is needed.
"""

import contextlib
from collections.abc import Sequence
from typing import Any

from engine.config.run import RunConfig
from engine.config.sweeping import BaseSweepConfig
from engine.errors import JobError
from engine.evaluation.validated import load_validated
from engine.jobs import KINDS, Job, State, load_job, paths
from engine.jobs.event_frames import EventLog
from engine.sweeps.curves import ValidationCurve, read_curve
from engine.sweeps.runs import SweepRun, finished_runs
from engine.workspace import Workspace


def falls_behind(
    job: Job, curve: ValidationCurve, runs: Sequence[SweepRun], config: BaseSweepConfig, workspace: Workspace
) -> bool:
    """Return whether a run reads its validation images worse than the best finished one did at the same point.

    Args:
        job: of the run.
        curve: its validations, one or more.
        runs: all of the sweep.
        config: of the sweep.
        workspace: the sweep's.
    """
    from engine.sweeps.search import reads_worse

    best = _best_beside(job, finished_runs(runs, greater_is_better=config.greater_is_better), workspace)
    if best is None:
        return False
    place = len(curve.values) - 1
    steps = read_curve(EventLog(best.folder / paths.EVENTS), config.metric).steps
    theirs = load_validated(best.folder, steps[place]) if place < len(steps) else None
    ours = load_validated(job.folder, curve.steps[place])
    return ours is not None and theirs is not None and ours.shape == theirs.shape and reads_worse(ours, theirs)


def _best_beside(job: Job, finished: Sequence[SweepRun], workspace: Workspace) -> Job | None:
    """Return the first of the finished runs that reads the validation images of another one; None where none does."""
    chosen = _validation_choice(job)
    for run in finished:
        with contextlib.suppress(JobError):  # it was deleted
            best = load_job(workspace, "runs", run.run or "")
            if best.state is State.finished and _validation_choice(best) == chosen:
                return best
    return None


def _validation_choice(job: Job) -> tuple[Any, ...]:
    config = KINDS[job.kind].config.parse(job.config)
    return config.validation_choice if isinstance(config, RunConfig) else ()
