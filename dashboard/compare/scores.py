"""The chosen runs' scores on each test set, and their speed.

Scores are the runs' own and those of evaluations; none is computed here.
"""

from collections.abc import Mapping, Sequence

import streamlit as st

from dashboard.common.colours import dot
from dashboard.common.images import drawing
from dashboard.common.markdown import literal
from dashboard.common.runs import RunView
from dashboard.compare.pairing import milliseconds
from dashboard.compare.speed import Spot, speed_against_accuracy, speed_words
from engine.evaluation.results import Result, Results, TestSet
from engine.formatting import count, percent

MEASURES = {"Word accuracy": "word_accuracy", "CER": "cer", "NED": "ned"}
_WIDE = 6  # test sets side by side


def score_matrix(runs: Sequence[RunView], results: Results, names: Mapping[TestSet, str]) -> None:
    """Draw the model × test-set table: a row per run, a column per test set, the best of each column bold."""
    if not names:
        st.caption("No chosen run has been tested yet. A run is when it ends; or test it below, once it has a reader.")
        return
    measure = st.segmented_control(
        "Measure",
        list(MEASURES),
        default="Word accuracy",
        required=True,
        key="compare-measure",
        label_visibility="collapsed",
        persist_state="session",
    )
    tests = list(names)[:_WIDE]
    best = {test: best_of(results, test, str(measure)) for test in tests}
    heads = [f"{literal(names[test])} :gray[{_images(results, test)}]" for test in tests]
    rows = [
        [f"{dot(run.colour)} {literal(run.title)}"]
        + [_cell(results[run.id].get(test), str(measure), best[test] == run.id) for test in tests]
        for run in runs
    ]
    table = [["Run", *heads], ["---", *("---:" for _ in tests)], *rows]
    st.markdown("\n".join("| " + " | ".join(row) + " |" for row in table))
    if len(names) > _WIDE:
        st.caption(f"The {_WIDE} that most chosen runs have read, of {count(len(names), 'test sets')}.")
    if measure == "Word accuracy":
        st.caption("Small: 95 % interval, the sampling error of the images alone.")


def best_of(results: Results, test: TestSet, measure: str) -> str | None:
    """Return the run with the best value on a test set; None where there are not two that differ."""
    field = MEASURES[measure]
    values = {run: getattr(by_test[test].score, field) for run, by_test in results.items() if test in by_test}
    known = {run: value for run, value in values.items() if value is not None}
    if len(set(known.values())) < 2:
        return None
    return (max if measure == "Word accuracy" else min)(known, key=known.__getitem__)


def speed_chart(runs: Sequence[RunView], results: Results, test: TestSet, name: str) -> None:
    """Draw reading time against accuracy on one test set."""
    there = [(run, results[run.id][test]) for run in runs if test in results[run.id]]
    spots = [
        Spot(run.title, run.colour, took, result.score.word_accuracy, result.score.interval)
        for run, result in there
        if (took := milliseconds(result)) is not None
    ]
    if not spots:
        st.caption("How fast the chosen runs read is known once they are tested.")
        return
    st.markdown(f"**Speed against accuracy** :gray[on {literal(name)}]")
    drawing(speed_against_accuracy(spots, st.context.theme.type == "dark"), speed_words(spots), width="stretch")
    st.caption("Up and to the left is better. Times are those of the test itself, on this machine as busy as it was.")


def _cell(result: Result | None, measure: str, best: bool) -> str:
    value = result and getattr(result.score, MEASURES[measure])
    if result is None or value is None:
        return ":gray[–]"
    text = f"**{percent(value)}**" if best else percent(value)
    bounds = result.score.interval if measure == "Word accuracy" else None
    return f"{text} :gray[:small[{100 * bounds[0]:.1f} to {100 * bounds[1]:.1f}]]" if bounds else text


def _images(results: Results, test: TestSet) -> str:
    numbers = {by_test[test].score.images for by_test in results.values() if test in by_test}
    return f"({count(max(number or 0 for number in numbers), 'images')})"
