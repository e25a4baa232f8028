"""The chips that choose readers: the starter, and any run that has exported one, also while it still trains."""

from collections.abc import Mapping, Sequence

import streamlit as st

from dashboard.common import state
from dashboard.common.colours import dot
from dashboard.common.markdown import literal
from dashboard.common.page import live_fragment
from dashboard.common.runs import RunView
from engine.errors import BundleError, JobError
from engine.evaluation.starters import first_card_words
from engine.formatting import ago, count
from engine.jobs import Job, load_job
from engine.jobs.summaries import score_words as run_score
from engine.reading.bundle import newest_bundle
from engine.workspace import STARTER, Workspace
from glyphlab_read.location.bundle import LocatorBundle
from glyphlab_read.reading.bundle import Bundle

MOST = 4
"""Readers that may be chosen at once: more do not fit side by side."""

_CHIPS = 10  # more readers than these are chosen from a list
_LINK = "reader"


def reader_name(bundle: Bundle, runs: Mapping[str, RunView]) -> str:
    """Return Markdown for a reader: its run's dot and name, and the step of its weights."""
    run = runs.get(bundle.name)
    title = bundle_title(bundle.name, bundle.manifest.step, runs)
    return title if bundle.name == STARTER else f"{dot(run.colour if run else 'gray')} {literal(title)}"


def bundle_title(name: str, step: int, runs: Mapping[str, RunView]) -> str:
    """Return the name of a bundle for people, in plain text: its run's, and the step of its weights."""
    if name == STARTER:
        return STARTER
    run = runs.get(name)
    return f"{run.title if run else name[-6:]} · step {count(step)}"


def score_words(bundle: Bundle | LocatorBundle, runs: Mapping[str, RunView]) -> str:
    """Return the score of a reader or locator in plain text: its run's, the starter's by its card; empty if unknown."""
    if bundle.name == STARTER:
        return first_card_words(bundle.manifest.scores)
    run = runs.get(bundle.name)
    told = run_score(run.job) if run else ""
    return f"H-mean {told}" if told and isinstance(bundle, LocatorBundle) else told


def scored_title(bundle: Bundle | LocatorBundle, runs: Mapping[str, RunView]) -> str:
    """Return the name of a reader or locator with its score, in plain text."""
    title = bundle_title(bundle.name, bundle.manifest.step, runs)
    return " · ".join(filter(None, [title, score_words(bundle, runs)]))


def _chip(bundle: Bundle, runs: Mapping[str, RunView]) -> str:
    """Return Markdown of the same for a reader, with its run's dot."""
    return f"{reader_name(bundle, runs)} :gray[{literal(score_words(bundle, runs))}]"


def choose_readers(bundles: Sequence[Bundle], runs: Mapping[str, RunView]) -> list[Bundle]:
    """Draw a chip a reader and return the chosen ones, in their order; none when there is none at all.

    The address names them (`?reader=ID`, several times for several) and follows the choice.
    """
    if not bundles:
        return []
    by_name = {bundle.name: bundle for bundle in bundles}
    _set_choice(by_name)
    if len(by_name) <= _CHIPS:
        chosen = st.pills(
            "Readers",
            list(by_name),
            selection_mode="multi",
            format_func=lambda name: _chip(by_name[name], runs),
            key=state.READERS,
            persist_state="session",
        )
    else:
        chosen = st.multiselect(
            "Readers",
            list(by_name),
            format_func=lambda name: scored_title(by_name[name], runs),
            key=state.READERS,
            max_selections=MOST,
            persist_state="session",
        )
    names = [str(name) for name in chosen]
    if st.query_params.get_all(_LINK) != names:
        st.query_params[_LINK] = names
    if len(names) > MOST:
        st.caption(f"The first {MOST} are asked; more do not fit side by side.")
    return [by_name[name] for name in names[:MOST]]


def follow_runs(workspace: Workspace, bundles: Sequence[Bundle], runs: Sequence[Job]) -> None:
    """Say which chosen readers still learn, and run the page again as soon as one has exported a better bundle."""
    live = {run.id: run for run in runs if run.state.live}
    learning = [bundle for bundle in bundles if bundle.name in live]
    if learning:
        live_fragment(
            lambda: _still_learning(learning, live), lambda: [_progress_of(workspace, one.name) for one in learning]
        )


def _still_learning(bundles: Sequence[Bundle], runs: Mapping[str, Job]) -> None:
    for bundle in bundles:
        st.caption(
            f":primary[:material/sync:] {literal(runs[bundle.name].name)} is still learning. This is how it read at "
            f"step {count(bundle.manifest.step)}, {ago(bundle.manifest.created)}; "
            "its next bundle is used as soon as it is there."
        )


def _progress_of(workspace: Workspace, run: str) -> tuple[int, bool] | None:
    """Return the step of a run's newest bundle, and whether the run is live; None once either is deleted."""
    try:
        return newest_bundle(workspace, run).manifest.step, load_job(workspace, "runs", run).state.live
    except (BundleError, JobError):
        return None


def _set_choice(by_name: Mapping[str, Bundle]) -> None:
    """Set the choice before its widget is drawn: what the address asks for, else what was chosen, else the first."""
    asked = [name for name in _from_address() if name in by_name]
    former = [name for name in st.session_state.get(state.READERS, ()) if name in by_name]
    if asked or (not former and state.READERS not in st.session_state):
        st.session_state[state.READERS] = asked or [next(iter(by_name))]
    elif former != st.session_state[state.READERS]:
        st.session_state[state.READERS] = former


def _from_address() -> list[str]:
    """Return the readers that the address asks for: a link's `run` each time, its own `reader` for a new session."""
    run = st.query_params.get("run")
    if run is not None:
        del st.query_params["run"]
        return [run]
    return [] if state.READERS in st.session_state else st.query_params.get_all(_LINK)
