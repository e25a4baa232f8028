"""Reports of runs whose names, tags, notes and texts attack whatever they are written into."""

import base64
import csv
import io
import re
from html.parser import HTMLParser

import pytest
from PIL import Image

from dashboard.common.runs import run_views
from dashboard.common.svg import nice_ticks
from dashboard.compare.comparison import Comparison
from dashboard.compare.report.content import Report, gather
from dashboard.compare.report.html import as_html, line_chart
from dashboard.compare.report.tables import as_csv, as_latex, as_markdown
from dashboard.compare.score_kinds import READING
from engine import jobs
from engine.evaluation.results import names_of, results_of, shared_tests
from engine.evaluation.starters import starters
from engine.jobs import paths
from engine.workspace import STARTER, Workspace
from tests.dashboard.labs import ScoredLab, scored_lab

EVIL = "<script>alert(1)</script> & \"x\" '=1+1' | `a` $b$ \\c{d}% [e](http://f) www.g.h"


@pytest.fixture
def lab(workspace: Workspace) -> ScoredLab:
    return scored_lab(workspace)


def report_of(lab: ScoredLab, starter: bool = False) -> Report:
    runs = [*jobs.list_jobs(lab.workspace, "runs"), *(starters(lab.workspace) if starter else ())]
    results = results_of(lab.workspace, runs)
    tests = shared_tests(results)
    names = names_of(tests, jobs.list_jobs(lab.workspace, "datasets"), runs)
    return gather(
        Comparison(lab.workspace, READING, list(run_views(runs).values()), results, names, tests[0] if tests else None)
    )


@pytest.fixture
def report(lab: ScoredLab) -> Report:
    lab.run(f"worse {EVIL}"[:80], lambda place, truth: f"<b>{truth}" if place % 2 else truth, batch=64)
    made = lab.run("=cmd()", lambda place, truth: truth)
    jobs.annotate(lab.workspace, "runs", made.id, text=EVIL)
    jobs.tag(lab.workspace, "runs", made.id, add=["=tag", "<i>"])
    return report_of(lab)


