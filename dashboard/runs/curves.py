"""The curves of one or several runs: view controls, two charts side by side, and all points as CSV.

Charts get as many points as a screen can show; the CSV has every one. The browser keeps zoom and pan over a refresh.
"""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.common.markdown import literal
from dashboard.common.runs import GroupView, RunView
from dashboard.runs.bands import group_curves
from dashboard.runs.chart_zoom import reported_zooms
from dashboard.runs.charts import DASHES, RunCurves, WatchedCurve, curves
from dashboard.runs.domain_gap import marks, name_of, watched
from dashboard.runs.metrics import (
    ALONE,
    CER,
    CPU,
    GPU,
    H_MEAN,
    LEARNING_RATE,
    LOCATION_LOSS,
    LOSS,
    MEMORY,
    PERPLEXITY,
    PIXEL_ACCURACY,
    PIXEL_F1,
    PIXEL_IOU,
    PRECISION,
    RECALL,
    SPEED,
    WAITING,
    WORD_ACCURACY,
    Metric,
    View,
)
from engine.jobs import Job
from engine.jobs.summaries import finds_text, run_summary
from engine.sources.spreadsheet import escape_formula

LOSSES = {"Loss": LOSS, "Perplexity": PERPLEXITY}
SCORES = {"Word accuracy": WORD_ACCURACY, "Image alone": ALONE, "CER": CER}
LOCATION_LOSSES = {"Loss": LOCATION_LOSS}
LOCATION_SCORES = {
    "H-mean": H_MEAN,
    "Precision": PRECISION,
    "Recall": RECALL,
    "Pixel F1": PIXEL_F1,
    "Pixel IoU": PIXEL_IOU,
    "Pixel accuracy": PIXEL_ACCURACY,
}
COSTS = {
    "Images/s": SPEED,
    "Learning rate": LEARNING_RATE,
    "Processor": CPU,
    "GPU": GPU,
    "Memory": MEMORY,
    "Waiting for images": WAITING,
}
AXES = ("Step", "Epoch", "Time", "Images")
_KINDS = ("train", "validation", "watched")

_BAND = "Mean of the seeds on validation images · band: one standard deviation to either side"
_SEGMENTS: dict[str, Any] = {"required": True, "label_visibility": "collapsed", "persist_state": "session"}


def run_charts(
    runs: Sequence[RunView], datasets: Mapping[str, Job], key: str, groups: Sequence[GroupView] = ()
) -> View:
    """Draw how to look at the runs' curves, and two charts with test scores; return the chosen view.

    The left chart shows loss or perplexity, the right one word accuracy or character error rate; of locators, the loss,
    and figures of boxes and pixels.

    Args:
        runs: to draw.
        datasets: all datasets by id.
        key: begins the keys of widgets.
        groups: the runs by all but their seed, to be drawn in place of them; none: each run by itself.
    """
    view = _view_controls(runs, key)
    losses, scores = _metrics_of(runs)
    left, right = st.columns(2)
    with left.container(border=True, key=f"card-{key}-{next(iter(LOSSES))}", gap="xsmall"):
        metric = _choose(losses, key)
        drawn = group_curves(groups, metric, view) if groups else [_curves(run) for run in runs]
        shown = replace(view, scales={}) if groups else view
        if _chart(drawn, metric, shown, "The first steps draw here.", key):
            st.caption(_BAND if groups else "Thin: training · with dots: validation")
    with right.container(border=True, key=f"card-{key}-{next(iter(SCORES))}", gap="xsmall"):
        metric = _choose(scores, key)
        scored = group_curves(groups, metric, view) if groups else _scored_curves(runs, metric, datasets)
        if _chart(scored, metric, shown, "The first validation draws here.", key):
            st.caption(_BAND if groups else _score_legend(scored))
    return view


def _metrics_of(runs: Sequence[RunView]) -> tuple[Mapping[str, Metric], Mapping[str, Metric]]:
    """Return the losses and the scores that runs have, of readers first where both kinds are there."""
    locators = [finds_text(run.job) for run in runs]
    if not any(locators):
        return LOSSES, SCORES
    return LOCATION_LOSSES, LOCATION_SCORES if all(locators) else {**SCORES, **LOCATION_SCORES}


def cost_chart(runs: Sequence[RunView], view: View, key: str) -> None:
    """Draw what learning costs: speed, learning rate, processor, GPU, memory, waiting."""
    metric = _choose(COSTS, key)
    empty = f"No run here has told its {metric.name.lower()} yet."
    _chart([_curves(run) for run in runs], metric, view, empty, key)


