"""Locators and readers together over whole photos, as a table of every pair, and which half falls short.

Nothing is read here: a pair is tested by a job, and its score enters the table when it ends.
"""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from dashboard.common import state
from dashboard.common.colours import dot
from dashboard.common.launchers import launcher_fields
from dashboard.common.markdown import literal
from dashboard.common.page import show_errors
from dashboard.common.runs import RunView, run_views
from dashboard.compare.comparison import Comparison
from dashboard.compare.evaluate import follow_tests, show_started
from dashboard.compare.scores import figure_cell, score_table
from engine.config.documents import EvaluatePagesConfig
from engine.evaluation.end_to_end_results import EndToEndResults, ReadingPair, end_to_end_results, pages_config
from engine.evaluation.starters import starter_runs
from engine.formatting import count, interval, percent
from engine.jobs import State, launch, list_jobs
from engine.jobs.summaries import EndToEndSummary, can_be_tried, finds_text, holds_scenes, run_summary
from engine.workspace import Workspace, bundle_name

_ALIKE = 0.02  # shares closer than this fall short alike


def photo_to_text(chosen: Comparison) -> None:
    """Draw the table locator × reader over a dataset of photos, and the button that tests what is missing of it."""
    workspace = chosen.workspace
    datasets = {job.id: job for job in list_jobs(workspace, "datasets") if holds_scenes(job)}
    ready = {id: job for id, job in datasets.items() if job.state is State.finished}
    if not ready:
        st.caption(
            "A locator and a reader are scored together on photos whose texts are known. Import or draw a dataset of "
            "photos under Data first."
        )
        return
    views = run_views([*list_jobs(workspace, "runs"), *starter_runs(workspace)])
    usable = [view for view in views.values() if can_be_tried(view.job)]
    on, left, right = st.columns([2, 3, 3])
    dataset = str(
        on.selectbox(
            "Photos",
            list(ready),
            format_func=lambda id: ready[id].name,
            key="compare-photos",
            persist_state="session",
            help="Their test photos, or all where there are none.",
        )
    )
    found = end_to_end_results(workspace, dataset)
    finding = [view for view in usable if finds_text(view.job)]
    reading = [view for view in usable if not finds_text(view.job)]
    with left:
        locators = _choice("Locators", finding, chosen, {pair.locator for pair in found})
    with right:
        readers = _choice("Readers", reading, chosen, {pair.reader for pair in found})
    if not locators or not readers:
        st.caption("Choose at least one locator and one reader.")
        return
    _table(found, locators, readers)
    _testing_bar(workspace, dataset, [(one, other) for one in locators for other in readers], found)


def _choice(label: str, views: Sequence[RunView], chosen: Comparison, tested: set[str]) -> list[RunView]:
    """Draw a choice of runs: at first those that are ticked, else those that were tested, else the starter."""
    by_id = {view.id: view for view in views}
    ticked = [run.id for run in chosen.runs if run.id in by_id]
    known = [id for id in by_id if bundle_name(id) in tested]
    picked = st.multiselect(
        label,
        list(by_id),
        default=ticked or known or list(by_id)[-1:],
        format_func=lambda id: by_id[id].title,
        key=f"compare-pairs-{label.lower()}",
        persist_state="session",
    )
    return [by_id[id] for id in picked]


