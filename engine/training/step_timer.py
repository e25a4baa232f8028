"""How fast a run steps, measured on its first steps without the slow very first ones.

This module plans nothing: see `plan`.
"""

import statistics

_SKIPPED = 10  # steps, in which graphs are traced and caches filled
_STEPS = 30
_SHARE, _LONGEST = 0.08, 60.0  # of the run's time, and seconds: so long is measured
_OUTLIER = 5.0  # times the median: a graph traced for another width


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

    def pace(self) -> float | None:
        """Return the mean seconds a step of the later half; None while too few were seen, or for too short a time.

        Steps get faster for a while: files come into the cache, and the graphs of other widths are built.
        """
        seen = self._durations[_SKIPPED:]
        if len(seen) < _STEPS or sum(seen) < self._wanted:
            return None
        seen = seen[len(seen) // 2 :]
        median = statistics.median(seen)
        return statistics.fmean(duration for duration in seen if duration <= _OUTLIER * median)
