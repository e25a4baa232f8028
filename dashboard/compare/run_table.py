"""The table of runs to choose from: search and filters, a row per run, and the chosen runs.

The choice is kept by ids, so that it outlives filters, sorting and runs that come and go; the address names it, so
that a comparison can be bookmarked. This module changes no run.
"""

import functools
import hashlib
import re
from collections import deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pandas as pd
import streamlit as st

from dashboard.common import state
from dashboard.common.jobs import state_word
from dashboard.common.page import live_fragment
from dashboard.common.runs import ID_TAIL, RunView
from dashboard.common.setting_words import value_words
from dashboard.common.tables import draw_table
from dashboard.compare.group_picker import group_picker
from dashboard.compare.settings import telling_settings
from engine.config.diff import flatten
from engine.evaluation.starters import known_differences
from engine.formatting import count, interval, per_cent, sentence
from engine.jobs import Job, list_jobs
from engine.jobs.summaries import LocationSummary, ScoreSummary, finds_text, run_summary
from engine.workspace import Workspace, is_id, is_starter
from glyphlab_read.formatting import cut

PARAMETER = "runs"
MOST = 20  # runs that an address may name
_HEIGHT = 36  # px of a row
_ROWS = 8  # shown before the table scrolls
_REFRESH_EVERY = 5.0  # seconds
_LONGEST = 40  # characters of a setting's value
_LONGEST_NAME = 20  # of a dataset's name in a heading
_READING = ("Test", "Test interval", "Image alone", "CER", "Validation", "Validation interval", "Validation alone")
_LOCATION = ("H-mean", "H-mean interval", "Pixel F1", "Side", "Photo", "Best H-mean")
_ID = re.compile(r"\b[0-9a-z]{26}\b")  # of datasets and runs: nobody searches for the digits in them
_DOT = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><circle cx="12" cy="12" r="4.5" fill="{}"/></svg>'
_WIDGET: dict[str, Any] = {"persist_state": "session"}

Table = tuple[pd.DataFrame, list[str]]
"""A row per run, and the names of the columns that are settings."""

# The newest tables, for all sessions: after a tick, a reload or for another visitor thousands of runs are unchanged.
_tables: deque[tuple[list[RunView], Table]] = deque(maxlen=4)


@dataclass(frozen=True)
class RunFilter:
    """Filter of runs.

    Attributes:
        text: words that all occur in a run's name, note, tags, dataset or settings, in any case.
        states: states by their words; none: all.
        tags: tags of which a run has one at least; none: all.
        starred: only starred runs.
        archived: archived runs, too.
    """

    text: str = ""
    states: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    starred: bool = False
    archived: bool = False

    def fits(self, run: Job) -> bool:
        """Say whether a run is to be shown."""
        notes = run.notes
        if (notes.archived and not self.archived) or (self.starred and not notes.starred):
            return False
        if (self.states and state_word(run) not in self.states) or (self.tags and not set(self.tags) & set(notes.tags)):
            return False
        words = self.text.casefold().split()
        return not words or all(part in _searched_text(run) or _is_id_tail(part, run.id) for part in words)


def _searched_text(run: Job) -> str:
    settings = (_ID.sub("", f"{name} {value}") for name, value in flatten(run.config).items())
    dataset = run_summary(run).dataset_name or ""
    return " ".join([run.name, run.notes.text, *run.notes.tags, dataset, *settings]).casefold()


def _is_id_tail(part: str, id: str) -> bool:
    """Say whether a word is an id, or so much of its end that it is not a number by chance."""
    return len(part) >= ID_TAIL and id.endswith(part)


