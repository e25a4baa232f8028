"""Small charts as SVG text: they need no chart library and no script. Scales, ticks, axes and labels.

Pure functions. Foreign text is escaped. Lines and words of the axes have the ink of their surroundings (currentColor).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

_TICKS = 5
FONT_SIZE = 11  # px
LINE = 7  # px, half a line of text


@dataclass(frozen=True)
class Plot:
    """The area of a chart with two linear axes that begin at zero.

    Attributes:
        width, height: of the picture in px.
        left, right, top, bottom: margins in px.
        far: value at the right edge.
        high: value at the upper edge.
    """

    width: int
    height: int
    left: int
    right: int
    top: int
    bottom: int
    far: float
    high: float

    def x(self, value: float) -> float:
        """Return the px from the left at which a value lies."""
        return self.left + (self.width - self.left - self.right) * value / self.far

    def y(self, value: float) -> float:
        """Return the px from the top at which a value lies."""
        return self.height - self.bottom - (self.height - self.top - self.bottom) * value / self.high

    def axes(self, x_title: str, y_title: str = "") -> str:
        """Draw ticks, a faint line across at each upright one, and titles."""
        end, floor = self.width - self.right, self.height - self.bottom
        parts = []
        for tick in nice_ticks(0, self.high):
            y = self.y(tick)
            parts += [rule(self.left, y, end, y), text(self.left - 6, y + 4, f"{tick:,.10g}", "end")]
        for tick in nice_ticks(0, self.far):
            if tick <= self.far:
                parts.append(text(self.x(tick), floor + 16, f"{tick:,.10g}", "middle"))
        parts.append(text((self.left + end) / 2, self.height - 5, x_title, "middle"))
        if y_title:
            turned = f"translate(11 {(self.top + floor) / 2}) rotate(-90)"
            parts.append(text(0, 0, y_title, "middle", transform=turned))
        return "".join(parts)


def text(x: float, y: float, words: str, anchor: str = "start", fill: str = "currentColor", transform: str = "") -> str:
    """Draw words at a point; `anchor` is start, middle or end."""
    turn = f' transform="{transform}"' if transform else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{escape(fill)}"{turn}>{escape(words)}</text>'


def rule(x1: float, y1: float, x2: float, y2: float) -> str:
    """Draw a faint line of a grid."""
    return f'{_line(x1, y1, x2, y2)} stroke="currentColor" opacity=".15"/>'


def line(x1: float, y1: float, x2: float, y2: float, colour: str, width: float = 2) -> str:
    """Draw a straight line."""
    return f'{_line(x1, y1, x2, y2)} stroke="{escape(colour)}" stroke-width="{width:g}"/>'


def polyline(points: Sequence[tuple[float, float]], colour: str, width: float = 2) -> str:
    """Draw a line through points."""
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    look = f'fill="none" stroke="{escape(colour)}" stroke-width="{width:g}" stroke-linejoin="round"'
    return f'<polyline points="{path}" {look}/>'


def area(points: Sequence[tuple[float, float]], colour: str) -> str:
    """Return a filled area through points, of which the line on top stays visible."""
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polygon points="{path}" fill="{colour}" fill-opacity="0.18"/>'


def circle(x: float, y: float, radius: float, colour: str) -> str:
    """Draw a filled circle."""
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}" fill="{escape(colour)}"/>'


def nice_ticks(low: float, high: float) -> list[float]:
    """Return some five ticks at 1, 2 or 5 of a power of ten, from `low` to at least `high`."""
    span = high - low
    if not math.isfinite(span) or span <= 0:
        return [low, low + 1]
    raw = span / _TICKS
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(digit * power for digit in (1, 2, 5, 10) if digit * power >= raw * (1 - 1e-9))
    return [low + step * index for index in range(math.ceil(span / step - 1e-9) + 1)]


def spread(places: Sequence[float], gap: float, top: float = math.inf) -> list[float]:
    """Move places apart until neighbours are at least two lines of `gap` apart; their order stays.

    They move upwards, and those that would come above `top` push the ones below them down.
    """
    moved = list(places)
    order = sorted(range(len(places)), key=lambda index: places[index])
    for lower, upper in pairwise(order):
        moved[upper] = max(moved[upper], moved[lower] + 2 * gap)
    for place in reversed(order):
        moved[place] = min(moved[place], top)
        top = moved[place] - 2 * gap
    return moved


def _line(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line x1="{x1:.1f}" x2="{x2:.1f}" y1="{y1:.1f}" y2="{y2:.1f}"'
