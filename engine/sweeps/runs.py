"""The runs of a sweep as its folder keeps them: which settings each has, how it stands, and what they tell together.

The file is written by the sweep alone; pages read it. This module starts and stops nothing.
"""

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

from pydantic import ValidationError

from engine.config.variations import Combination
from engine.files import read_json, write_json
from engine.jobs import paths
from engine.jobs.records import Record

RunState = Literal["planned", "live", "waiting", "finished", "pruned", "stopped", "failed"]

BEHIND: Collection[RunState] = ("waiting", "pruned")
"""States of runs that were stopped early, for a while or for good."""


class SweepRun(Record):
    """One run of a sweep.

    Attributes:
        number: its place in the sweep, from 0; the run is launched by it, once.
        combination: value of each varied setting, as a flag would have it.
        seed: of the run, where the sweep decides it.
        extra: whether somebody asked for it by an extension, beyond the budget.
        run: its id, once it was launched.
        state: planned before it is launched; waiting while halving may let it go on; ended ones are finished, pruned
            (stopped early), stopped by somebody, or failed.
        value: the metric at its best validation so far; None before the first.
        judged: the metric at each judgement by halving so far.
        losses: the loss on the validation images at each of these, which parts runs of one metric.
        validations, step, steps: validations so far, steps done, and those that it would take.
        seconds: of work.
        resumed: how often it was taken up after its processes had died.
        message: its last words, where it was not finished.
    """

    number: int
    combination: Combination
    seed: int | None = None
    extra: bool = False
    run: str | None = None
    state: RunState = "planned"
    value: float | None = None
    judged: tuple[float, ...] = ()
    losses: tuple[float, ...] = ()
    validations: int = 0
    step: int = 0
    steps: int | None = None
    seconds: float = 0.0
    resumed: int = 0
    message: str = ""

    @property
    def open(self) -> bool:
        """True while it is launched or at work."""
        return self.state in ("planned", "live")


class Ranked(NamedTuple):
    """A combination with the mean value of its finished runs."""

    combination: Combination
    value: float
    runs: tuple[SweepRun, ...]


def read_runs(folder: Path) -> list[SweepRun]:
    """Return the runs of a sweep in their order; none before the first, or where the file is damaged."""
    try:
        return [SweepRun.model_validate(each) for each in read_json(folder / paths.SWEEP_RUNS)["runs"]]
    except (OSError, ValueError, LookupError, TypeError, ValidationError):
        return []


def taken_up(runs: Sequence[SweepRun], *, wait: bool) -> list[SweepRun]:
    """Return the runs of a sweep as it begins or goes on, those to be tried again among them.

    Where all that ended had failed, they are planned again: somebody mended the cause. With `wait`, those that were
    stopped early wait again, as worse ones may come.
    """
    vain = all(run.state == "failed" for run in runs if not run.open)
    again = {"failed": "planned" if vain else "failed", "pruned": "waiting" if wait else "pruned"}
    return [run.model_copy(update={"state": again.get(run.state, run.state)}) for run in runs]


def write_runs(folder: Path, runs: Sequence[SweepRun]) -> None:
    """Keep the runs of a sweep. Raises SpaceError."""
    write_json(folder / paths.SWEEP_RUNS, {"runs": [run.plain() for run in runs]})


def ranked(runs: Sequence[SweepRun], *, greater_is_better: bool) -> list[Ranked]:
    """Return the combinations that have finished runs, the best first.

    Those of which a run was stopped early come after all others, however their other seeds did.
    """
    by_settings: dict[Combination, list[SweepRun]] = {}
    behind = {run.combination for run in runs if run.state in BEHIND}
    for run in runs:
        if run.state == "finished" and run.value is not None:
            by_settings.setdefault(run.combination, []).append(run)
    means = [
        Ranked(combination, sum(run.value or 0.0 for run in members) / len(members), tuple(members))
        for combination, members in by_settings.items()
    ]
    sign = -1 if greater_is_better else 1
    return sorted(means, key=lambda one: (one.combination in behind, sign * one.value))


def came_through(runs: Sequence[SweepRun]) -> set[Combination]:
    """Return the combinations that have a finished run: further seeds of these tell chance, and are not judged."""
    return {run.combination for run in runs if run.state == "finished"}


def finished_runs(runs: Sequence[SweepRun], *, greater_is_better: bool) -> list[SweepRun]:
    """Return the finished runs that have a value, the best first."""
    finished = [run for run in runs if run.state == "finished" and run.value is not None]
    return sorted(finished, key=lambda run: run.value or 0.0, reverse=greater_is_better)


def leading_run(runs: Sequence[SweepRun], *, greater_is_better: bool) -> SweepRun | None:
    """Return the best of the runs that came furthest, for sweeps of which none has finished; None without a value."""
    known = [run for run in runs if run.value is not None]
    furthest = [run for run in known if len(run.judged) == max(len(each.judged) for each in known)]
    return (max if greater_is_better else min)(furthest, key=lambda run: run.value or 0.0, default=None)


def figures(runs: Sequence[SweepRun], *, greater_is_better: bool) -> dict[str, Any]:
    """Return what lists show of the runs of a sweep, as `engine.jobs.summaries.SweepSummary` has it."""
    found = next(iter(ranked(runs, greater_is_better=greater_is_better)), None)
    best = finished_runs(found.runs, greater_is_better=greater_is_better)[0] if found else None
    pruned = [run for run in runs if run.state == "pruned"]
    return {
        "runs": sum(not run.open for run in runs),
        "pruned": len(pruned),
        "failed": sum(run.state == "failed" for run in runs),
        "seconds": sum(run.seconds for run in runs),
        "steps": sum(run.step for run in runs),
        "steps_saved": sum(max(0, run.steps - run.step) for run in pruned if run.steps),
        "best": found
        and best
        and {
            "run": best.run,
            "value": found.value,
            "seeds": len(found.runs),
            "combination": dict(found.combination),
        },
    }