def _table(found: EndToEndResults, locators: Sequence[RunView], readers: Sequence[RunView]) -> None:
    """Draw the sentence on top, and the scores: a row for each locator, a column for each reader."""
    scores = {
        (one.id, other.id): score for one in locators for other in readers if (score := found.get(_pair(one, other)))
    }
    if not scores:
        st.caption("No pair was tested on these photos yet.")
        return
    best = max(scores, key=lambda pair: scores[pair].f)
    titles = {view.id: f"**{literal(view.title)}**" for view in (*locators, *readers)}
    st.markdown(blame_sentence(scores[best], titles[best[0]], titles[best[1]]))
    heads = [f"{dot(reader.colour)} {literal(reader.title)}" for reader in readers]
    alone = [_any_score(scores, reader.id, 1) for reader in readers]
    rows = [["In true outlines", ":gray[–]", *(_cell(score, "accuracy") for score in alone)]]
    for locator in locators:
        cells = [_cell(scores.get((locator.id, reader.id)), "f", (locator.id, reader.id) == best) for reader in readers]
        boxes = _cell(_any_score(scores, locator.id, 0), "h_mean")
        rows.append([f"{dot(locator.colour)} {literal(locator.title)}", boxes, *cells])
    score_table([["Locator", "Boxes alone (H-mean)", *heads], *rows])
    st.caption(
        f"F: a box counts that matches a text and says the same. {literal(scores[best].protocol)}. Small: 95 % "
        "intervals, the photos as units of chance."
    )


def _any_score(scores: Mapping[tuple[str, str], EndToEndSummary], run: str, place: int) -> EndToEndSummary | None:
    """Return a score of any pair that has a run as its locator (place 0) or reader (1): its own half is the same."""
    return next((score for pair, score in scores.items() if pair[place] == run), None)


def _cell(score: EndToEndSummary | None, figure: str, best: bool = False) -> str:
    if score is None:
        return ":gray[–]"
    return figure_cell(percent(getattr(score, figure)), score.intervals.get(figure), best)


def blame_sentence(score: EndToEndSummary, locator: str, reader: str) -> str:
    """Return what a pair reaches, and which half of it falls short, by their shown names."""
    known = f"{interval(score.intervals['f'])}; " if "f" in score.intervals else ""
    said = (
        f"{locator} with {reader} reads photos with an F of {percent(score.f)} ({known}"
        f"{count(score.scenes, 'photos')}, {count(score.texts, 'texts')}). The locator finds {percent(score.found)} of "
        f"the texts; the reader reads {percent(score.accuracy)} of them in their true outlines"
    )
    if abs(score.found - score.accuracy) < _ALIKE:
        return f"{said}: both fall short alike."
    return f"{said}: the {'locator' if score.found < score.accuracy else 'reader'} falls short more."


def _testing_bar(
    workspace: Workspace, dataset: str, pairs: Sequence[tuple[RunView, RunView]], found: EndToEndResults
) -> None:
    """Draw the button that tests the pairs which have no score of their newest networks, and the tests that run."""
    missing = [pair for pair in pairs if not _is_known(*pair, found)]
    nonce = st.session_state.setdefault(state.EVALUATION_NONCE, uuid.uuid4().hex)
    label = f"Test {count(len(missing), 'pairs')}" if missing else "Test again"
    with show_errors(), st.container(horizontal=True, vertical_alignment="bottom"):
        where = launcher_fields(workspace, EvaluatePagesConfig(dataset=dataset), "compare-test-pairs")
        if st.button(label, icon=":material/fact_check:", key=f"compare-test-pairs-{nonce}"):
            show_started([_start(workspace, dataset, _pair(*both), where, nonce) for both in missing or pairs])
    follow_tests(workspace, lambda job: (config := pages_config(job)) is not None and config.dataset == dataset)


def _pair(locator: RunView, reader: RunView) -> ReadingPair:
    return ReadingPair(bundle_name(locator.id), bundle_name(reader.id))


def _is_known(locator: RunView, reader: RunView, found: EndToEndResults) -> bool:
    score = found.get(_pair(locator, reader))
    steps = tuple(run_summary(view.job).bundle_step for view in (locator, reader))
    return score is not None and (score.locator_step, score.step) == steps


def _start(workspace: Workspace, dataset: str, pair: ReadingPair, where: dict[str, Any], nonce: str) -> str:
    config = EvaluatePagesConfig.parse({"dataset": dataset, "run": pair.reader, "locator": pair.locator, **where})
    return launch(workspace, "evaluate-pages", config, name="photo to text", nonce=f"{nonce} {' '.join(pair)}")
