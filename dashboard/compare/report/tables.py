"""A report's tables as rows of plain text, and the writers that need no more: Markdown, CSV and LaTeX.

Every cell may hold foreign text; each writer escapes all of it.
"""

import csv
import io
import re
from collections.abc import Sequence

from dashboard.compare.comparison import character_words, significance_words
from dashboard.compare.report.content import PairedComparison, Report, SampleDifference
from engine.evaluation.results import Result
from engine.formatting import DASH, count, decimal, duration, percent
from engine.labels import visible
from engine.sources.spreadsheet import escape_formula

Rows = list[list[str]]
SCORE_KEY = "Word accuracy (95 % interval: the sampling error of the images alone) [character error rate]."
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


def score_rows(report: Report) -> Rows:
    """Return the model × test-set table: word accuracy with its interval, CER in brackets."""
    head = ["Run", *report.tests]
    return [head] + [
        [visible(run.title), *(_score(cell) for cell in cells)]
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
        "Reading (ms per image)",
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
        _markdown(SCORE_KEY),
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
    return "\n\n".join(parts) + "\n"


def as_csv(report: Report) -> str:
    """Write the scores as CSV, a row a run and test set, with what each run is made of; shares are 0 to 1."""
    head = ["run", "id", "dataset", "state", "parameters", "seconds", "images_per_second", "tags", "note"]
    scores = ["test_set", "images", "word_accuracy", "low", "high", "cer", "ned", "step"]
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
                for value in (*own, name, *_figures(cell), *values)
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
            f"% Glyphlab, {report.made:%Y-%m-%d}. {SCORE_KEY}",
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


def _score(cell: Result | None) -> str:
    if cell is None:
        return DASH
    score = cell.score
    bounds = f" ({100 * score.interval[0]:.1f} to {100 * score.interval[1]:.1f})" if score.interval else ""
    return f"{percent(score.word_accuracy)}{bounds} [{percent(score.cer)}]"


def _figures(cell: Result | None) -> list[object]:
    if cell is None:
        return [None] * 7
    score = cell.score
    low, high = score.interval or (None, None)
    return [score.images, score.word_accuracy, low, high, score.cer, score.ned, score.step]


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
