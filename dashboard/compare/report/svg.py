"""Charts of a report as SVG text: they need no script, so a report is one file that asks nothing of any machine.

Pure functions; foreign text is escaped. Ink and grey are the page's own colours, through currentColor.
"""

import html
import math
from collections.abc import Sequence

from dashboard.compare.report.content import Curve
from dashboard.runs.charts import spread
from engine.formatting import cut, visible

_WIDTH, _HEIGHT = 640, 260
_LEFT, _RIGHT, _TOP, _BOTTOM = 48, 120, 12, 40
_LONGEST = 16  # characters of a label
_TICKS = 5


def line_chart(curves: Sequence[Curve], title: str) -> str:
    """Draw curves over steps, each labelled where it ends. Returns an SVG element, empty without any curve."""
    drawn = [curve for curve in curves if len(curve.steps)]
    if not drawn:
        return ""
    right = max(max(curve.steps) for curve in drawn) or 1
    ticks = nice_ticks(0, max(max(curve.values) for curve in drawn))
    top = ticks[-1]

    def x(step: float) -> float:
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * step / right

    def y(value: float) -> float:
        return _HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * value / top

    parts = [_grid(y(tick), f"{tick:g}") for tick in ticks]
    parts += [_text(x(step), _HEIGHT - 22, f"{step:,.0f}", "middle") for step in nice_ticks(0, right) if step <= right]
    parts.append(_text((_LEFT + _WIDTH - _RIGHT) / 2, _HEIGHT - 4, "Step", "middle"))
    places = spread([-y(curve.values[-1]) for curve in drawn], 7)  # upwards
    for curve, place in zip(drawn, places, strict=True):
        points = " ".join(f"{x(s):.1f},{y(v):.1f}" for s, v in zip(curve.steps, curve.values, strict=True))
        parts.append(f'<polyline points="{points}" fill="none" stroke="{_colour(curve.colour)}" stroke-width="2"/>')
        parts.append(_text(x(curve.steps[-1]) + 6, 4 - place, _label(curve.run), "start", curve.colour))
    return _svg("".join(parts), title)


def interval_chart(rows: Sequence[tuple[str, str, float, tuple[float, float] | None]], title: str) -> str:
    """Draw shares (0 to 1) with their intervals, a row each: label, colour, value, interval."""
    height = 34 + 26 * len(rows)
    left, width = 170, _WIDTH - 170 - 60

    def x(share: float) -> float:
        return left + width * share

    parts = []
    for tick in (0, 0.25, 0.5, 0.75, 1):
        parts.append(
            f'<line x1="{x(tick)}" x2="{x(tick)}" y1="4" y2="{height - 22}" stroke="currentColor" opacity=".15"/>'
        )
        parts.append(_text(x(tick), height - 6, f"{100 * tick:.0f} %", "middle"))
    for index, (label, colour, value, interval) in enumerate(rows):
        y, (low, high) = 18 + 26 * index, interval or (value, value)
        fill = _colour(colour)
        parts.append(_text(left - 10, y + 4, _label(label, 24), "end"))
        parts.append(f'<line x1="{x(low):.1f}" x2="{x(high):.1f}" y1="{y}" y2="{y}" stroke="{fill}" stroke-width="3"/>')
        parts.append(f'<circle cx="{x(value):.1f}" cy="{y}" r="5" fill="{fill}"/>')
        parts.append(_text(x(max(high, value)) + 8, y + 4, f"{100 * value:.1f} %", "start"))
    return _svg("".join(parts), title, height)


def nice_ticks(low: float, high: float) -> list[float]:
    """Return some five ticks at 1, 2 or 5 of a power of ten, from `low` to at least `high`."""
    span = high - low
    if not math.isfinite(span) or span <= 0:
        return [low, low + 1]
    raw = span / _TICKS
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(digit * power for digit in (1, 2, 5, 10) if digit * power >= raw * (1 - 1e-9))
    return [low + step * index for index in range(math.ceil(span / step - 1e-9) + 1)]


def _grid(y: float, label: str) -> str:
    line = f'<line x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="currentColor" opacity=".15"/>'
    return line + _text(_LEFT - 6, y + 4, label, "end")


def _text(x: float, y: float, text: str, anchor: str, colour: str | None = None) -> str:
    fill = _colour(colour) if colour else "currentColor"
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{fill}">{html.escape(text)}</text>'


def _svg(inside: str, title: str, height: int = _HEIGHT) -> str:
    name = html.escape(title)
    return (
        f'<svg viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="{name}" font-size="11" '
        f'xmlns="http://www.w3.org/2000/svg">{inside}</svg>'
    )


def _label(name: str, longest: int = _LONGEST) -> str:
    return cut(visible(name), longest)


def _colour(colour: str) -> str:
    return html.escape(colour)
