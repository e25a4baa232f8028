"""Successive halving whose runs wait: at each judgement the best quarter goes on at once, the others may go on later.

ASHA (Li et al. 2020, A System for Massively Parallel Hyperparameter Tuning, algorithm 2). Optuna's pruner ends a run
for good where it isn't among the best so far, and lets the first ones go on for want of others. Here a run that waits
gives its device back and keeps its checkpoint: none goes on before it has three others to beat, and none is lost to the
luck of an early judgement. This module starts and stops nothing.
"""

from collections.abc import Sequence

from engine.sweeps.runs import SweepRun, came_through

QUARTER = 4  # one of so many goes on, after so many times the validations of the judgement before


def judged(values: Sequence[float], spared: int) -> tuple[float, ...]:
    """Return a run's metric, or its loss, at each judgement so far.

    Args:
        values: the metric, or the loss, at each validation.
        spared: validations before the first judgement; the others come after 4, 16, … times as many.
    """
    found, validations = [], spared
    while validations <= len(values):
        found.append(values[validations - 1])
        validations *= QUARTER
    return tuple(found)


def goes_on(
    run: SweepRun, runs: Sequence[SweepRun], known: int, *, greater_is_better: bool, last: bool = False
) -> bool:
    """Say whether a run is among the best quarter at each of its judgements but the first `known` ones.

    With `last` no other run comes, as for `next_to_go_on`, which would have it go on at once.
    """
    return all(
        run.number in _best_quarter(runs, judgement, greater_is_better, least=int(last))
        for judgement in range(known, len(run.judged))
    )


def next_to_go_on(runs: Sequence[SweepRun], *, greater_is_better: bool, last: bool) -> SweepRun | None:
    """Return the waiting run that is to go on: the best one of the latest judgement whose best quarter has one.

    First of all goes on one of whose settings another seed has finished.

    Args:
        runs: all of the sweep.
        greater_is_better: whether of the metric.
        last: no other run comes; then the best of fewer than four is their best quarter.
    """
    through = came_through(runs)
    if seed := next((run for run in runs if run.state == "waiting" and run.combination in through), None):
        return seed
    for judgement in reversed(range(max((len(run.judged) for run in runs), default=0))):
        for number in _best_quarter(runs, judgement, greater_is_better, least=int(last)):
            if runs[number].state == "waiting" and len(runs[number].judged) == judgement + 1:
                return runs[number]
    return None


def _best_quarter(runs: Sequence[SweepRun], judgement: int, greater_is_better: bool, least: int = 0) -> list[int]:
    """Return the numbers of the best quarter of the runs that came to a judgement, the best first.

    Of equal ones, such as runs that read no word yet, the one with the lower loss is the better.
    Those that failed, or that somebody stopped, take no place in it: they cannot go on.
    """
    came = [run for run in runs if len(run.judged) > judgement and run.state not in ("stopped", "failed")]
    sign = -1 if greater_is_better else 1
    came.sort(key=lambda run: (sign * run.judged[judgement], *run.losses[judgement : judgement + 1]))
    return [run.number for run in came[: max(least, len(came) // QUARTER)]]
