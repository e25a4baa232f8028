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
from engine.formatting import DASH, count, decimal, duration, points
from engine.labels import visible
from engine.sources.spreadsheet import escape_formula
from engine.workspace import is_starter

Rows = list[list[str]]
_INLINE = re.compile(
    r"[`*\[<|]|\\(?=[!-/:-@\[-`{-~]|$)|(?<![^\W_])_|_(?![^\W_])|~(?=~)|(?<=~)~|~(?=.*~)|(?<=\w)~|\$(?=.*\$)|(?<=\S)\$"
    r"|&(?=#?\w+;)|@(?=\w)|#(?=\d)|:(?=//|[\w+-]+:)|(?<=mailto):|(?<=xmpp):|(?<=www)\.",
    re.IGNORECASE,
)
_BLOCK = re.compile(r"^(\s*\d*)([>#=]|[-+](?=[\s-]|$)|(?<=\d)[.)](?=\s|$))")
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


def group_key(report: Report) -> str:
    """Return what the cells of the table of groups say."""
    alone = " In brackets: by the image alone." if report.kind.main.alone else ""
    return (
        f"{report.kind.main_name}. sd: standard deviation over seeds, in points. n: seeds. All settings but the seed "
        f"are alike.{alone}"
    )


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
            "built in" if is_starter(run.id) else run.job.state.words,
            count(figures.parameters),
            duration(None if is_starter(run.id) else run.job.seconds),
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
    parts = ["# Comparison", f"Glyphlab, {report.made:%Y-%m-%d %H:%M} UTC", f"**{markdown_text(report.sentence)}**"]
    if report.groups:
        parts += ["## Groups", _markdown_table([list(row) for row in report.groups]), markdown_text(group_key(report))]
    parts += [
        "## Scores",
        _markdown_table(score_rows(report)),
        markdown_text(score_key(report)),
        *(
            f"- {markdown_text(f'{name}: {said}')}"
            for name, said in (report.located.protocols if report.located else ())
        ),
        "## Runs",
        _markdown_table(fact_rows(report)),
    ]
    parts += ["## Settings", _markdown_table(setting_rows(report))]
    if errors := report.errors:
        parts += ["## Errors", markdown_text(errors.words)]
        parts += [_markdown_side("The surest ones", errors.samples, "it reads")]
        parts += ["## What it takes for what", _markdown_table([list(row) for row in errors.confusions])]
    if pair := report.pair:
        parts += ["## What got better and worse", markdown_text(pair.words)]
        parts += [_markdown_side(f"Only {pair.first} reads", pair.better)]
        parts += [_markdown_side(f"Only {pair.second} reads", pair.worse)]
        parts += ["## What they confuse", _markdown_table(confusion_rows(pair)), "## Where they differ"]
        parts += ["\n".join(f"- {markdown_text(f'{name}: {words}')}" for name, words in pair.by_factor)]
    if report.located:
        parts += _markdown_location(report.located)
    return "\n\n".join(parts) + "\n"


def _markdown_location(details: LocationDetails) -> list[str]:
    parts = ["## Where they find text"]
    for factor, rows in details.recall:
        parts += [f"**Recall by {factor.lower()}**", _markdown_table(rows)]
    if details.words:
        parts += ["## What got better and worse", markdown_text(details.words)]
    lines = [f"- {markdown_text(f'photo {one.scene}, {one.run}: {one.words}')}" for one in details.photos]
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
    """Write the model × test-set table in LaTeX, to be used with the package booktabs; that of the groups first."""
    made = f"% Glyphlab, {report.made:%Y-%m-%d}."
    groups = [*_tabular(report.groups, f"{made} {group_key(report)}"), ""] if report.groups else []
    return "\n".join([*groups, *_tabular(score_rows(report), f"{made} {score_key(report)}"), ""])


def _tabular(rows: Sequence[Sequence[str]], comment: str) -> list[str]:
    head, *rest = (["".join(_LATEX.get(letter, letter) for letter in visible(cell)) for cell in row] for row in rows)
    lines = [" & ".join(row) + r" \\" for row in rest]
    return [
        comment,
        rf"\begin{{tabular}}{{l{'r' * (len(head) - 1)}}}",
        r"\toprule",
        " & ".join(head) + r" \\",
        r"\midrule",
        *lines,
        r"\bottomrule",
        r"\end{tabular}",
    ]


def _score(report: Report, cell: Any) -> str:
    if cell is None:
        return DASH
    main, second = report.kind.main, report.kind.measures[_second(report)]
    bounds = main.bounds(cell.score)
    interval = f" ({points(bounds[0])} to {points(bounds[1])})" if bounds else ""
    alone = main.alone and main.alone.of(cell.score)
    without = "" if alone is None else f", {main.text(alone)} by the image alone"
    return f"{main.text(main.of(cell.score))}{interval}{without} [{second.text(second.of(cell.score))}]"


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
    head, *rest = ([markdown_text(cell) for cell in row] for row in rows)
    lines = [head, ["---", *("---:" for _ in head[1:])], *rest]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _markdown_side(title: str, samples: Sequence[SampleDifference], who: str = "the other reads") -> str:
    lines = [f"- {markdown_text(sample.truth)} ({who} {markdown_text(sample.read) or 'nothing'})" for sample in samples]
    return "\n".join([f"**{markdown_text(title)}**", "", *(lines or ["None."])])


def markdown_text(text: str) -> str:
    """Escape what Markdown, GitHub's also, would read as more than text in the midst of a line or at its start."""
    return _BLOCK.sub(r"\1\\\2", _INLINE.sub(r"\\\g<0>", visible(text)))
