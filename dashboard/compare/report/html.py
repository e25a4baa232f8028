"""A report as one HTML file: plots and pictures inside, no script, and by its own policy no request to any machine."""

import html
from collections.abc import Iterable, Sequence

from dashboard.compare.report.content import PairedComparison, Report, SampleDifference
from dashboard.compare.report.svg import interval_chart, line_chart
from dashboard.compare.report.tables import SCORE_KEY, confusion_rows, fact_rows, score_rows, setting_rows
from engine.formatting import visible

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
_STYLE = """
:root { color-scheme: light dark; --ground: light-dark(#FAFAF7, #0F1416); --card: light-dark(#FFFFFF, #171E21);
  --ink: light-dark(#1F2328, #E6EAEC); --muted: light-dark(#6B7280, #8B98A1); --line: light-dark(#E3E3DD, #2A3439); }
body { background: var(--ground); color: var(--ink); font: 15px/1.5 "Source Sans 3", system-ui, sans-serif;
  max-width: 1040px; margin: 2rem auto; padding: 0 1rem; font-variant-numeric: tabular-nums; }
h1 { font-size: 1.4rem; margin-bottom: .25rem; } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
.lead { font-size: 1.1rem; font-weight: 600; } .muted, small { color: var(--muted); }
.wide { overflow-x: auto; } table { border-collapse: collapse; width: 100%; background: var(--card); }
th, td { border: 1px solid var(--line); padding: .35rem .6rem; text-align: left; }
td + td, th + th { text-align: right; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(300px, 1fr)); gap: 1rem; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: .75rem 1rem;
  margin-bottom: .5rem; }
.chart { max-width: 680px; } svg { width: 100%; height: auto; } img { max-width: 100%; display: block; }
@media print { body { margin: 0; } }
"""


def as_html(report: Report) -> str:
    """Write a report. All text is escaped; the file holds no address and no script."""
    title = "Comparison of " + ", ".join(visible(run.title) for run in report.runs[:4])
    body = [
        f"<h1>{html.escape(title)}</h1>",
        f'<p class="muted">Glyphlab · {report.made:%Y-%m-%d %H:%M} UTC</p>',
        f'<p class="lead">{html.escape(report.sentence)}</p>',
        _section("Scores", _intervals(report), _table(score_rows(report)), f'<p class="muted">{SCORE_KEY}</p>'),
        _section("Runs", _table(fact_rows(report))),
        _section("Curves", _curves(report)),
        _section("Settings that differ" if len(report.runs) > 1 else "Settings", _table(setting_rows(report))),
        _duel(report.duel) if report.duel else "",
    ]
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{html.escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        + "\n".join(part for part in body if part)
        + "\n</body>\n</html>\n"
    )


def _section(title: str, *parts: str) -> str:
    inside = "".join(part for part in parts if part)
    return f"<h2>{html.escape(title)}</h2>{inside}" if inside else ""


def _table(rows: Sequence[Sequence[str]]) -> str:
    if len(rows) < 2:
        return ""
    head = "".join(f"<th>{html.escape(cell)}</th>" for cell in rows[0])
    lines = ("".join(f"<td>{html.escape(cell)}</td>" for cell in row) for row in rows[1:])
    return f'<div class="wide"><table><tr>{head}</tr>{"".join(f"<tr>{line}</tr>" for line in lines)}</table></div>'


def _intervals(report: Report) -> str:
    """Draw the scores on the test set of the comparison with their intervals."""
    if report.test not in report.tests:
        return ""
    place = report.tests.index(report.test)
    rows = [
        (run.title, run.colour, cell.score.word_accuracy, cell.score.interval)
        for run, cells in zip(report.runs, report.cells, strict=True)
        if (cell := cells[place]) is not None
    ]
    caption = f'<p class="muted">Word accuracy on {html.escape(visible(report.test))}, with 95 % intervals.</p>'
    if not rows:
        return ""
    return f'{caption}<div class="chart">{interval_chart(rows, "Word accuracy with 95 % intervals")}</div>'


def _curves(report: Report) -> str:
    charts = [
        (line_chart(report.accuracy, "Validation word accuracy over steps"), "Word accuracy on validation images (%)"),
        (line_chart(report.loss, "Validation loss over steps"), "Validation loss (nats per character)"),
    ]
    cards = (f'<div class="card"><small>{title}</small>{chart}</div>' for chart, title in charts if chart)
    inside = "".join(cards)
    return f'<div class="pair">{inside}</div>' if inside else ""


def _duel(duel: PairedComparison) -> str:
    told = "".join(f"<li><b>{html.escape(name)}:</b> {html.escape(words)}</li>" for name, words in duel.told)
    sides = _side(f"Only {duel.first} reads", duel.better) + _side(f"Only {duel.second} reads", duel.worse)
    return (
        _section("What got better and worse", f"<p>{html.escape(duel.words)}</p>", f'<div class="pair">{sides}</div>')
        + _section("What they confuse", _table(confusion_rows(duel)))
        + _section("Where they differ", f"<ul>{told}</ul>" if told else "")
    )


def _side(title: str, samples: Iterable[SampleDifference]) -> str:
    cards = "".join(_sample(sample) for sample in samples) or '<p class="muted">None.</p>'
    return f"<div><h3>{html.escape(title)}</h3>{cards}</div>"


def _sample(sample: SampleDifference) -> str:
    truth, read = html.escape(visible(sample.truth)), html.escape(visible(sample.read)) or "nothing"
    image = f'<img alt="{truth}" src="{sample.image}">' if sample.image else ""
    return f'<div class="card">{image}<b>{truth}</b> <small>the other reads</small> {read}</div>'
