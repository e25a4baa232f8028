"""The chosen runs against each other: the one sentence on top, and the views below it.

Only the open view is worked out. This module composes; other modules draw.
"""

from collections.abc import Mapping, Sequence

import streamlit as st

from dashboard.common.page import show_errors
from dashboard.common.runs import RunView
from dashboard.compare.breakdown import breakdown
from dashboard.compare.comparison import Comparison
from dashboard.compare.evaluate import testing_bar
from dashboard.compare.pairing import PairedReadings, test_data
from dashboard.compare.sample_diff import better_and_worse, choose_pair
from dashboard.compare.scores import score_matrix, speed_chart
from dashboard.compare.settings import settings_diff
from dashboard.runs.curves import run_charts
from engine.evaluation.results import Result, names_of, results_of, shared_tests
from engine.jobs import list_jobs
from engine.workspace import Workspace

VIEWS = ("Scores", "Curves", "Settings", "Better and worse", "Where")


def choose_test(workspace: Workspace, runs: Sequence[RunView]) -> Comparison:
    """Gather what is known of the chosen runs; draw the choice of the test set where there are several."""
    jobs = [run.job for run in runs]
    results = results_of(workspace, jobs)
    tests = shared_tests(results)
    names = names_of(tests, list_jobs(workspace, "datasets"), jobs)
    chosen = tests[0] if tests else None
    if len(tests) > 1:
        chosen = st.selectbox(
            "Test set to compare on",
            tests,
            format_func=lambda test: f"on {names[test]}",
            key=f"compare-on-{hash(tuple(tests))}",
            label_visibility="collapsed",
        )
    return Comparison(workspace, runs, results, names, chosen)


def view_tabs(chosen: Comparison) -> None:
    """Draw the views of the chosen runs."""
    tabs = st.tabs(list(VIEWS), on_change="rerun", key="compare-tab")
    draw = (_scores, _curves, _settings, _better_and_worse, _where)
    for tab, view in zip(tabs, draw, strict=True):
        if tab.open:
            with tab, show_errors():
                view(chosen)


def _scores(chosen: Comparison) -> None:
    left, right = st.columns([3, 2], gap="medium")
    with left:
        score_matrix(chosen.runs, chosen.results, chosen.tests)
        testing_bar(chosen.workspace, [run.job for run in chosen.runs], chosen.results)
    with right:
        if chosen.test is not None:
            speed_chart(chosen.runs, chosen.results, chosen.test, chosen.tests[chosen.test])


def _curves(chosen: Comparison) -> None:
    run_charts(chosen.runs, {job.id: job for job in list_jobs(chosen.workspace, "datasets")}, "compare")


def _settings(chosen: Comparison) -> None:
    jobs = [*list_jobs(chosen.workspace, "datasets"), *list_jobs(chosen.workspace, "runs")]
    settings_diff(chosen.runs, {job.id: job.name for job in jobs})


def _better_and_worse(chosen: Comparison) -> None:
    found = _pair(chosen)
    if found is None or chosen.test is None:
        st.caption("Two chosen runs must have read the same test set. Tick two, or test them on one under Scores.")
        return
    between, first, second = found
    better_and_worse(between, first, second, test_data(chosen.workspace, chosen.test))


def _where(chosen: Comparison) -> None:
    if chosen.test is None or not chosen.scored:
        st.caption("No chosen run has been tested yet. Test one under Scores.")
        return
    data = test_data(chosen.workspace, chosen.test)
    breakdown([(chosen.run(id), result) for id, result in chosen.scored.items()], _pair(chosen), data)


def _pair(chosen: Comparison) -> tuple[PairedReadings, RunView, RunView] | None:
    """Draw the choice of two runs that read the test set, and set them side by side; None with fewer than two."""
    scored = chosen.scored
    if len(scored) < 2:
        return None
    able = [run for run in chosen.runs if run.id in scored]
    first, second = choose_pair(able, list(scored)) if len(able) > 2 else _best_first(able, scored)
    return chosen.against(first.id, second.id), first, second


def _best_first(runs: Sequence[RunView], scored: Mapping[str, Result]) -> tuple[RunView, RunView]:
    first, second = sorted(runs, key=lambda run: list(scored).index(run.id))
    return first, second
