"""HTML report in one file: plots and pictures inside, no script, and by its own policy no request to any machine.

The template escapes all foreign text; the charts escape theirs themselves.
"""

import html
from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from dashboard.common.svg import FONT_SIZE, LINE, Plot, area, circle, line, nice_ticks, polyline, rule, spread, text
from dashboard.compare.report.content import Curve, Report
from dashboard.compare.report.tables import confusion_rows, fact_rows, group_key, score_key, score_rows, setting_rows
from engine.formatting import percent
from engine.glossary import GLOSSARY
from engine.labels import visible
from glyphlab_read.formatting import cut

_WIDTH, _HEIGHT = 640, 260
_LABEL, _LONG_LABEL = 16, 24  # characters
_ROW = 26  # px of a row of intervals
_LEFT, _RIGHT = 170, 60  # px beside the intervals
_ENVIRONMENT = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined)
_ENVIRONMENT.filters["visible"] = visible


def line_chart(curves: Sequence[Curve], title: str) -> str:
    """Draw curves over steps, with bands, each labelled where it ends. Returns an SVG element, empty without any."""
    drawn = [curve for curve in curves if len(curve.steps)]
    if not drawn:
        return ""
    far = max(max(curve.steps) for curve in drawn) or 1
    high = nice_ticks(0, max(max([*curve.values, *curve.high]) for curve in drawn))[-1]
    plot = Plot(_WIDTH, _HEIGHT, left=48, right=120, top=12, bottom=40, far=far, high=high)
    parts = [plot.axes("Step")]
    places = spread([-plot.y(curve.values[-1]) for curve in drawn], LINE)  # upwards
    for curve, place in zip(drawn, places, strict=True):
        points = [(plot.x(step), plot.y(value)) for step, value in zip(curve.steps, curve.values, strict=True)]
        label = cut(visible(curve.run), _LABEL)
        if curve.high:
            ends = [*zip(curve.steps, curve.high, strict=True), *[*zip(curve.steps, curve.low, strict=True)][::-1]]
            parts.append(area([(plot.x(step), plot.y(max(0.0, value))) for step, value in ends], curve.colour))
        parts += [
            polyline(points, curve.colour),
            circle(points[-1][0] + 8, -place, 3, curve.colour),
            text(points[-1][0] + 14, 4 - place, label),
        ]
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
            text(plot.x(max(high, value)) + 8, y + 4, percent(value)),
        ]
    return _svg("".join(parts), title, height)


def _svg(inside: str, title: str, height: int = _HEIGHT) -> str:
    return (
        f'<svg viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="{html.escape(title)}" font-size="{FONT_SIZE}" '
        f'xmlns="http://www.w3.org/2000/svg">{inside}</svg>'
    )


def as_html(report: Report) -> str:
    """Write a report. The template escapes all text; only our own SVG enters it as it is."""
    pair = report.pair
    return _ENVIRONMENT.get_template("report.html.jinja").render(
        title="Comparison of " + ", ".join(visible(run.title) for run in report.runs[:4]),
        report=report,
        intervals=_intervals(report),
        scores=score_rows(report),
        score_key=score_key(report),
        groups=[[visible(cell) for cell in row] for row in report.groups],
        group_key=group_key(report),
        error_confusions=[[visible(cell) for cell in row] for row in report.errors.confusions] if report.errors else [],
        facts=fact_rows(report),
        charts=_curves(report),
        settings=setting_rows(report),
        pair=pair,
        confusions=confusion_rows(pair) if pair else [],
        glossary=GLOSSARY,
    )


def _intervals(report: Report) -> Markup:
    """Draw the scores on the test set of the comparison with their intervals; empty without any."""
    if report.test not in report.tests:
        return Markup()
    place = report.tests.index(report.test)
    main = report.kind.main
    rows = [
        (run.title, run.colour, main.of(cell.score) or 0.0, main.bounds(cell.score))
        for run, cells in zip(report.runs, report.cells, strict=True)
        if (cell := cells[place]) is not None
    ]
    return Markup(interval_chart(rows, f"{report.kind.main_name} with 95 % intervals") if rows else "")  # noqa: S704  escaped there


def _curves(report: Report) -> list[tuple[str, Markup]]:
    kind, unit = report.kind, report.kind.loss
    charts = [
        (
            f"{kind.main_name} on validation {kind.unit} (%)",
            line_chart(report.accuracy, f"Validation {kind.main_word} over steps"),
        ),
        (f"Validation loss{f' ({unit})' if unit else ''}", line_chart(report.loss, "Validation loss over steps")),
    ]
    return [(caption, Markup(chart)) for caption, chart in charts if chart]  # noqa: S704  escaped there
