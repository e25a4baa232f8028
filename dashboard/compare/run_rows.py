"""The table of runs as a frame: a row a run, its best scores with intervals, the settings in which runs differ.

Gets jobs handed in, opens no file and draws nothing.
"""

import functools
import re
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pandas as pd

from dashboard.common.jobs import word
from dashboard.common.runs import ID_TAIL, RunView
from engine.config.diff import differences, flatten
from engine.formatting import cut, interval
from engine.jobs import Job
from engine.jobs.summaries import ScoreSummary, run_summary

MOST_SETTINGS = 6  # columns of settings that differ; the commonest differences first
ELSEWHERE = {"dataset", "watch_on", "test_on"}  # a column of its own; what a run is scored on teaches it nothing
_ID = re.compile(r"\b[0-9a-z]{26}\b")  # of datasets and runs: nobody looks for the digits in them
_LONGEST = 40  # characters of a setting's value
_DOT = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><circle cx="12" cy="12" r="4.5" fill="{}"/></svg>'


@dataclass(frozen=True)
class _Made:
    """A table that was made, and of what."""

    runs: list[RunView]
    table: tuple[pd.DataFrame, list[str]]


# Of the newest looks, for all sessions: a tick, a reload or another visitor finds thousands of runs as they were.
_made: deque[_Made] = deque(maxlen=4)


@dataclass(frozen=True)
class Wanted:
    """Which runs to show.

    Attributes:
        text: words that all occur in a run's name, note, tags, dataset or settings, in any case.
        states: states by their words; none: all.
        tags: tags of which a run has one at least; none: all.
        starred: only those with a star.
        archived: also those that were put away.
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
        if (self.states and word(run) not in self.states) or (self.tags and not set(self.tags) & set(notes.tags)):
            return False
        words = self.text.casefold().split()
        return not words or all(part in _searched(run) or _names(part, run.id) for part in words)


def frame_of(runs: Sequence[RunView]) -> tuple[pd.DataFrame, list[str]]:
    """Return the table and the names of its columns that are settings. It is shared: do not change it."""
    for made in list(_made):
        if made.runs == list(runs):
            return made.table
    table = _table(runs)
    _made.append(_Made(list(runs), table))
    return table


def _table(runs: Sequence[RunView]) -> tuple[pd.DataFrame, list[str]]:
    settings = differing({run.id: run.job.config for run in runs})
    names = most_telling(settings)
    rows = [
        _row(run.job, run) | {name: _short(settings[name][run.id]) for name in names} for run in runs
    ]  # fmt: skip
    frame = pd.DataFrame(rows)
    return frame.astype({"Colour": "category"}), names  # eight dots, not one a run, go to the browser


def differing(configs: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the settings that differ between plain configs by id: for each path, the value by id."""
    return {path: dict(zip(configs, values, strict=True)) for path, values in differences(*configs.values()).items()}


def most_telling(settings: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return the differing settings that have a column, those that tell most runs apart first."""
    alike = {
        name: max(Counter(map(repr, values.values())).values())
        for name, values in settings.items()
        if name not in ELSEWHERE
    }
    return sorted(alike, key=alike.__getitem__)[:MOST_SETTINGS]


def _row(run: Job, line: RunView) -> dict[str, Any]:
    figures = run_summary(run)
    test, best = figures.test, figures.best
    return {
        "Colour": _dot(line.colour),
        "Star": "★" if run.notes.starred else "",
        "Run": line.title,
        "Test": _times_100(test and test.word_accuracy),
        "Test interval": _bounds(test),
        "State": word(run),
        "CER": _times_100(test and test.cer),
        "Validation": _times_100(best and best.word_accuracy),
        "Validation interval": _bounds(best),
        "Curve": [100 * share for share in figures.curve],
        "Dataset": figures.dataset_name or "",
        "Tags": list(run.notes.tags),
        "Parameters": figures.parameters,
        "Speed": figures.images_per_second,
        "Work": run.seconds / 60,
        "Made": run.created,
        "Note": run.notes.text,
    }


@functools.cache
def _dot(colour: str) -> str:
    return f"data:image/svg+xml,{quote(_DOT.format(colour))}"


def _bounds(score: ScoreSummary | None) -> str:
    return interval(score and score.interval).removeprefix("95 % interval ")


def _times_100(share: float | None) -> float | None:
    return None if share is None else 100 * share


def _short(value: Any) -> str:
    return "" if value is None else cut(str(value), _LONGEST)


def _searched(run: Job) -> str:
    settings = (_ID.sub("", f"{path} {value}") for path, value in flatten(run.config).items())
    dataset = run_summary(run).dataset_name or ""
    return " ".join([run.name, run.notes.text, *run.notes.tags, dataset, *settings]).casefold()


def _names(part: str, id: str) -> bool:
    """Say whether a word is an id, or so much of its end that it is no number by chance."""
    return len(part) >= ID_TAIL and id.endswith(part)
