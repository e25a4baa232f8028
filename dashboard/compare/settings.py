"""Only the settings in which runs differ: as a table, and as parallel coordinates with what came of them."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.common.runs import RunView
from dashboard.compare.charts import parallel
from dashboard.compare.run_rows import ELSEWHERE, differing
from engine.jobs.summaries import run_summary

_MOST_AXES = 8


def settings_apart(runs: Sequence[RunView], names: Mapping[str, str]) -> None:
    """Draw the settings that differ between runs, one column a run, and under it a line a run through them.

    Args:
        runs: the chosen ones.
        names: of datasets and runs, by id, in place of ids that a setting holds.
    """
    settings = differing({run.id: run.job.config for run in runs})
    if len(runs) < 2:
        st.caption("Tick two runs or more to see in which settings they differ.")
        return
    if not settings:
        st.caption("All settings are the same. What is left is chance: seeds, time and the machine.")
        return
    rows = [
        {"Setting": path} | {run.title: shown(values[run.id], names) for run in runs}
        for path, values in settings.items()
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, height="content", alt="Settings that differ")
    axes = {path: values for path, values in settings.items() if path not in ELSEWHERE}
    axes = dict(list(axes.items())[:_MOST_AXES]) | _outcomes(runs)
    titled = {
        path.rpartition(".")[2].replace("_", " "): {
            id: value if isinstance(value, int | float) else shown(value, names) for id, value in values.items()
        }
        for path, values in axes.items()
    }
    st.plotly_chart(
        parallel(titled, runs), key="compare-parallel", config={"displayModeBar": False},
        alt="Settings that differ and what came of them",
    )  # fmt: skip


def _outcomes(runs: Sequence[RunView]) -> dict[str, dict[str, Any]]:
    """Return the last axes: parameters and the test's word accuracy, of the runs that have them."""
    found = {run.id: run_summary(run.job) for run in runs}
    parameters = {id: figures.parameters for id, figures in found.items() if figures.parameters is not None}
    accuracy = {id: round(100 * figures.test.word_accuracy, 1) for id, figures in found.items() if figures.test}
    return {title: values for title, values in {"parameters": parameters, "test %": accuracy}.items() if values}


def shown(value: Any, names: Mapping[str, str]) -> str:
    """Return a setting's value as text, with names in place of ids."""
    if isinstance(value, list):
        return ", ".join(shown(item, names) for item in value) or "none"
    if isinstance(value, dict):
        return ", ".join(f"{key} {shown(item, names)}" for key, item in value.items())
    return "none" if value is None else names.get(str(value), str(value))
