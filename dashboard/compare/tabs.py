"""The chosen runs against each other: the one sentence on top, and the views below it.

Only the open view is worked out. This module composes; other modules draw.
"""

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from dashboard.common import state
from dashboard.common.address import tabs_in_address
from dashboard.common.callbacks import guarded
from dashboard.common.page import show_errors
from dashboard.common.runs import RunView
from dashboard.compare.breakdown import breakdown
from dashboard.compare.comparison import Comparison
from dashboard.compare.end_to_end import photo_to_text
from dashboard.compare.errors import errors_view
from dashboard.compare.evaluate import tested_on, testing_bar
from dashboard.compare.groups import group_views, over_seeds
from dashboard.compare.location_breakdown import location_breakdown, protocols
from dashboard.compare.pairing import test_data
from dashboard.compare.photo_diff import worst_photos
from dashboard.compare.sample_diff import better_and_worse, choose_pair
from dashboard.compare.score_kinds import LOCATION, ScoreKind
from dashboard.compare.scores import group_matrix, score_matrix, speed_chart
from dashboard.compare.settings import settings_diff
from dashboard.runs.curves import run_charts
from engine.evaluation.location_results import SceneTestSet
from engine.evaluation.results import TestSet, shared_tests
from engine.jobs import list_jobs
from engine.workspace import Workspace

View = Callable[[Comparison], None]
_UNTESTED = "No chosen run has been tested yet. Test one under Scores."


def choose_test(workspace: Workspace, kind: ScoreKind, runs: Sequence[RunView]) -> Comparison:
    """Gather what is known of the chosen runs of a kind; draw the choice of the test set where there are several."""
    jobs = [run.job for run in runs]
    results = kind.results(workspace, jobs)
    tests = shared_tests(results)
    names = kind.names(tests, list_jobs(workspace, "datasets"), jobs)
    chosen = tests[0] if tests else None
    if len(tests) > 1:
        by_text = {repr(test): test for test in tests}
        text = st.selectbox(
            "Test set to compare on",
            list(by_text),
            format_func=lambda text: f"on {names[by_text[text]]}",
            key=f"compare-on-{kind.name}",
            label_visibility="collapsed",
            persist_state="session",
            on_change=_test_there,
            args=(kind, by_text),
        )
        chosen = by_text[text]
    groups = group_views(workspace, runs)
    together = over_seeds(groups) and st.toggle(
        "Seeds together",
        value=True,
        key=f"compare-together-{kind.name}",
        persist_state="session",
        help="Runs that differ in their seed alone are one group: mean, deviation and effect over seeds.",
    )
    return Comparison(workspace, kind, runs, results, names, chosen, groups if together else ())


@guarded
def _test_there(kind: ScoreKind, tests: Mapping[str, TestSet | SceneTestSet]) -> None:
    """Let the dataset that runs are tested on follow the one that they are compared on."""
    test = tests[st.session_state[f"compare-on-{kind.name}"]]
    st.session_state[tested_on(kind)] = test.source if isinstance(test, TestSet) else test.dataset


def view_tabs(chosen: Comparison) -> None:
    """Draw the views of the chosen runs."""
    views = LOCATION_VIEWS if chosen.kind is LOCATION else VIEWS
    tabs = tabs_in_address({name.lower().replace(" ", "-"): name for name in views}, state.COMPARE_TAB)
    for tab, view in zip(tabs, views.values(), strict=True):
        if tab.open:
            with tab, show_errors():
                view(chosen)


def _scores(chosen: Comparison) -> None:
    left, right = st.columns([3, 2], gap="medium")
    with left:
        if chosen.groups:
            group_matrix(chosen)
            with st.expander("Each run by itself"):
                score_matrix(chosen)
        else:
            score_matrix(chosen)
        if chosen.kind is LOCATION:
            protocols(chosen)
        testing_bar(chosen)
    with right:
        if chosen.test is not None:
            speed_chart(chosen)


def _curves(chosen: Comparison) -> None:
    datasets = {job.id: job for job in list_jobs(chosen.workspace, "datasets")}
    run_charts(chosen.runs, datasets, "compare", chosen.groups)


def _settings(chosen: Comparison) -> None:
    jobs = [*list_jobs(chosen.workspace, "datasets"), *list_jobs(chosen.workspace, "runs")]
    settings_diff(chosen.runs, {job.id: job.name for job in jobs})


def _errors(chosen: Comparison) -> None:
    if chosen.scored:
        errors_view(chosen, test_data(chosen.workspace, chosen.test))
    else:
        st.caption("No chosen run has been tested yet: test one here, on any dataset.")
    testing_bar(chosen)


def _better_and_worse(chosen: Comparison) -> None:
    pair = _pair(chosen)
    if pair is None or chosen.test is None:
        st.caption("Two chosen runs must have read the same test set. Tick two, or test them on one under Scores.")
        return
    first, second = pair
    between = chosen.against(first.id, second.id)
    better_and_worse(between, first, second, test_data(chosen.workspace, chosen.test))


def _photos(chosen: Comparison) -> None:
    if not chosen.scored:
        st.caption(_UNTESTED)
        return
    worst_photos(chosen, _pair(chosen))


def _where(chosen: Comparison) -> None:
    if not chosen.scored:
        st.caption(_UNTESTED)
        return
    if chosen.kind is LOCATION:
        location_breakdown(chosen)
        return
    data, pair = test_data(chosen.workspace, chosen.test), _pair(chosen)
    between = pair and (chosen.against(pair[0].id, pair[1].id), *pair)
    breakdown([(chosen.run(id), result) for id, result in chosen.scored.items()], between, data)


VIEWS: dict[str, View] = {
    "Scores": _scores,
    "Curves": _curves,
    "Settings": _settings,
    state.ERRORS_TAB: _errors,
    "Better and worse": _better_and_worse,
    "Where": _where,
    "Photo to text": photo_to_text,
}
LOCATION_VIEWS: dict[str, View] = {
    "Scores": _scores,
    "Curves": _curves,
    "Settings": _settings,
    state.WORST_PHOTOS_TAB: _photos,
    "Where": _where,
    "Photo to text": photo_to_text,
}


def _pair(chosen: Comparison) -> tuple[RunView, RunView] | None:
    """Draw the choice of two runs that have taken the test set; None with fewer than two. The best come first."""
    scored = list(chosen.scored)
    if len(scored) < 2:
        return None
    if len(scored) > 2:
        return choose_pair([run for run in chosen.runs if run.id in scored], scored)
    return chosen.run(scored[0]), chosen.run(scored[1])
