"""A report as one HTML file: plots and pictures inside, no script, and by its own policy no request to any machine."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from dashboard.compare.report.content import Report
from dashboard.compare.report.svg import interval_chart, line_chart
from dashboard.compare.report.tables import SCORE_KEY, confusion_rows, fact_rows, score_rows, setting_rows
from engine.labels import visible

_ENVIRONMENT = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined)
_ENVIRONMENT.filters["visible"] = visible


def as_html(report: Report) -> str:
    """Write a report. The template escapes all text; only our own SVG enters it as it is."""
    pair = report.pair
    return _ENVIRONMENT.get_template("report.html.jinja").render(
        title="Comparison of " + ", ".join(visible(run.title) for run in report.runs[:4]),
        report=report,
        intervals=_intervals(report),
        scores=score_rows(report),
        score_key=SCORE_KEY,
        facts=fact_rows(report),
        charts=_curves(report),
        settings=setting_rows(report),
        pair=pair,
        confusions=confusion_rows(pair) if pair else [],
    )


def _intervals(report: Report) -> Markup:
    """Draw the scores on the test set of the comparison with their intervals; empty without any."""
    if report.test not in report.tests:
        return Markup()
    place = report.tests.index(report.test)
    rows = [
        (run.title, run.colour, cell.score.word_accuracy, cell.score.interval)
        for run, cells in zip(report.runs, report.cells, strict=True)
        if (cell := cells[place]) is not None
    ]
    return Markup(interval_chart(rows, "Word accuracy with 95 % intervals") if rows else "")  # noqa: S704  escaped there


def _curves(report: Report) -> list[tuple[str, Markup]]:
    charts = [
        ("Word accuracy on validation images (%)", line_chart(report.accuracy, "Validation word accuracy over steps")),
        ("Validation loss (nats per character)", line_chart(report.loss, "Validation loss over steps")),
    ]
    return [(caption, Markup(chart)) for caption, chart in charts if chart]  # noqa: S704  escaped there
