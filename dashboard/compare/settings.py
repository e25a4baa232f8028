"""The settings in which runs differ: as a table, and as parallel coordinates with the runs' scores."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.common.colours import dot
from dashboard.common.markdown import literal
from dashboard.common.runs import RunView
from dashboard.common.setting_words import value_words
from dashboard.common.tables import draw_table
from dashboard.runs.parallel import parallel_coordinates, parallel_words, run_lines
from engine.evaluation.starters import known_differences
from engine.formatting import per_cent
from engine.jobs.summaries import run_summary

MOST_SETTINGS = 6  # columns of the runs' table; the commonest differences first
_MOST_AXES = 8
_ELSEWHERE = {"dataset", "watch_on", "test_on"}  # a column of its own; what a run is scored on teaches it nothing

Values = Sequence[Any]
"""A setting's value in each run."""


def telling_settings(settings: Mapping[str, Values]) -> list[str]:
    """Return the paths of the differing settings that get a column, those that tell most runs apart first."""
    alike = {
        path: max(Counter(map(repr, values)).values()) for path, values in settings.items() if path not in _ELSEWHERE
    }
    return sorted(alike, key=alike.__getitem__)[:MOST_SETTINGS]


def settings_diff(runs: Sequence[RunView], names: Mapping[str, str]) -> None:
    """Draw the settings that differ between runs, a column per run, and under it a line per run through them.

    Args:
        runs: the chosen ones.
        names: of datasets and runs, by id, in place of ids that a setting holds.
    """
    if len(runs) < 2:
        st.caption("Tick two runs or more to see in which settings they differ.")
        return
    settings = known_differences([run.job for run in runs])
    if not settings:
        st.caption("All settings are the same. What is left is chance: seeds, time and the machine.")
        return
    rows = [
        {
            "Setting": path,
            **{run.title: value_words(value, names=names) for run, value in zip(runs, values, strict=True)},
        }
        for path, values in settings.items()
    ]
    draw_table(pd.DataFrame(rows), hide_index=True, height="content", alt="Settings that differ")
    axes = {path: values for path, values in settings.items() if path not in _ELSEWHERE}
    axes = {
        path.rpartition(".")[2].replace("_", " "): [_plotted(value, names) for value in values]
        for path, values in axes.items()
    }
    axes = dict(list(axes.items())[:_MOST_AXES]) | _outcomes(runs)
    st.markdown(" · ".join(f"{dot(run.colour)} {literal(run.title)}" for run in runs))
    figure = parallel_coordinates(axes, run_lines(runs))
    alt = parallel_words(axes, [run.title for run in runs])
    st.plotly_chart(figure, key="compare-parallel", config={"displayModeBar": False}, alt=alt)


def _plotted(value: Any, names: Mapping[str, str]) -> Any:
    """Return numbers and missing values as they are, anything else as text."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return value if is_number or value is None else value_words(value, names=names)


def _outcomes(runs: Sequence[RunView]) -> dict[str, Values]:
    """Return the last axes: parameters and the test's score, None for a run without."""
    found = [run_summary(run.job) for run in runs]
    accuracy = [per_cent(one.test.word_accuracy) if one.test else None for one in found]
    h_means = [per_cent(one.located_tests[0].h_mean) if one.located_tests else None for one in found]
    axes = {"parameters": [one.parameters for one in found], "test %": accuracy, "H-mean %": h_means}
    return {title: values for title, values in axes.items() if any(value is not None for value in values)}
