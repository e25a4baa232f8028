"""A report's tables as rows of plain text, and the writers that need no more: Markdown, CSV and LaTeX.

Every cell may hold foreign text; each writer escapes all of it.
"""

import csv
import io
import re
from collections.abc import Sequence
from typing import Any

from dashboard.compare.comparison import character_words, significance_words
from dashboard.compare.report.content import LocationDetails, PairedComparison, Report, SampleDifference
from engine.formatting import DASH, count, decimal, duration
from engine.labels import visible
from engine.sources.spreadsheet import escape_formula

Rows = list[list[str]]
_INLINE = re.compile(r"[\\`*_{}\[\]<>|!~&$@:#+-]|(?<=www)\.", re.IGNORECASE)
_LIST = re.compile(r"(?<=^\d)[.)]|(?<=^\d\d)[.)]")
_LATEX = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "_": r"\_",
    "%": r"\%",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "–": "--",
}


def score_key(report: Report) -> str:
    """Return what the cells of the table of scores say."""
    second = {"CER": "character error rate"}.get(_second(report), _second(report))
    unit = report.kind.unit
    return f"{report.kind.main_name} (95 % interval: the sampling error of the {unit} alone) [{second}]."


def _second(report: Report) -> str:
    return {"words": "CER", "photos": "Pixel F1"}[report.kind.name]


def score_rows(report: Report) -> Rows:
    """Return the model × test-set table: the main figure with its interval, another one in brackets."""
    head = ["Run", *report.tests]
    return [head] + [
        [visible(run.title), *(_score(report, cell) for cell in cells)]
        for run, cells in zip(report.runs, report.cells, strict=True)
    ]


def fact_rows(report: Report) -> Rows:
    """Return the facts about each run, its tags and its note; empty columns are left out."""
    head = [
        "Run",
        "Dataset",
        "State",
        "Parameters",
        "Work",
        "Learning (images/s)",
        f"{'Searching' if report.located else 'Reading'} (ms per {report.kind.unit.removesuffix('s')})",
        "Tags",
        "Note",
    ]
    rows = [head] + [
        [
            visible(run.title),
            visible(figures.dataset_name or DASH),
            run.job.state.words,
            count(figures.parameters),
            duration(run.job.seconds),
            count(figures.images_per_second),
            decimal(took),
            ", ".join(run.job.notes.tags),
            visible(run.job.notes.text),
        ]
        for run, figures, took in zip(report.runs, report.figures, report.times, strict=True)
    ]
    filled = [place for place in range(len(head)) if any(row[place] for row in rows[1:])]
    return [[row[place] for place in filled] for row in rows]


def setting_rows(report: Report) -> Rows:
    """Return the settings, a column per run; a heading alone where none differ."""
    return [["Setting", *(visible(run.title) for run in report.runs)]] + [
        [path, *(visible(value) for value in values)] for path, values in report.settings
    ]


def confusion_rows(pair: PairedComparison) -> Rows:
    """Return the confusions that changed most."""
    head = ["Instead of", "it reads", f"{pair.first} (images)", f"{pair.second} (images)", "Judged"]
    return [head] + [
        [character_words(truth), character_words(read), str(first), str(second), significance_words(significant)]
        for truth, read, first, second, _, significant in pair.confusions.itertuples(index=False, name=None)
    ]


def as_markdown(report: Report) -> str:
    """Write a report as Markdown; what is not a letter, digit or space is escaped in foreign text."""
    parts = ["# Comparison", f"Glyphlab, {report.made:%Y-%m-%d %H:%M} UTC", f"**{_markdown(report.sentence)}**"]
    parts += [
        "## Scores",
        _markdown_table(score_rows(report)),
        _markdown(score_key(report)),
        *(f"- {_markdown(f'{name}: {said}')}" for name, said in (report.located.protocols if report.located else ())),
        "## Runs",
        _markdown_table(fact_rows(report)),
    ]
    parts += ["## Settings", _markdown_table(setting_rows(report))]
    if pair := report.pair:
        parts += ["## What got better and worse", _markdown(pair.words)]
        parts += [_markdown_side(f"Only {pair.first} reads", pair.better)]
        parts += [_markdown_side(f"Only {pair.second} reads", pair.worse)]
        parts += ["## What they confuse", _markdown_table(confusion_rows(pair)), "## Where they differ"]
        parts += ["\n".join(f"- {_markdown(f'{name}: {words}')}" for name, words in pair.by_factor)]
    if report.located:
        parts += _markdown_location(report.located)
    return "\n\n".join(parts) + "\n"


