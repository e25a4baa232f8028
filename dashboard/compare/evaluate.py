"""Evaluation of the chosen runs on any dataset: starts the jobs and shows their progress.

Nothing is read here: an evaluation is a job, and its score enters the table when it ends.
"""

import uuid
from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from dashboard.common import state
from dashboard.common.jobs import headline, progress
from dashboard.common.launchers import launcher_fields
from dashboard.common.markdown import literal
from dashboard.common.page import live_fragment, show_errors
from dashboard.compare.comparison import Comparison
from dashboard.compare.score_kinds import LOCATION, AnyResults, ScoreKind
from engine.config.locating import EvaluateLocatorConfig
from engine.config.reading import EvaluateConfig
from engine.evaluation.location_results import SceneTestSet
from engine.evaluation.results import TestSet
from engine.formatting import count
from engine.jobs import Job, State, launch, list_jobs
from engine.jobs.summaries import holds_scenes, run_summary
from engine.workspace import Workspace, bundle_name, is_starter


def testing_bar(chosen: Comparison) -> None:
    """Draw the choice of a dataset, the button that tests the chosen runs on it, and the tests that run now."""
    workspace, locates = chosen.workspace, chosen.kind is LOCATION
    all_datasets = list_jobs(workspace, "datasets")
    datasets = {
        job.id: job
        for job in all_datasets
        if holds_scenes(job) == locates and (job.state.live or job.state is State.finished)
    }
    runs = [run.job for run in chosen.runs]
    able = [run for run in runs if run_summary(run).bundle_step is not None]
    if not datasets or not able:
        what = (
            "dataset of photos once it has exported a locator" if locates else "dataset once it has exported a reader"
        )
        st.caption(f"A run can be tested on any {what}, at its first good validation.")
        return
    key = tested_on(chosen.kind)
    if st.session_state.get(key) not in (None, *datasets):
        del st.session_state[key]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        dataset = str(
            st.selectbox(
                "Test the chosen runs on",
                list(datasets),
                format_func=lambda id: datasets[id].name,
                key=key,
                persist_state="session",
                width=320,
            )
        )
        level = _level() if locates else ""
        config = EvaluateLocatorConfig(dataset=dataset) if locates else EvaluateConfig(dataset=dataset)
        where = launcher_fields(workspace, config, "compare-test")
        missing = [run for run in able if not _is_known(run, _test_set(dataset, level), chosen.results)]
        nonce = st.session_state.setdefault(state.EVALUATION_NONCE, uuid.uuid4().hex)
        label = f"Test {_these(missing, chosen.kind)}" if missing else "Test again"
        if st.button(label, icon=":material/fact_check:", key=f"compare-test-{nonce}"):
            _start(workspace, missing or able, {"dataset": dataset, **where}, level, nonce)
    ids = frozenset(bundle_name(run.id) for run in runs)
    follow_tests(workspace, lambda job: job.config.get("run") in ids)


def tested_on(kind: ScoreKind) -> str:
    """Return the key of the choice of the dataset that the chosen runs are tested on."""
    return f"compare-dataset{'-photos' if kind is LOCATION else ''}"


def _these(runs: Sequence[Job], kind: ScoreKind) -> str:
    """Return what is tested: the starter alone is named, with others it is a reader or a locator among them."""
    if len(runs) == 1 and is_starter(runs[0].id):
        return f"the {runs[0].name}"
    return count(len(runs), kind.runs if any(is_starter(run.id) for run in runs) else "runs")


def _level() -> str:
    """Draw the choice of what locators are to find."""
    levels = {"word": "Words", "line": "Lines"}
    chosen = st.segmented_control(
        "What is to be found",
        list(levels),
        default="word",
        required=True,
        format_func=levels.__getitem__,
        key="compare-level",
        label_visibility="collapsed",
        persist_state="session",
    )
    return str(chosen)


def _test_set(dataset: str, level: str) -> TestSet | SceneTestSet:
    return SceneTestSet(dataset, level=level) if level else TestSet(dataset)


def _is_known(run: Job, test: TestSet | SceneTestSet, results: AnyResults) -> bool:
    result = results[run.id].get(test)
    return result is not None and result.score.step == run_summary(run).bundle_step


def _start(workspace: Workspace, runs: Sequence[Job], settings: dict[str, Any], level: str, nonce: str) -> None:
    with show_errors():
        started = [
            launch(
                workspace,
                "evaluate-locator" if level else "evaluate",
                EvaluateLocatorConfig.parse({"run": bundle_name(run.id), **settings, "level": level})
                if level
                else EvaluateConfig.parse({"run": bundle_name(run.id), **settings}),
                name=f"test of {run.name}",
                nonce=f"{nonce} {run.id}",
            )
            for run in runs
        ]
        show_started(started)


def show_started(tests: Sequence[str]) -> None:
    """Run the page again with these evaluations, which were started here, followed."""
    st.session_state[state.EVALUATIONS] = tests
    st.session_state[state.EVALUATION_NONCE] = uuid.uuid4().hex
    st.rerun()


def follow_tests(workspace: Workspace, wanted: Callable[[Job], bool]) -> None:
    """Follow the evaluations that are wanted here; of those that were started here, say which failed."""
    live_fragment(lambda: _running(workspace, wanted), lambda: [job.id for job in _live(workspace, wanted)], 1)
    started = st.session_state.get(state.EVALUATIONS, ())
    for job in list_jobs(workspace, "evaluations") if started else ():
        if job.id in started and not job.state.live and job.state is not State.finished:
            st.markdown(headline(job))
            st.caption(literal(job.message))


def _running(workspace: Workspace, wanted: Callable[[Job], bool]) -> None:
    """Draw the tests that run now."""
    for job in _live(workspace, wanted):
        st.markdown(headline(job))
        progress(job)


def _live(workspace: Workspace, wanted: Callable[[Job], bool]) -> list[Job]:
    return [job for job in list_jobs(workspace, "evaluations") if job.state.live and wanted(job)]