class Page(HTMLParser):
    """All elements with their attributes, and all text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_holds_plots_and_pictures_and_asks_nobody_for_anything(report: Report):
    page = Page(as_html(report))
    tags = {tag for tag, _ in page.elements}
    assert not tags & {"script", "link", "iframe", "object", "a", "b onerror", "i"}
    policy = next(about["content"] for tag, about in page.elements if about.get("http-equiv"))
    assert policy == "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    sources = [about["src"] or "" for tag, about in page.elements if tag == "img"]
    assert len(sources) == 8
    for source in sources:
        with Image.open(io.BytesIO(base64.b64decode(source.removeprefix("data:image/png;base64,")))) as image:
            assert image.height == 32
    charts = [about["aria-label"] for tag, about in page.elements if tag == "svg"]
    assert charts == [
        "Word accuracy with 95 % intervals",
        "Validation word accuracy over steps",
        "Validation loss over steps",
    ]
    fetching = {"src", "href", "action", "srcset", "poster", "style", "onload", "onerror"}
    assert all(not (fetching & set(about)) or tag == "img" for tag, about in page.elements)


def test_the_page_says_what_the_screen_says_with_names_as_they_are(report: Report):
    page = Page(as_html(report))
    assert "=cmd() reads 50.0 points more of words than worse <script>alert(1)</script>" in page.text
    assert "18 images only =cmd() reads" in page.text
    assert "the other reads <b>" in " ".join(page.text.split())
    assert EVIL in page.text
    assert "batch" in page.text


def test_markdown_shows_foreign_text_as_it_is(report: Report):
    text = as_markdown(report)
    unescaped = re.sub(r"\\([!-/:-@\[-`{-~])", "", text)
    assert "<" not in unescaped
    assert "http:" not in unescaped
    tables = [line for line in unescaped.splitlines() if line.startswith("|")]
    assert len({line.count("|") for line in tables[:4]}) == 1
    assert "## Where they differ" in text


def test_csv_has_a_row_a_run_and_test_set_and_no_formula(report: Report):
    rows = list(csv.DictReader(io.StringIO(as_csv(report))))
    assert [row["test_set"] for row in rows] == ["words", "words"]
    assert [float(row["word_accuracy"]) for row in rows] == [1.0, 0.5]
    assert [float(row["alphanumeric_accuracy"]) for row in rows] == [1.0, 0.5]
    assert [float(row["any_case_accuracy"]) for row in rows] == [1.0, 0.5]
    assert [row["batch"] for row in rows] == ["32", "64"]
    assert rows[0]["run"] == "'=cmd()"
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "-", "@"))]


def test_latex_escapes_what_would_be_a_command(report: Report):
    text = as_latex(report)
    body = text[text.index(r"\midrule") : text.index(r"\bottomrule")]
    assert r"\textless{}script\textgreater{}" in body
    assert r"100.0 \%" in body
    bare = re.sub(r"\\(textbackslash|textless|textgreater|textbar|textquotedbl|midrule)(\{\})?|\\[{}$&#_%\\]", "", body)
    assert not set(bare) & set("\\{}$#_%^~")
    assert all(line.count(" & ") == 1 for line in body.splitlines()[1:] if line)


def test_the_report_of_one_run_holds_its_errors_with_pictures_and_what_it_takes_for_what(lab: ScoredLab):
    lab.run("only <b>", lambda place, truth: truth if place % 2 else f"<i>{truth[1:]}")
    report = report_of(lab)
    page = Page(as_html(report))
    words = " ".join(page.text.split())
    assert "18 of 36 images are read wrong (50.0 %), by 54 edits." in words
    assert "it reads <i>aa" in words
    assert "What it takes for what" in words
    assert len([tag for tag, _ in page.elements if tag == "img"]) == 8
    text = as_markdown(report)
    assert "## Errors" in text
    assert "(it reads \\<i>aa)" in text
    assert "| nothing | i | 18 | 36 |" in text


def test_a_report_of_runs_without_any_score_is_whole(lab: ScoredLab):
    made = lab.run("plain", lambda place, truth: truth)
    (made.folder / paths.SUMMARY).unlink()
    (made.folder / paths.EVENTS).unlink()
    report = report_of(lab)
    assert "No chosen run has a test score yet" in as_html(report)
    assert "No chosen run has a test score yet" in as_markdown(report)
    assert len(as_csv(report).splitlines()) == 2
    assert r"\begin{tabular}{l}" in as_latex(report)


def test_the_starter_is_reported_with_what_is_known_of_it(lab: ScoredLab):
    lab.run("mine", lambda place, truth: truth, reader={"scale": 0.5})
    lab.tested(STARTER, lambda place, truth: truth if place % 2 else "")
    report = report_of(lab, starter=True)
    assert "mine reads 50.0 points more of words than starter reader" in report.sentence
    assert dict(report.settings)["reader.scale"] == ["0.5", "1.5"]
    assert all(path.startswith("reader.") for path, _ in report.settings)  # it is not known how it learned
    text = as_markdown(report)
    (row,) = [line for line in text.splitlines() if "| starter reader | starter reader |" in line]
    assert "built in" in row
    assert "| 0 s |" not in row
    assert "starter reader" in as_csv(report)
    assert "starter reader" in as_html(report)


def test_ticks_are_round_and_reach_the_end():
    for high in (0.003, 0.7, 1, 42, 99.9, 376, 50_000):
        ticks = nice_ticks(0, high)
        assert ticks[0] == 0
        assert ticks[-2] < high <= ticks[-1] * (1 + 1e-9)
        assert 2 <= len(ticks) <= 12
    assert nice_ticks(0, float("nan")) == [0, 1]
    assert line_chart([], "nothing") == ""