def _markdown_location(details: LocationDetails) -> list[str]:
    parts = ["## Where they find text"]
    for factor, rows in details.recall:
        parts += [f"**Recall by {factor.lower()}**", _markdown_table(rows)]
    if details.words:
        parts += ["## What got better and worse", _markdown(details.words)]
    lines = [f"- {_markdown(f'photo {one.scene}, {one.run}: {one.words}')}" for one in details.photos]
    return [*parts, "## Worst photos", "\n".join(lines) or "None."]


def as_csv(report: Report) -> str:
    """Write the scores as CSV, a row a run and test set, with what each run is made of; shares are 0 to 1."""
    head = ["run", "id", "dataset", "state", "parameters", "seconds", "images_per_second", "tags", "note"]
    scores = ["test_set", *_figure_names(report)]
    settings = [path for path, _ in report.settings]
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow([*head, *scores, *settings])
    for place, (view, figures) in enumerate(zip(report.runs, report.figures, strict=True)):
        run = view.job
        own = [run.name, run.id, figures.dataset_name, run.state.value, figures.parameters, run.seconds]
        own += [figures.images_per_second, " ".join(run.notes.tags), run.notes.text]
        values = [texts[place] for _, texts in report.settings]
        found = [(name, cell) for name, cell in zip(report.tests, report.cells[place], strict=True) if cell]
        for name, cell in found or [("", None)]:
            writer.writerow(
                escape_formula(visible(value)) if isinstance(value, str) else value
                for value in (*own, name, *_figures(report, cell), *values)
            )
    return buffer.getvalue()


def as_latex(report: Report) -> str:
    """Write the model × test-set table in LaTeX, to be used with the package booktabs."""
    head, *rows = (
        ["".join(_LATEX.get(character, character) for character in visible(cell)) for cell in row]
        for row in score_rows(report)
    )
    lines = [" & ".join(row) + r" \\" for row in rows]
    return "\n".join(
        [
            f"% Glyphlab, {report.made:%Y-%m-%d}. {score_key(report)}",
            rf"\begin{{tabular}}{{l{'r' * (len(head) - 1)}}}",
            r"\toprule",
            " & ".join(head) + r" \\",
            r"\midrule",
            *lines,
            r"\bottomrule",
            r"\end{tabular}",
            "",
        ]
    )


def _score(report: Report, cell: Any) -> str:
    if cell is None:
        return DASH
    main, second = report.kind.main, report.kind.measures[_second(report)]
    bounds = main.bounds(cell.score)
    interval = f" ({100 * bounds[0]:.1f} to {100 * bounds[1]:.1f})" if bounds else ""
    return f"{main.text(main.of(cell.score))}{interval} [{second.text(second.of(cell.score))}]"


def _figure_names(report: Report) -> list[str]:
    main, *others = (measure.field for measure in report.kind.measures.values())
    return [report.kind.unit, main, "low", "high", *others, "step"]


def _figures(report: Report, cell: Any) -> list[object]:
    kind = report.kind
    if cell is None:
        return [None] * len(_figure_names(report))
    main, *others = (measure.of(cell.score) for measure in kind.measures.values())
    bounds = kind.main.bounds(cell.score) or (None, None)
    return [cell.score.images, main, *bounds, *others, cell.score.step]


def _markdown_table(rows: Rows) -> str:
    if len(rows) < 2:
        return "None."
    head, *rest = ([_markdown(cell) for cell in row] for row in rows)
    lines = [head, ["---", *("---:" for _ in head[1:])], *rest]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _markdown_side(title: str, samples: Sequence[SampleDifference]) -> str:
    lines = [
        f"- {_markdown(sample.truth)} (the other reads {_markdown(sample.read) or 'nothing'})" for sample in samples
    ]
    return "\n".join([f"**{_markdown(title)}**", "", *(lines or ["None."])])


def _markdown(text: str) -> str:
    """Escape what Markdown, GitHub's also, would read in the midst of a line, and what begins a list."""
    return _LIST.sub(r"\\\g<0>", _INLINE.sub(r"\\\g<0>", visible(text)))
