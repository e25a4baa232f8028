"""Mean curves of groups of runs over seeds, with one standard deviation to either side as a band."""

from collections.abc import Sequence

import pandas as pd

from dashboard.common.runs import GroupView
from dashboard.runs.charts import HIGH, LOW, RunCurves
from dashboard.runs.metrics import Metric, View
from engine.evaluation.groups import mean_curve


def group_curves(groups: Sequence[GroupView], metric: Metric, view: View) -> list[RunCurves]:
    """Return the mean validation of each group, on the axis of the view, with its band."""
    return [
        RunCurves(group.title, group.short, group.colour, validation=mean_validation(group, metric.column, view))
        for group in groups
    ]


def mean_validation(group: GroupView, column: str, view: View) -> pd.DataFrame:
    """Return the mean of a figure over the validations of a group's runs, with the columns LOW and HIGH beside it."""
    curves = []
    for run in group.runs:
        frame = run.frames.get("validation")
        if frame is None or not {column, view.column} <= set(frame.columns):
            continue
        known = frame[[view.column, column]].apply(pd.to_numeric, errors="coerce").dropna()
        known = known.drop_duplicates(view.column).sort_values(view.column)
        scale = view.scales.get(run.id, 1.0)
        curves.append(((known[view.column] * scale).tolist(), known[column].tolist()))
    found = mean_curve(curves)
    return found.rename(columns={"x": view.column, "mean": column, "low": LOW, "high": HIGH})
