"""Scores of the chosen runs on each test set, and their reading time against their accuracy.

Scores are those of the runs and of evaluations; none is computed here. The chart is SVG, so that Compare opens without
a chart library: foreign text in it is escaped, and nothing in it runs or is fetched.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

import streamlit as st

from dashboard.common.colours import dot
from dashboard.common.images import drawing
from dashboard.common.markdown import literal
from dashboard.common.svg import FONT_SIZE, LINE, Plot, circle, line, nice_ticks, spread, text
from dashboard.compare.comparison import Comparison
from dashboard.compare.groups import group_figures, scores_of
from dashboard.compare.score_kinds import READING, AnyResults, ScoreFigure, ScoreKind
from engine.evaluation.groups import SeedScores
from engine.evaluation.starters import card_words
from engine.formatting import count, decimal, percent, points
from engine.labels import visible
from engine.workspace import is_starter
from glyphlab_read.formatting import cut

_WIDE = 6  # test sets side by side
_WIDTH, _HEIGHT = 420, 300
_ROOM = 1.9  # the x axis extends by this factor beyond the slowest run: labels stand right of their dots
_LONGEST = 16  # characters of a name
_ALONE = " In brackets: by the image alone, where likely texts took part."
_INK = {False: "#1F2328", True: "#E6EAEC"}


def score_matrix(chosen: Comparison) -> None:
    """Draw the model × test-set table: a row per run, a column per test set, the best of each column bold."""
    kind, names = chosen.kind, chosen.tests
    name = _measure(chosen)
    if name is None:
        return
    measure, tests = kind.measures[name], list(names)[:_WIDE]
    best = {test: best_of(chosen.results, test, measure) for test in tests}
    heads = [f"{literal(names[test])} :gray[{_images(chosen, test)}]" for test in tests]
    rows = [
        [f"{dot(run.colour)} {literal(run.title)}"]
        + [_cell(chosen.results[run.id].get(test), measure, best[test] == run.id) for test in tests]
        for run in chosen.runs
    ]
    _table([["Run", *heads], *rows], len(names))
    for run in chosen.runs:
        if is_starter(run.id) and (told := card_words(run.job.summary["card"])):
            st.caption(f"The {literal(run.title)} by its card: {literal(told)}.")
    if name == kind.main_name:
        st.caption(
            f"Small: 95 % interval, the sampling error of the {kind.unit} alone.{_ALONE if measure.without else ''}"
        )
    elif measure.without:
        st.caption(_ALONE.strip())
    elif measure.field == "word_accuracy_alone":
        st.caption("Without likely texts. –: a reader that knows none, or a test that did not tell them apart.")


def group_matrix(chosen: Comparison) -> None:
    """Draw the group × test-set table: mean, standard deviation and number of seeds, the best mean of each bold."""
    kind, names = chosen.kind, chosen.tests
    name = _measure(chosen, "-groups")
    if name is None:
        return
    measure, tests = kind.measures[name], list(names)[:_WIDE]
    found = [[scores_of(chosen, group, test, measure) for test in tests] for group in chosen.groups]
    best = [_best([row[place] for row in found], measure.higher) for place in range(len(tests))]
    heads = [f"{literal(names[test])} :gray[({head})]" for test in tests for head in ("mean", "sd", "n")]
    rows = [
        [f"{dot(group.colour)} {literal(group.title)}"]
        + [
            cell
            for place, (scores, test) in enumerate(zip(row, tests, strict=True))
            for cell in _group_cells(
                group_figures(chosen, group, test, measure), scores is not None and scores.mean == best[place]
            )
        ]
        for group, row in zip(chosen.groups, found, strict=True)
    ]
    _table([["Group", *heads], *rows], len(names))
    st.caption(
        "sd: standard deviation over seeds, in points. n: seeds tested. All settings but the seed are alike."
        + (_ALONE if measure.without else "")
    )
    if repeated := sum(group.repeated for group in chosen.groups):
        st.caption(f"Of runs with the same seed the newest counts: {count(repeated, 'runs')} left out.")


def _measure(chosen: Comparison, mark: str = "") -> str | None:
    """Draw the choice of the figure, whose key ends with `mark`; where nothing was tested, say so instead."""
    kind = chosen.kind
    if not chosen.tests:
        has = {"words": "a reader", "photos": "a locator"}[kind.name]
        st.caption(
            "No chosen run has been tested yet. A run is when it ends, if its dataset has test "
            f"{kind.unit}; or test it below, once it has {has}."
        )
        return None
    return str(
        st.segmented_control(
            "Measure",
            list(kind.measures),
            default=kind.main_name,
            required=True,
            key=f"compare-measure-{kind.name}{mark}",
            label_visibility="collapsed",
            persist_state="session",
        )
    )


def score_table(rows: Sequence[Sequence[str]]) -> None:
    """Draw rows of Markdown, a head first, figures to the right."""
    head, *others = rows
    table = [head, ["---", *("---:" for _ in head[1:])], *others]
    st.markdown("\n".join("| " + " | ".join(row) + " |" for row in table))


def _table(rows: Sequence[Sequence[str]], tests: int) -> None:
    """Draw the scores; of too many test sets say how many are shown."""
    score_table(rows)
    if tests > _WIDE:
        st.caption(f"The {_WIDE} that most chosen runs have taken, of {count(tests, 'test sets')}.")


def _best(scores: Sequence[SeedScores | None], higher: bool) -> float | None:
    """Return the best mean; None where there are not two that differ."""
    means = {one.mean for one in scores if one is not None}
    return None if len(means) < 2 else (max if higher else min)(means)


def _group_cells(figures: Sequence[str], best: bool) -> list[str]:
    mean, sd, n = figures
    return [f"**{mean}**" if best else mean, sd, n]


def best_of(results: AnyResults, test: Any, measure: ScoreFigure) -> str | None:
    """Return the run with the best value on a test set; None where there are not two that differ."""
    values = {run: measure.of(by_test[test].score) for run, by_test in results.items() if test in by_test}
    known = {run: value for run, value in values.items() if value is not None}
    if len(set(known.values())) < 2:
        return None
    return (max if measure.higher else min)(known, key=known.__getitem__)


def speed_chart(chosen: Comparison) -> None:
    """Draw the time that an image takes against the main figure, on the test set of the comparison."""
    kind = chosen.kind
    there = [(chosen.run(id), result) for id, result in chosen.scored.items()]
    spots = [
        Spot(run.title, run.colour, took, value, kind.main.bounds(result.score))
        for run, result in there
        if (took := kind.milliseconds(result)) is not None and (value := kind.main.of(result.score)) is not None
    ]
    if not spots:
        st.caption(f"How fast the chosen {kind.runs} are is known once they are tested.")
        return
    st.markdown(f"**Speed against accuracy** :gray[on {literal(chosen.tests[chosen.test])}]")
    svg = speed_against_accuracy(spots, st.context.theme.type == "dark", kind)
    drawing(svg, speed_words(spots, kind), width="stretch")
    st.caption("Up and to the left is better. Times are those of the test itself, on this machine as busy as it was.")


def _cell(result: Any, measure: ScoreFigure, best: bool) -> str:
    if result is None or (value := measure.of(result.score)) is None:
        return ":gray[–]"
    alone = measure.alone and measure.alone.of(result.score)
    without = "" if alone is None else f" :gray[({measure.text(alone)})]"
    return figure_cell(measure.text(value), measure.bounds(result.score), best) + without


def figure_cell(figure: str, bounds: tuple[float, float] | None, best: bool) -> str:
    """Return the Markdown of a figure in a table: the best bold, its 95 % interval small beside it."""
    text = f"**{figure}**" if best else figure
    return f"{text} :gray[:small[{points(bounds[0])} to {points(bounds[1])}]]" if bounds else text


def _images(chosen: Comparison, test: Any) -> str:
    numbers = [by_test[test].score.images or 0 for by_test in chosen.results.values() if test in by_test]
    return f"({count(max(numbers), chosen.kind.unit)})"


@dataclass(frozen=True)
class Spot:
    """One run: its title, colour, ms per image, main figure and its 95 % interval (0 to 1)."""

    title: str
    colour: str
    milliseconds: float
    accuracy: float
    interval: tuple[float, float] | None


def speed_against_accuracy(spots: Sequence[Spot], dark: bool, kind: ScoreKind = READING) -> str:
    """Draw a dot per run, its interval, and its name and time beside it; up and to the left is better.

    There is at least one run; `dark` is for a dark ground. Of long names, words that all begin with are left out.
    """
    far = _ROOM * max(spot.milliseconds for spot in spots) or 1.0
    high = nice_ticks(0, 100 * max(max(spot.interval or (spot.accuracy,)) for spot in spots))[-1]
    plot = Plot(_WIDTH, _HEIGHT, left=44, right=8, top=12, bottom=44, far=far, high=high)
    places = spread([-plot.y(100 * spot.accuracy) for spot in spots], LINE, -LINE)  # upwards, none above the picture
    names = _told_apart([spot.title for spot in spots])
    dots = [_spot(spot, name, plot, -place) for spot, name, place in zip(spots, names, places, strict=True)]
    axes = plot.axes(kind.time, f"{kind.main_name} (%)")
    size = f'width="{_WIDTH}" height="{_HEIGHT}" viewBox="0 0 {_WIDTH} {_HEIGHT}"'
    look = f'font-family="sans-serif" font-size="{FONT_SIZE}" color="{_INK[dark]}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} {look}>{axes}{"".join(dots)}</svg>'


def speed_words(spots: Sequence[Spot], kind: ScoreKind = READING) -> str:
    """Return the picture in words, for those who cannot see it."""
    runs = (f"{spot.title} {spot.milliseconds:.2f} ms, {percent(spot.accuracy)}" for spot in spots)
    return f"{kind.time.partition(' (')[0]} against {kind.main_word}: {'; '.join(runs)}"


def _told_apart(names: Sequence[str]) -> list[str]:
    """Return names without the words that all begin with, where one is too long to be shown whole."""
    words = [name.split(" ") for name in names]
    alike = len(list(takewhile(lambda column: len(set(column)) == 1, zip(*words, strict=False))))
    is_long = max(map(len, names)) > _LONGEST
    return [" ".join(parts[alike:]) or name if is_long else name for parts, name in zip(words, names, strict=True)]


def _spot(spot: Spot, name: str, plot: Plot, label: float) -> str:
    x, y = plot.x(spot.milliseconds), plot.y(100 * spot.accuracy)
    words = f"{cut(visible(name), _LONGEST)} · {decimal(spot.milliseconds, 2)} ms"
    low, high = (plot.y(100 * end) for end in spot.interval or (0, 0))
    bar = line(x, low, x, high, spot.colour) if spot.interval else ""
    return bar + circle(x, y, 5.5, spot.colour) + text(x + 11, label + 4, words)
