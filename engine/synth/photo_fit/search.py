"""Search for the parameters that bring drawn images nearest to real ones, in a number of trials that is fixed.

First each parameter is moved alone, one way and if that does not help the other, and stays where it helped: that shows
which of them matter. Those are then searched together by CMA-ES (Hansen 2016, arXiv 1604.00772; the library `cmaes`).
The course depends on the distances alone, so that a search that is told those of its first trials goes on as if it had
made them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from cmaes import CMA

Vector = npt.NDArray[np.float64]

Evaluate = Callable[[Vector], float]
"""The distance at a place, the same for the same place; infinity where there is none."""

Hint = tuple[int, int]
"""A parameter, and the way it should be moved: 1 up, -1 down."""

_SCREENED = 0.7  # share of the trials
_STEPS = (0.25, 0.12)  # of the first sweep over the parameters, and of the next
_BETTER = 0.995  # of the distance: less of a gain is chance
_TOGETHER = 12  # parameters that are searched together
_SPREAD = 0.05
_FAR = 1.0  # the distance of a place that cannot be drawn: no two sets are farther apart


@dataclass(frozen=True)
class Found:
    """The nearest place and its distance."""

    place: Vector
    distance: float


class Search:
    """One search.

    Args:
        start: where to begin, float64 (P,), 0…1, and its distance.
        shows: whether a parameter shows at a place: those that do not are passed over.
        evaluate: called once a trial.
        trials: how often, at most.
        seed: of CMA-ES.
        hints: the parameters that are likeliest to help, to be moved first.
    """

    def __init__(
        self,
        start: Found,
        shows: Callable[[Vector, int], bool],
        evaluate: Evaluate,
        trials: int,
        seed: int,
        hints: Sequence[Hint] = (),
    ) -> None:
        self._shows, self._evaluate, self._seed = shows, evaluate, seed
        self._left = trials
        self._effects = np.zeros(len(start.place))
        self._ways = dict(reversed(hints))
        hinted = dict.fromkeys(number for number, _ in hints)
        self._first = [*hinted, *(number for number in range(len(start.place)) if number not in hinted)]
        self.best = start

    def run(self) -> Found:
        """Make all trials and return the nearest place."""
        together = round(self._left * (1 - _SCREENED))
        for step in _STEPS:
            self._sweep(step, together)
        self._search_together()
        return self.best

    def _try(self, place: Vector) -> float:
        self._left -= 1
        distance = self._evaluate(place)
        if distance < self.best.distance:
            self.best = Found(place, distance)
        return distance

    def _sweep(self, step: float, left: int) -> None:
        """Move one parameter after another, until so few trials are left."""
        for number in self._order(step):
            if not self._shows(self.best.place, number):
                continue
            here = self.best
            likely = step * self._ways.get(number, 1)
            for way in (likely, -likely):
                place = here.place.copy()
                place[number] = np.clip(place[number] + way, 0.0, 1.0)
                if self._left <= left or place[number] == here.place[number]:
                    continue
                distance = self._try(place)
                if np.isfinite(distance):
                    self._effects[number] = max(self._effects[number], abs(distance - here.distance))
                if distance < here.distance * _BETTER:
                    break
                self.best = here  # less of a gain is chance

    def _order(self, step: float) -> Sequence[int]:
        """Return all parameters as they come in the first sweep, and later those first that moved the distance most."""
        first = step == _STEPS[0]
        return self._first if first else np.argsort(-self._effects, kind="stable").tolist()

    def _search_together(self) -> None:
        chosen = np.argsort(-self._effects, kind="stable")[:_TOGETHER]
        if len(chosen) < 2 or self._left < 2:
            return
        base = self.best.place
        bounds = np.repeat([[0.0, 1.0]], len(chosen), axis=0)
        optimiser = CMA(mean=base[chosen].copy(), sigma=_SPREAD, bounds=bounds, seed=self._seed)
        while self._left > 1:
            told = []
            for _ in range(min(optimiser.population_size, self._left - 1)):
                part = optimiser.ask()
                told.append((part, min(self._try(_with(base, chosen, part)), _FAR)))
            if len(told) == optimiser.population_size:
                optimiser.tell(told)
        self._try(_with(base, chosen, np.clip(optimiser.mean, 0.0, 1.0)))


def _with(base: Vector, chosen: npt.NDArray[np.intp], part: Vector) -> Vector:
    place = base.copy()
    place[chosen] = part
    return place
