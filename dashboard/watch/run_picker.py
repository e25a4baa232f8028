"""The choice of runs on the Watch page: by chips, and in the address, so that a view can be kept and sent.

`?run=ID&run=ID` or `?run=ID,ID` chooses; later choices are written back.
"""

from collections.abc import Iterable, Mapping, Sequence

import streamlit as st

from dashboard.common import address, state
from dashboard.common.callbacks import guarded
from dashboard.common.colours import dot
from dashboard.common.jobs import state_word
from dashboard.common.markdown import literal
from dashboard.common.runs import RunView
from dashboard.common.state import choose_several
from engine.formatting import count
from engine.jobs import Job, State
from engine.jobs.summaries import run_summary, score_words
from engine.labels import visible
from engine.workspace import is_id

PARAMETER = "run"
_SHOWN = 8  # chips, beside those of live runs and of those that the address names
_OTHER = "watch-other"
_FIRST = 3  # live runs that are shown unasked


def asked_runs(values: Sequence[str]) -> list[str]:
    """Return the ids in an address' parameters, each once; anything else is ignored."""
    return list(dict.fromkeys(id for value in values for id in value.split(",") if is_id(id)))


def runs_asked() -> bool:
    """Choose the runs that the address asks for; say whether it asks for any."""
    asked = asked_runs(address.asked(PARAMETER))
    if asked:
        st.session_state[state.WATCHED_RUNS] = asked
        address.write(PARAMETER, asked)
    return bool(asked)


def _other_runs(others: Sequence[RunView]) -> None:
    """Draw the search among the runs that have no chip; one that is found is chosen beside the others."""
    if not others:
        return
    titles = {run.id: _told(run) for run in others}
    st.selectbox(
        f"Another of {count(len(others), 'runs')}",
        list(titles),
        index=None,
        format_func=titles.__getitem__,
        placeholder=f"Search {count(len(others), 'older runs')}",
        key=_OTHER,
        on_change=_choose_other,
        filter_mode="contains",
        label_visibility="collapsed",
        width=280,
    )


def _told(run: RunView) -> str:
    """Return what one may search a run by: its title, its tags and what it learned from."""
    notes, dataset = run.job.notes, run_summary(run.job).dataset_name or ""
    parts = [run.title, *notes.tags, dataset, state_word(run.job), "archived" if notes.archived else ""]
    return visible(" · ".join(filter(None, parts)))


@guarded
def _choose_other() -> None:
    found = st.session_state[_OTHER]
    if found:
        st.session_state[state.WATCHED_RUNS] = [*st.session_state.get(state.WATCHED_RUNS, ()), found]
        st.session_state[_OTHER] = None


def _rank(run: RunView) -> int:
    """Return the place of a run's state among the chips: 0 for those that work, 1 for ended ones, 2 for the queue."""
    if run.job.state in (State.waiting, State.starting):
        return 2
    return 0 if run.job.state.live else 1


def in_order(runs: Iterable[RunView]) -> list[RunView]:
    """Return runs, given newest first, with those that work first, then ended ones, then the queue from its head."""
    ordered = sorted(runs, key=_rank)
    queue = sum(_rank(run) == 2 for run in ordered)
    return ordered[: len(ordered) - queue] + ordered[len(ordered) - queue :][::-1]


def _score(run: Job) -> list[str]:
    told = score_words(run)
    return [f":gray[{told}]"] if told else []


def run_chips(runs: Mapping[str, RunView]) -> list[RunView]:
    """Draw a chip for the newest runs and those that are asked for, which may be archived; return the chosen ones.

    They come `in_order`. At first those are chosen that the address asks for, see `runs_asked`; else those that work,
    else the newest that has ended, else the next that waits.
    """
    newest = [id for id, run in runs.items() if not run.job.notes.archived][:_SHOWN]
    offered = {*newest, *st.session_state.get(state.WATCHED_RUNS, ())}
    shown = in_order(run for run in runs.values() if run.id in offered or run.job.state.live)
    labels = {run.id: " ".join([dot(run.colour), literal(run.title), *_score(run.job)]) for run in shown}
    at_work = [run.id for run in shown if _rank(run) == 0]
    ended = [run.id for run in shown if _rank(run) == 1]
    choose_several(state.WATCHED_RUNS, list(labels), at_work[:_FIRST] or ended[:1] or list(labels)[:1], None)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        chosen = st.pills(
            "Runs",
            list(labels),
            selection_mode="multi",
            format_func=labels.__getitem__,
            key=state.WATCHED_RUNS,
            persist_state="session",
            label_visibility="collapsed",
        )
        _other_runs([run for run in runs.values() if run.id not in labels])
    found = [run for run in shown if run.id in set(chosen)]
    address.write(PARAMETER, [run.id for run in found])
    return found