def as_csv(runs: Sequence[RunView]) -> bytes:
    """Return every point of the runs' curves as CSV: run, kind, step, epoch, seconds and the figures."""
    found = [
        frame.assign(run=run.id, name=run.job.name)
        for run in runs
        for kind in _KINDS
        if (frame := run.frames.get(kind)) is not None
    ]
    if not found:
        return b""
    table = pd.concat(found, ignore_index=True)
    first = ["run", "name", "kind", "step", "epoch", "seconds"]
    for column in table.columns.intersection(["name", "dataset_name"]):
        table[column] = [escape_formula(name) if isinstance(name, str) else name for name in table[column]]
    rest = [column for column in table.columns if column not in first]
    return table[[column for column in first if column in table] + rest].to_csv(index=False).encode()


def _view_controls(runs: Sequence[RunView], key: str) -> View:
    """Draw axis, smoothing, log scale, and the download of all curves; return the choice."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        axis = st.segmented_control("Over", AXES, default=AXES[0], key=f"{key}-axis", width="content", **_SEGMENTS)
        with st.popover("View", icon=":material/tune:", key=f"{key}-view"):
            about = "Exponential mean of the training curves: the weight of the past. The raw curve stays."
            smoothing = st.slider(
                "Smoothing", 0.0, 0.99, 0.0, 0.01, key=f"{key}-smoothing", persist_state="session", help=about
            )
            log = st.toggle("Log scale for loss and perplexity", True, key=f"{key}-log", persist_state="session")
            st.download_button(
                "All points as CSV",
                lambda: as_csv(runs),
                "curves.csv",
                "text/csv",
                key=f"{key}-csv",
                icon=":material/download:",
                on_click="ignore",
            )
        zooms, held = reported_zooms(f"{key}-zooms")
    return replace(_view_over(str(axis), runs), smoothing=smoothing, log=log, zooms=zooms, held=held)


def _view_over(axis: str, runs: Sequence[RunView]) -> View:
    """Return the view over one of AXES, with the value of a step of each run on it."""
    if axis == "Time":
        return View("Time (min)", "seconds", {run.id: 1 / 60 for run in runs})
    if axis == "Images":
        return View(
            "Images seen",
            "step",
            {run.id: float(run_summary(run.job).batch or run.job.config.get("batch") or 1) for run in runs},
        )
    if axis == "Epoch":
        return View("Epoch", "step", {run.id: _epochs_per_step(run) for run in runs})
    return View()


def _epochs_per_step(run: RunView) -> float:
    """Return the share of an epoch that a step is; from the last event where the summary does not say."""
    if steps := run_summary(run.job).steps_per_epoch:
        return 1 / steps
    train = run.frames.get("train")
    if train is None or train.empty or "epoch" not in train:
        return 1.0
    last = train.iloc[-1]
    return float(last["epoch"]) / max(float(last["step"]), 1.0)


def _choose(metrics: Mapping[str, Metric], key: str) -> Metric:
    first = next(iter(metrics))
    name = st.segmented_control("Metric", list(metrics), default=first, key=f"{key}-{first}", **_SEGMENTS)
    return metrics[str(name)]


def _curves(run: RunView) -> RunCurves:
    return RunCurves(run.id, run.title, run.colour, run.frames.get("train"), run.frames.get("validation"))


def _scored_curves(runs: Sequence[RunView], metric: Metric, datasets: Mapping[str, Job]) -> list[RunCurves]:
    """Return the runs' curves with test scores and watched datasets; a dataset has the same dash in all runs."""
    sets = {run.id: watched(run.frames) for run in runs}
    dashes = dict(
        zip(dict.fromkeys(itertools.chain.from_iterable(sets.values())), itertools.cycle(DASHES), strict=False)
    )
    return [
        replace(
            _curves(run),
            marks=marks(run, metric.column, datasets),
            watched=[WatchedCurve(name_of(rows), dashes[id], rows) for id, rows in sets[run.id].items()],
        )
        for run in runs
    ]


def _score_legend(runs: Sequence[RunCurves]) -> str:
    dashed = [f"{DASHES[one.dash]}: {literal(one.label)}" for run in runs for one in run.watched]
    marked = ["◆ test set, synthetic", "◇ test set, real"] if any(run.marks for run in runs) else []
    return " · ".join(["With dots: validation", *dict.fromkeys(dashed), *marked])


def _chart(runs: Sequence[RunCurves], metric: Metric, view: View, empty: str, key: str) -> bool:
    """Draw a chart, or a caption while it is empty; return whether it is drawn. While it is held it stays as it is."""
    name = f"{key}-chart-{metric.column}"
    figure = st.session_state.get(f"{name}-drawn") if view.held else None
    if figure is None:
        figure = curves(runs, metric, view)
    st.session_state[f"{name}-drawn"] = figure
    if not figure.data:
        st.caption(empty)
        return False
    st.plotly_chart(figure, key=name, config={"displaylogo": False, "displayModeBar": False}, alt=metric.title)
    return True
