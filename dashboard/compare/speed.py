"""Reading time against accuracy as SVG: Compare opens without a chart library.

Pure: plain values in, text out. Foreign text is escaped, and nothing in the picture runs or is fetched.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from dashboard.compare.report.svg import nice_ticks
from dashboard.runs.charts import spread
from engine.formatting import cut, decimal, percent, visible

_WIDTH, _HEIGHT = 420, 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 8, 12, 44
_ROOM = 1.65  # the x axis goes so much beyond the slowest run: what they are stands right of their dots
_LINE = 7  # px, half a line of text
_LONGEST = 16  # characters of a name
_INK = {False: "#1F2328", True: "#E6EAEC"}


@dataclass(frozen=True)
class Spot:
    """One run: what it is called, its colour, median ms an image, word accuracy and its 95 % interval (0 to 1)."""

    name: str
    colour: str
    milliseconds: float
    accuracy: float
    interval: tuple[float, float] | None


@dataclass(frozen=True)
class _Scale:
    """Where values lie in the picture: up to `far` ms across and `top` percent up, from zero."""

    far: float
    top: float

    def x(self, milliseconds: float) -> float:
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * milliseconds / self.far

    def y(self, share: float) -> float:
        return _HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * 100 * share / self.top


def speed_against_accuracy(spots: Sequence[Spot], dark: bool) -> str:
    """Draw a dot a run, its interval, and its name and time beside it; up and to the left is better.

    There is one at least; `dark` is for a dark ground.
    """
    far = _ROOM * max(spot.milliseconds for spot in spots) or 1.0
    upright = nice_ticks(0, 100 * max(max(spot.interval or (spot.accuracy,)) for spot in spots))
    scale = _Scale(far, upright[-1])
    rows = [_row(scale.y(tick / 100), f"{tick:g}") for tick in upright]
    columns = [_column(scale.x(tick), f"{tick:g}") for tick in nice_ticks(0, far) if tick <= far]
    places = spread([-scale.y(spot.accuracy) for spot in spots], _LINE)  # upwards
    dots = [_spot(spot, scale, -place) for spot, place in zip(spots, places, strict=True)]
    look = f'font-family="sans-serif" font-size="11" color="{_INK[dark]}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{_HEIGHT}" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        f"{look}>{''.join((*rows, *columns, *_titles(), *dots))}</svg>"
    )


def told(spots: Sequence[Spot]) -> str:
    """Return the picture in words, for those who cannot see it."""
    runs = (f"{spot.name} {spot.milliseconds:.2f} ms, {percent(spot.accuracy)}" for spot in spots)
    return f"Reading time against word accuracy: {'; '.join(runs)}"


def _spot(spot: Spot, scale: _Scale, label: float) -> str:
    x, y, colour = scale.x(spot.milliseconds), scale.y(spot.accuracy), escape(spot.colour)
    ends = "" if spot.interval is None else f'y1="{scale.y(spot.interval[0]):.1f}" y2="{scale.y(spot.interval[1]):.1f}"'
    line = ends and f'<line x1="{x:.1f}" x2="{x:.1f}" {ends} stroke="{colour}" stroke-width="2"/>'
    dot = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5.5" fill="{colour}"/>'
    words = f"{cut(visible(spot.name), _LONGEST)} · {decimal(spot.milliseconds, 2)} ms"
    name = _text(x + 11, label + 4, words, "start")
    return f"{line}{dot}{name}"


def _titles() -> tuple[str, str]:
    across = _text((_LEFT + _WIDTH - _RIGHT) / 2, _HEIGHT - 6, "Reading time (ms an image, median)", "middle")
    turned = f'transform="translate(11 {(_TOP + _HEIGHT - _BOTTOM) / 2}) rotate(-90)"'
    return across, _text(0, 0, "Word accuracy (%)", "middle", turned)


def _row(y: float, label: str) -> str:
    line = f'<line x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="currentColor" opacity=".15"/>'
    return line + _text(_LEFT - 6, y + 4, label, "end")


def _column(x: float, label: str) -> str:
    return _text(x, _HEIGHT - _BOTTOM + 16, label, "middle")


def _text(x: float, y: float, text: str, anchor: str, more: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="currentColor" {more}>{escape(text)}</text>'
