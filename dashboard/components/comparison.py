"""Runs beside each other: the table to choose from, one sentence about the chosen, and the settings that differ.

Scores come from the runs' summaries, measured on their own test sets; this module computes none.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.components.jobs import word
from dashboard.figures import Line
from dashboard.summaries import Score, run_figures
from dashboard.words import count, duration, interval, literal, percent
from engine.config.base import differences
from engine.config.training import TrainConfig
from engine.errors import ConfigError
from engine.jobs import Job

_HEIGHT = 38  # px a row
_ROWS = 8  # shown before the table scrolls


def run_table(runs: Sequence[Job], lines: Mapping[str, Line]) -> list[Job]:
    """Draw the table of runs; return the ticked ones; without any, the newest two, those with a score first."""
    frame = pd.DataFrame([_row(run) for run in runs])
    styled = frame.style.apply(
        lambda column: [f"color: {lines[run.id].colour}" for run in runs] if column.name == "" else [""] * len(column)
    )
    event = st.dataframe(
        styled, hide_index=True, key="compare-runs", on_select="rerun", selection_mode="multi-row",
        height="content" if len(runs) < _ROWS else _ROWS * _HEIGHT, row_height=_HEIGHT, column_config=_columns(),
        alt="All runs, newest first", placeholder="–",
    )  # fmt: skip
    ticked = [runs[index] for index in event["selection"]["rows"] if index < len(runs)]
    return ticked or sorted(runs, key=lambda run: (run_figures(run).test is not None, run.id), reverse=True)[:2]


def _row(run: Job) -> dict[str, Any]:
    figures = run_figures(run)
    test, best = figures.test, figures.best
    return {
        "": "●",
        "Run": run.name,
        "State": word(run),
        "Test": _times_100(test and test.word_accuracy),
        "Interval": interval(test and test.interval).removeprefix("95 % interval "),
        "CER": _times_100(test and test.cer),
        "Validation": _times_100(best and best.word_accuracy),
        "Reader": _reader(run),
        "Dataset": figures.dataset_name or "",
        "Parameters": figures.parameters,
        "Speed": figures.images_per_second,
        "Time": duration(run.seconds),
    }


def _reader(run: Job) -> str:
    reader = run.config.get("reader")
    parts = [reader.get(part) for part in ("encoder", "decoder")] if isinstance(reader, dict) else []
    return " + ".join(str(part) for part in parts if part)


def _times_100(share: float | None) -> float | None:
    return None if share is None else 100 * share


def _columns() -> dict[str, Any]:
    number = st.column_config.NumberColumn
    return {
        "": st.column_config.TextColumn("", width=28),
        "Test": number("Test words right", format="%.1f %%", help="Word accuracy on the dataset's own test images."),
        "Interval": st.column_config.TextColumn("95 % interval", help="Sampling error of the test images alone."),
        "CER": number("Test CER", format="%.1f %%", help="Character errors over the characters of the truth."),
        "Validation": number("Best validation", format="%.1f %%"),
        "Parameters": number(format="localized"),
        "Speed": number("Images/s", format="%.0f", help="While learning."),
        "Time": st.column_config.TextColumn("Work"),
    }


def verdict(runs: Sequence[Job]) -> str:
    """Return Markdown for what may be said about the chosen runs."""
    scores = {run.id: figures.test for run in runs if (figures := run_figures(run)).test}
    ranked = sorted((run for run in runs if run.id in scores), key=lambda run: -scores[run.id].word_accuracy)
    if not ranked:
        return "No chosen run has a test score yet; a run is scored on its test images when it ends."
    best, score = ranked[0], scores[ranked[0].id]
    known = f"{interval(score.interval)}, {count(score.images, 'images')}"
    first = f"**{literal(best.name)}** reads {percent(score.word_accuracy)} of its test words ({known})"
    if len(runs) < 2:
        return f"{first}. Tick a second run in the table to compare."
    if len(ranked) < 2:
        waiting = ", ".join(f"**{literal(run.name)}**" for run in runs if run.id not in scores)
        return f"{first}. No test score yet: {waiting}; a run is scored when it ends."
    return f"{first}. {_against(best, score, ranked[1], scores[ranked[1].id])}"


def _against(best: Job, score: Score, second: Job, other: Score) -> str:
    name = literal(second.name)
    if best.config.get("dataset") != second.config.get("dataset"):
        return f"**{name}** was scored on another test set, so the two figures cannot be set against each other."
    if score.interval and other.interval and score.interval[0] > other.interval[1]:
        points = 100 * (score.word_accuracy - other.word_accuracy)
        return f"That is {points:.1f} points more than **{name}**, and their intervals lie apart."
    return f"No difference from **{name}** can be told from {count(score.images, 'images')}: the intervals overlap."


def difference_table(runs: Sequence[Job]) -> None:
    """Draw the settings in which the chosen runs differ, one column a run."""
    configs = {}
    for run in runs:
        try:
            configs[run.id] = TrainConfig.parse(run.config)
        except ConfigError:
            st.caption(f"The settings of {literal(run.name)} cannot be read by this version.")
    if len(configs) < 2:
        st.caption("Tick two runs or more to see in which settings they differ.")
        return
    first, *others = configs.values()
    paths = list(dict.fromkeys(change.path for other in others for change in differences(first, other)))
    if not paths:
        st.caption("All settings are the same. What is left is chance: seeds, time and the machine.")
        return
    names = {run.id: run.name for run in runs}
    rows = [
        {"Setting": path, **{names[id]: str(_at(config.plain(), path)) for id, config in configs.items()}}
        for path in paths
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, alt="Settings that differ")


def _at(values: Any, path: str) -> Any:
    for part in path.split("."):
        values = values[int(part)] if isinstance(values, list) else values.get(part)
    return values
