"""The next run of a sweep: its settings and its seed, by a grid, at random, or as a search suggests.

What comes next follows from the config and from the runs so far alone, so that a sweep that was killed goes on as it
would have. This module starts nothing and knows no library that searches.
"""

from collections import Counter
from collections.abc import Callable, Collection, Sequence

import numpy as np

from engine.config.sweeping import BaseSweepConfig
from engine.config.variations import SEED, Combination, Variation
from engine.sweeps.halving import QUARTER
from engine.sweeps.runs import BEHIND, SweepRun, came_through

Suggest = Callable[[int, Collection[Combination]], Combination | None]
"""Returns the settings of the run of a number, other than some; None where it knows no others."""

_DRAWS = 1000  # of settings at random before none are left that were not tried


class Plan:
    """The runs of a sweep that are still to come.

    Args:
        config: of the sweep.
        suggest: the settings of a run, where no grid says them; by default they are drawn at random.
    """

    def __init__(self, config: BaseSweepConfig, suggest: Suggest | None = None) -> None:
        self._config = config
        self._suggest = suggest
        self._grid = config.grid if config.strategy == "grid" else []
        self._seeded = all(one.path != SEED for one in config.space)

    def next(self, runs: Sequence[SweepRun], *, more: bool = False) -> SweepRun | None:
        """Return the run that comes after others; None where there is no more. With `more` it gets further seeds."""
        combination = self._next_of_grid(runs, more) if self._grid else self._next_of_search(runs, more)
        if combination is None:
            return None
        seed = self._config.run.seed + sum(run.combination == combination for run in runs) if self._seeded else None
        return SweepRun(number=len(runs), combination=combination, seed=seed)

    def _next_of_grid(self, runs: Sequence[SweepRun], more: bool) -> Combination | None:
        """Return the first combination that has the fewest runs: every one is tried before any is tried again.

        Those that `_refused` names get no further seed.
        """
        given = Counter(dict.fromkeys(self._grid, 0))
        given.update(run.combination for run in runs)
        refused, most = self._refused(runs), self._config.seeds if self._seeded else 1
        fewest = min((one for one in self._grid if one not in refused), key=given.__getitem__, default=None)
        further = more and self._seeded
        return fewest if fewest is not None and (given[fewest] < most or further) else None

    def _next_of_search(self, runs: Sequence[SweepRun], more: bool) -> Combination | None:
        """Return the first combination that lacks seeds and may have them, else another one."""
        given, refused = Counter(run.combination for run in runs), self._refused(runs)
        lacking = (one for one, seeds in given.items() if seeds % self._config.seeds and one not in refused)
        if found := next(lacking, None):
            return found
        if not more and not self._leaves_room(len(given)):
            return None
        tried = () if self._seeded else given.keys()  # where the seed varies, the same settings are the same run
        drawn = self._draw(len(runs), tried)
        suggested = self._suggest(len(runs), tried) if self._suggest and drawn else None
        return suggested or drawn

    def _leaves_room(self, begun: int) -> bool:
        """Say whether the budget has room for another combination, and for seeds of the quarter that comes through."""
        config = self._config
        if config.pruning != "halving" or config.runs is None or not begun:
            return True
        return begun + 1 + (config.seeds - 1) * max(1, (begun + 1) // QUARTER) <= config.runs

    def _refused(self, runs: Sequence[SweepRun]) -> set[Combination]:
        """Return the combinations that get no further seed: one of their runs was stopped early or failed.

        With halving, also those of which none has finished: a run is judged beside other settings, not other seeds.
        """
        refused = {run.combination for run in runs if run.state in (*BEHIND, "failed")}
        if self._config.pruning == "halving":
            refused |= {run.combination for run in runs} - came_through(runs)
        return refused

    def _draw(self, number: int, tried: Collection[Combination]) -> Combination | None:
        """Draw settings by the number of their run and the sweep's seed; None where all were tried."""
        rng = np.random.default_rng([self._config.seed, number])
        draws = (tuple((one.path, _drawn(one, rng)) for one in self._config.space) for _ in range(_DRAWS))
        return next((found for found in draws if found not in tried), None)


def _drawn(one: Variation, rng: np.random.Generator) -> str:
    if not one.is_range:
        return one.values[int(rng.integers(len(one.values)))]
    return one.at(float(rng.random()))
