"""Reading time against accuracy as SVG: Compare opens without a chart library.

Pure: plain values in, text out. Foreign text is escaped, and nothing in the picture runs or is fetched.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.common.svg import FONT_SIZE, LINE, Plot, circle, line, nice_ticks, spread, text
from engine.formatting import cut, decimal, percent
from engine.labels import visible

_WIDTH, _HEIGHT = 420, 300
_ROOM = 1.65  # the x axis extends by this factor beyond the slowest run: labels stand right of their dots
_LONGEST = 16  # characters of a name
_INK = {False: "#1F2328", True: "#E6EAEC"}


@dataclass(frozen=True)
class Spot:
    """One run: its title, colour, median ms per image, word accuracy and its 95 % interval (0 to 1)."""

    title: str
    colour: str
    milliseconds: float
    accuracy: float
    interval: tuple[float, float] | None


def speed_against_accuracy(spots: Sequence[Spot], dark: bool) -> str:
    """Draw a dot per run, its interval, and its name and time beside it; up and to the left is better.

    There is at least one run; `dark` is for a dark ground.
    """
    far = _ROOM * max(spot.milliseconds for spot in spots) or 1.0
    high = nice_ticks(0, 100 * max(max(spot.interval or (spot.accuracy,)) for spot in spots))[-1]
    plot = Plot(_WIDTH, _HEIGHT, left=44, right=8, top=12, bottom=44, far=far, high=high)
    places = spread([-plot.y(100 * spot.accuracy) for spot in spots], LINE)  # upwards
    dots = [_spot(spot, plot, -place) for spot, place in zip(spots, places, strict=True)]
    axes = plot.axes("Reading time (ms per image, median)", "Word accuracy (%)")
    size = f'width="{_WIDTH}" height="{_HEIGHT}" viewBox="0 0 {_WIDTH} {_HEIGHT}"'
    look = f'font-family="sans-serif" font-size="{FONT_SIZE}" color="{_INK[dark]}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} {look}>{axes}{"".join(dots)}</svg>'


def speed_words(spots: Sequence[Spot]) -> str:
    """Return the picture in words, for those who cannot see it."""
    runs = (f"{spot.title} {spot.milliseconds:.2f} ms, {percent(spot.accuracy)}" for spot in spots)
    return f"Reading time against word accuracy: {'; '.join(runs)}"


def _spot(spot: Spot, plot: Plot, label: float) -> str:
    x, y = plot.x(spot.milliseconds), plot.y(100 * spot.accuracy)
    words = f"{cut(visible(spot.title), _LONGEST)} · {decimal(spot.milliseconds, 2)} ms"
    low, high = (plot.y(100 * end) for end in spot.interval or (0, 0))
    bar = line(x, low, x, high, spot.colour) if spot.interval else ""
    return bar + circle(x, y, 5.5, spot.colour) + text(x + 11, label + 4, words)
