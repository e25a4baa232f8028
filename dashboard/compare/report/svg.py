"""Charts of a report as SVG elements, inside its one file. Foreign text is escaped."""

import html
from collections.abc import Sequence

from dashboard.common.svg import FONT_SIZE, LINE, Plot, circle, line, nice_ticks, polyline, rule, spread, text
from dashboard.compare.report.content import Curve
from engine.formatting import cut
from engine.labels import visible

_WIDTH, _HEIGHT = 640, 260
_LABEL, _LONG_LABEL = 16, 24  # characters
_ROW = 26  # px of a row of intervals
_LEFT, _RIGHT = 170, 60  # px beside the intervals


def line_chart(curves: Sequence[Curve], title: str) -> str:
    """Draw curves over steps, each labelled where it ends. Returns an SVG element, empty without any curve."""
    drawn = [curve for curve in curves if len(curve.steps)]
    if not drawn:
        return ""
    far = max(max(curve.steps) for curve in drawn) or 1
    high = nice_ticks(0, max(max(curve.values) for curve in drawn))[-1]
    plot = Plot(_WIDTH, _HEIGHT, left=48, right=120, top=12, bottom=40, far=far, high=high)
    parts = [plot.axes("Step")]
    places = spread([-plot.y(curve.values[-1]) for curve in drawn], LINE)  # upwards
    for curve, place in zip(drawn, places, strict=True):
        points = [(plot.x(step), plot.y(value)) for step, value in zip(curve.steps, curve.values, strict=True)]
        label = cut(visible(curve.run), _LABEL)
        parts += [polyline(points, curve.colour), text(points[-1][0] + 6, 4 - place, label, fill=curve.colour)]
    return _svg("".join(parts), title)


def interval_chart(rows: Sequence[tuple[str, str, float, tuple[float, float] | None]], title: str) -> str:
    """Draw shares (0 to 1) with their intervals, a row each: label, colour, value, interval."""
    height = 34 + _ROW * len(rows)
    plot = Plot(_WIDTH, height, _LEFT, _RIGHT, top=4, bottom=22, far=1, high=1)
    parts = []
    for tick in (0, 0.25, 0.5, 0.75, 1):
        x = plot.x(tick)
        parts += [rule(x, 4, x, height - 22), text(x, height - 6, f"{100 * tick:.0f} %", "middle")]
    for index, (label, colour, value, interval) in enumerate(rows):
        y, (low, high) = 18 + _ROW * index, interval or (value, value)
        parts += [
            text(_LEFT - 10, y + 4, cut(visible(label), _LONG_LABEL), "end"),
            line(plot.x(low), y, plot.x(high), y, colour, 3),
            circle(plot.x(value), y, 5, colour),
            text(plot.x(max(high, value)) + 8, y + 4, f"{100 * value:.1f} %"),
        ]
    return _svg("".join(parts), title, height)


def _svg(inside: str, title: str, height: int = _HEIGHT) -> str:
    return (
        f'<svg viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="{html.escape(title)}" font-size="{FONT_SIZE}" '
        f'xmlns="http://www.w3.org/2000/svg">{inside}</svg>'
    )