def filter_bar(runs: Sequence[Job]) -> RunFilter:
    """Draw the search and the filters; return what they ask for."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        text = st.text_input(
            "Search",
            placeholder="Search names, tags, notes, settings",
            key="compare-search",
            max_chars=200,
            icon=":material/search:",
            label_visibility="collapsed",
            live=True,
            **_WIDGET,
        )
        with st.popover("Filter", icon=":material/filter_list:"):
            words = sorted({state_word(run) for run in runs})
            states = st.multiselect("State", words, key="compare-states", placeholder="any", **_WIDGET)
            known = sorted({tag for run in runs for tag in run.notes.tags})
            tags = st.multiselect("Tags", known, key="compare-tags", placeholder="any", **_WIDGET)
            starred = st.toggle("Only starred", key="compare-starred", **_WIDGET)
            archived = st.toggle("Archived too", key="compare-archived", **_WIDGET)
        group_picker(runs)
    return RunFilter(str(text or ""), tuple(states), tuple(tags), starred, archived)


def run_table(runs: Sequence[RunView], wanted: RunFilter) -> list[RunView]:
    """Draw the wanted runs; return the chosen ones, newest first, also those that the filters hide."""
    chosen = _remembered_choice([run.job for run in runs])
    shown = [run for run in runs if wanted.fits(run.job)]
    ticked = chosen
    if shown:
        ticked = _draw(shown, chosen) | (chosen - {run.id for run in shown})
    else:
        st.caption("No run meets the search and the filters. Widen them.")
    told = []
    if len(shown) < len(runs) and shown:
        own, all_own = (sum(not is_starter(run.id) for run in some) for some in (shown, runs))
        told.append(f"{count(own)} of {count(all_own, 'runs')} shown.")
    if len(shown) > _ROWS:  # those that are ticked may lie out of sight
        told.append(f"{count(len(ticked), 'runs')} ticked.")
    if len(ticked) > MOST:
        told.append(f"The address names the newest {MOST} of them: a reload or a link shows those.")
    if told:
        st.caption(" ".join(told))
    st.session_state[state.COMPARED_RUNS] = ticked
    _write_address([run.id for run in runs if run.id in ticked])
    return [run for run in runs if run.id in ticked]


def refresh_with(workspace: Workspace, runs: Sequence[Job]) -> None:
    """Draw the page again when a live run has changed its state or was validated."""
    if any(run.state.live for run in runs):
        live_fragment(lambda: None, lambda: _progress_of(list_jobs(workspace, "runs")), _REFRESH_EVERY)


def _progress_of(runs: Sequence[Job]) -> set[tuple[str, str, int]]:
    """Return what changes when a run does. Of live runs only the summaries are read: there are few of them."""
    return {(run.id, run.state.value, len(run_summary(run).curve) if run.state.live else 0) for run in runs}


def _remembered_choice(runs: Sequence[Job]) -> set[str]:
    """Return the chosen ids: those in the address when it is new, else the last choice, else the two best guesses."""
    there = {run.id for run in runs}
    address = st.query_params.get(PARAMETER, "")
    if address and address != st.session_state.get(state.COMPARED_ADDRESS):
        asked = {id for id in address.split(",")[:MOST] if is_id(id) or is_starter(id)}
        if asked & there:
            return asked & there
    if state.COMPARED_RUNS in st.session_state:
        return st.session_state[state.COMPARED_RUNS] & there
    guessed = [run for run in runs if _is_tested(run) or not is_starter(run.id)] or runs
    ranked = sorted(guessed, key=lambda run: (not run.notes.archived, _is_tested(run), not is_starter(run.id), run.id))
    alike = [run for run in ranked if finds_text(run) == finds_text(ranked[-1])]
    return {run.id for run in alike[-2:]}


def _is_tested(run: Job) -> bool:
    return bool(run_summary(run).test or run_summary(run).located_tests)


def _write_address(ids: Sequence[str]) -> None:
    address = ",".join(ids[:MOST])
    if st.query_params.get(PARAMETER, "") != address:
        if address:
            st.query_params[PARAMETER] = address
        else:
            del st.query_params[PARAMETER]
    st.session_state[state.COMPARED_ADDRESS] = address


def _draw(shown: Sequence[RunView], chosen: set[str]) -> set[str]:
    """Draw the table; return the ticked ids."""
    frame, settings = table_of(shown)
    counted = [run for run in shown if not is_starter(run.id) or _is_tested(run.job)]
    ids = [run.id for run in shown]
    times = st.session_state.get(state.RUNS_TICKED_ELSEWHERE, 0)
    shown_now = f"{times} {' '.join(ids)}"  # a tick is a row's number: other rows, other table
    key = hashlib.sha256(shown_now.encode()).hexdigest()[:16]
    event = draw_table(
        frame,
        hide_index=True,
        key=f"compare-{key}",
        on_select="rerun",
        selection_mode="multi-row",
        selection_default={"selection": {"rows": [row for row, id in enumerate(ids) if id in chosen]}},
        height="content" if len(ids) < _ROWS else _ROWS * _HEIGHT,
        row_height=_HEIGHT,
        placeholder="–",
        column_config=_columns(_tested_on(shown))
        | {
            name: st.column_config.TextColumn(sentence(name.rpartition(".")[2]), help=f"Setting {name}")
            for name in settings
        },
        column_order=_order(frame, settings, {finds_text(run.job) for run in counted} or {False}),
        alt="Runs, newest first; tick those to compare",
    )
    return {ids[row] for row in event["selection"]["rows"] if row < len(ids)}


def table_of(runs: Sequence[RunView]) -> Table:
    """Return the table of runs, made once while no run changes. It is shared: do not change it."""
    for known, table in list(_tables):
        if known == list(runs):
            return table
    settings = known_differences([run.job for run in runs])
    own = [place for place, run in enumerate(runs) if not is_starter(run.id)]
    differing = {path: [values[place] for place in own] for path, values in settings.items()}
    names = telling_settings(
        {path: values for path, values in differing.items() if any(value != values[0] for value in values)}
    )
    rows = [_row(run) | {name: _short(settings[name][place]) for name in names} for place, run in enumerate(runs)]
    frame = pd.DataFrame(rows).astype({"Colour": "category"})  # eight dots, not one per run, go to the browser
    table = frame, names
    _tables.append((list(runs), table))
    return table


def _row(run: RunView) -> dict[str, Any]:
    summary, notes = run_summary(run.job), run.job.notes
    test, best = summary.test, summary.best
    found, located = next(iter(summary.located_tests), None), summary.located
    return {
        "Colour": _dot(run.colour),
        "Star": "★" if notes.starred else "",
        "Run": run.title,
        "Test": _times_100(test and test.word_accuracy),
        "Test interval": _bounds(test),
        "State": "built in" if is_starter(run.id) else state_word(run.job),
        "Image alone": _times_100(test and test.word_accuracy_alone),
        "CER": _times_100(test and test.cer),
        "Validation": _times_100(best and best.word_accuracy),
        "Validation interval": _bounds(best),
        "Validation alone": _times_100(best and best.word_accuracy_alone),
        "H-mean": _times_100(found and found.h_mean),
        "H-mean interval": _bounds(found),
        "Pixel F1": _times_100(found and found.pixel_f1),
        "Side": found and found.side,
        "Photo": found and found.milliseconds_per_scene,
        "Best H-mean": _times_100(located and located.h_mean),
        "Curve": [per_cent(share) for share in summary.curve],
        "Dataset": summary.dataset_name or "",
        "Tags": list(notes.tags),
        "Parameters": summary.parameters,
        "Speed": summary.images_per_second,
        "Work": None if is_starter(run.id) else run.job.seconds / 60,
        "Made": run.job.created,
        "Note": notes.text,
    }


@functools.cache
def _dot(colour: str) -> str:
    return f"data:image/svg+xml,{quote(_DOT.format(colour))}"


def _bounds(score: ScoreSummary | LocationSummary | None) -> str:
    return interval(score and score.interval).removeprefix("95 % interval ")


def _times_100(share: float | None) -> float | None:
    return None if share is None else per_cent(share)


def _short(value: Any) -> str:
    return "" if value is None else cut(value_words(value, names={}), _LONGEST)


def _order(frame: pd.DataFrame, settings: Sequence[str], locates: Collection[bool]) -> list[str]:
    """Return the columns to show, settings before what matters less, without empty ones.

    `locates` says whether there are readers (False) and locators (True); columns of kinds that are not are left out.
    """
    order = ["Colour", "Star", "Run", *_READING[:2], *_LOCATION[:2], "State", *_READING[2:], *_LOCATION[2:], "Curve"]
    order += [*settings, "Dataset", "Tags", "Parameters", "Speed", "Work", "Made", "Note"]
    empty = {name for name in ("Star", "Tags", "Note", "Curve") if not frame[name].map(len).any()}
    empty |= {name for name in _READING if (frame[name].isna() | frame[name].eq("")).all()}
    empty |= {name for kind, names in ((False, _READING), (True, _LOCATION)) if kind not in locates for name in names}
    return [name for name in order if name not in empty]


def _tested_on(runs: Sequence[RunView]) -> str:
    """Return whose test images the scores of the table are of: one dataset's, or each run's own."""
    figures = [(run_summary(run.job), is_starter(run.id)) for run in runs]
    tested = [
        next(iter((*one.tests, *one.located_tests))) if given else one
        for one, given in figures
        if one.test or one.located_tests
    ]
    names = {one.dataset_name for one in tested}
    name = names.pop() if len(names) == 1 else None
    return f"test of {cut(name, _LONGEST_NAME)}" if name else "own test"


def _columns(tested: str) -> dict[str, Any]:
    """Return how columns are shown; `tested` says whose test images the scores are of."""
    column, number, text = st.column_config, st.column_config.NumberColumn, st.column_config.TextColumn
    curve_help = "Validation words right so far."
    return {
        "Colour": column.ImageColumn("", width=28, help="The run's colour on every page."),
        "Star": text("★", width=36),
        "Run": text(),
        "State": text(width="small"),
        "Test": number(
            f"Words right, {tested}",
            format="%.1f %%",
            help="Word accuracy on the test images of the run's own dataset.",
        ),
        "Test interval": text("Test interval", help="95 %: sampling error of the test images alone."),
        "Image alone": number(
            f"By the image alone, {tested}", format="%.1f %%", help="Word accuracy where no text counts as likely."
        ),
        "CER": number(f"CER, {tested}", format="%.1f %%", help="Character errors over the characters of the truth."),
        "Validation": number("Best validation", format="%.1f %%"),
        "Validation alone": number(
            "Best validation by the image alone", format="%.1f %%", help="The same where no text counts as likely."
        ),
        "Validation interval": text("Validation interval", help="95 %: sampling error of the validation images alone."),
        "H-mean": number(
            f"H-mean, {tested}",
            format="%.1f %%",
            help="Boxes on the test photos of the run's own dataset, IoU above 0.5.",
        ),
        "H-mean interval": text("H-mean interval", help="95 %: sampling error of the test photos alone."),
        "Pixel F1": number(f"Pixel F1, {tested}", format="%.1f %%", help="Pixels of text on the test photos."),
        "Side": number("Side (px)", format="localized", help="Longer side at which photos are seen."),
        "Photo": number("Photo (ms)", format="%.0f", help="Mean time to search a test photo."),
        "Best H-mean": number("Best validation H-mean", format="%.1f %%"),
        "Curve": column.LineChartColumn("Curve", help=curve_help, y_min=0, y_max=100, width="small"),
        "Tags": column.MultiselectColumn(),
        "Parameters": number(format="localized"),
        "Speed": number("Images/s", format="%.0f", help="While learning."),
        "Work": number("Work (min)", format="%.1f"),
        "Made": column.DatetimeColumn(format="distance"),
    }
