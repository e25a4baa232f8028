"""Evaluation of the chosen runs on any dataset: starts the jobs and shows their progress.

Nothing is read here: an evaluation is a job, and its score enters the table when it ends.
"""

import uuid
from collections.abc import Sequence

import streamlit as st

from dashboard.common import state
from dashboard.common.jobs import headline, progress
from dashboard.common.markdown import literal
from dashboard.common.page import live_fragment, show_errors
from engine.config.reading import EvaluateConfig
from engine.evaluation.results import Results, TestSet
from engine.formatting import count
from engine.jobs import Job, State, launch, list_jobs
from engine.jobs.summaries import can_read, run_summary, word_datasets
from engine.workspace import Workspace


def testing_bar(workspace: Workspace, runs: Sequence[Job], results: Results) -> None:
    """Draw the choice of a dataset, the button that tests the chosen runs on it, and the tests that run now."""
    datasets = {job.id: job for job in word_datasets(workspace) if job.state.live or job.state is State.finished}
    able = [run for run in runs if can_read(run)]
    if not datasets or not able:
        st.caption("A run can be tested on any dataset once it has exported a reader, at its first good validation.")
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        dataset = str(
            st.selectbox(
                "Test the chosen runs on",
                list(datasets),
                format_func=lambda id: datasets[id].name,
                key="compare-dataset",
                persist_state="session",
                width=320,
            )
        )
        missing = [run for run in able if not _is_known(run, dataset, results)]
        nonce = st.session_state.setdefault(state.EVALUATION_NONCE, uuid.uuid4().hex)
        label = f"Test {count(len(missing), 'runs')}" if missing else "Test again"
        if st.button(label, icon=":material/fact_check:", key=f"compare-test-{nonce}"):
            _start(workspace, missing or able, dataset, nonce)
    _progress(workspace, runs)


def _is_known(run: Job, dataset: str, results: Results) -> bool:
    result = results[run.id].get(TestSet(dataset))
    return result is not None and result.score.step == run_summary(run).bundle_step


def _start(workspace: Workspace, runs: Sequence[Job], dataset: str, nonce: str) -> None:
    with show_errors():
        started = [
            launch(
                workspace,
                "evaluate",
                EvaluateConfig(run=run.id, dataset=dataset),
                name=f"test of {run.name}",
                nonce=f"{nonce} {run.id}",
            )
            for run in runs
        ]
        st.session_state[state.EVALUATIONS] = started
        st.session_state[state.EVALUATION_NONCE] = uuid.uuid4().hex
        st.rerun()


def _progress(workspace: Workspace, runs: Sequence[Job]) -> None:
    """Follow the tests of these runs; of those that were started here, say which failed."""
    ids = frozenset(run.id for run in runs)
    live_fragment(lambda: _running(workspace, ids), lambda: [job.id for job in _live(workspace, ids)], 1)
    started = st.session_state.get(state.EVALUATIONS, ())
    for job in list_jobs(workspace, "evaluations") if started else ():
        if job.id in started and not job.state.live and job.state is not State.finished:
            st.markdown(headline(job))
            st.caption(literal(job.message))


def _running(workspace: Workspace, runs: frozenset[str]) -> None:
    """Draw the tests that run now."""
    for job in _live(workspace, runs):
        st.markdown(headline(job))
        progress(job)


def _live(workspace: Workspace, runs: frozenset[str]) -> list[Job]:
    return [job for job in list_jobs(workspace, "evaluations") if job.state.live and job.config.get("run") in runs]
