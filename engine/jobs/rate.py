"""How fast a job counts its units, over the last half minute, and how long the rest will take.

Arithmetic on times that the caller reads from a monotonic clock; this module reads no clock and writes nothing.
"""

from collections import deque

_WINDOW = 30.0  # seconds
_SPACING = 0.25  # seconds between two remembered counts


class RateMeter:
    """The pace of one count. A count that falls, or changes its unit, begins anew."""

    def __init__(self) -> None:
        self._unit = ""
        self._marks: deque[tuple[float, float]] = deque()
        self._done = 0.0
        self.advanced = 0.0
        self.slowest = 0.0

    def update(self, now: float, done: float, unit: str) -> None:
        """Take in a count of `done` units at `now` seconds."""
        if not self._marks or unit != self._unit or done < self._done:
            self._unit, self._done, self.advanced, self.slowest = unit, done, now, 0.0
            self._marks = deque([(now, done)])
        elif done > self._done:
            self.slowest = max(self.slowest, now - self.advanced)
            self._done, self.advanced = done, now
        if now - self._marks[-1][0] >= _SPACING:
            self._marks.append((now, done))
        while len(self._marks) > 2 and now - self._marks[0][0] > _WINDOW:
            self._marks.popleft()

    def rate(self, now: float) -> float | None:
        """Return units a second; None before two counts that lie apart."""
        if not self._marks:
            return None
        start, first = self._marks[0]
        return (self._done - first) / (now - start) if now > start and self._done > first else None

    def eta(self, now: float, total: float | None) -> float | None:
        """Return the seconds that the rest of `total` units takes at this pace; None when that cannot be said."""
        rate = self.rate(now)
        return None if rate is None or total is None else max(0.0, total - self._done) / rate
