"""The curves of one or several runs: how to look at them, two charts side by side, the gap in words, and all as CSV.

Charts get as many points as a screen can show; the CSV has every one. Zoom and pan are the browser's and outlive a
refresh.
"""

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import pandas as pd
import streamlit as st

from dashboard.common.markdown import literal
from dashboard.common.runs import RunLine
from dashboard.runs.chart_zoom import kept_zooms
from dashboard.runs.charts import DASHES, Mark, WatchedCurve, curves
from dashboard.runs.domain_gap import name_of, watched
from dashboard.runs.metrics import (
    CER,
    CPU,
    GPU,
    LEARNING_RATE,
    LOSS,
    MEMORY,
    PERPLEXITY,
    SPEED,
    WAITING,
    WORD_ACCURACY,
    Metric,
    View,
)
from engine.evaluation.diagnosis import Frames
from engine.jobs import Job
from engine.jobs.summaries import run_summary

LOSSES = {"Loss": LOSS, "Perplexity": PERPLEXITY}
SCORES = {"Word accuracy": WORD_ACCURACY, "CER": CER}
COSTS = {
    "Images/s": SPEED, "Learning rate": LEARNING_RATE, "Processor": CPU, "GPU": GPU, "Memory": MEMORY,
    "Waiting for images": WAITING,
}  # fmt: skip
AXES = ("Step", "Epoch", "Time", "Images")
_PLAIN = {"displaylogo": False, "displayModeBar": False}
_KINDS = ("train", "validation", "watched")

Marks = Callable[[Job, str], Sequence[Mark]]


def view_controls(runs: Sequence[Job], frames: Mapping[str, Frames], key: str) -> View:
    """Draw how to look at curves, and the download of all of them; return the choice."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        name = st.segmented_control(
            "Over", AXES, default=AXES[0], required=True, key=f"{key}-axis", label_visibility="collapsed",
            persist_state="session", width="content",
        )  # fmt: skip
        with st.popover("View", icon=":material/tune:", key=f"{key}-view"):
            smoothing = st.slider(
                "Smoothing", 0.0, 0.99, 0.0, 0.01, key=f"{key}-smoothing", persist_state="session",
                help="Exponential mean of the training curves: the weight of what was before. The raw one stays.",
            )  # fmt: skip
            log = st.toggle("Log scale for loss and perplexity", True, key=f"{key}-log", persist_state="session")
            st.download_button(
                "All points as CSV", lambda: as_csv(runs, frames), "curves.csv", "text/csv", key=f"{key}-csv",
                icon=":material/download:", on_click="ignore",
            )  # fmt: skip
        zooms, held = kept_zooms(f"{key}-zooms")
    over = _axis(str(name), {run.id: (run, frames[run.id]) for run in runs})
    return replace(over, smoothing=smoothing, log=log, zooms=zooms, held=held)


def _axis(over: str, runs: Mapping[str, tuple[Job, Frames]]) -> View:
    """Return the view over one of AXES, with what a step of each run is worth on it."""
    if over == "Time":
        return View("Time (min)", "seconds", dict.fromkeys(runs, 1 / 60))
    if over == "Images":
        return View("Images seen", "step", {id: _batch(run) for id, (run, _) in runs.items()})
    if over == "Epoch":
        return View("Epoch", "step", {id: _epochs_a_step(run, f) for id, (run, f) in runs.items()})
    return View()


def charts(
    runs: Sequence[Job], frames: Mapping[str, Frames], lines: Mapping[str, RunLine], view: View, marks: Marks, key: str
) -> None:
    """Draw the two charts side by side: loss or perplexity, and word accuracy or CER."""
    for place, measures in zip(st.columns(2), (LOSSES, SCORES), strict=True):
        with place.container(border=True, key=f"card-{key}-{next(iter(measures))}", gap="xsmall"):
            measure = _chosen(measures, key)
            scored = runs if measures is SCORES else []
            shown = {run.id: marks(run, measure.column) for run in scored}
            empty = "The first validation draws here." if scored else "The first steps draw here."
            _chart(runs, frames, lines, measure, view, shown, _watched(scored, frames), empty, key)


def cost_chart(
    runs: Sequence[Job], frames: Mapping[str, Frames], lines: Mapping[str, RunLine], view: View, key: str
) -> None:
    """Draw what learning costs: speed, learning rate, processor, GPU, memory, waiting."""
    measure = _chosen(COSTS, key)
    _chart(runs, frames, lines, measure, view, {}, {}, f"No run here has told its {measure.name.lower()} yet.", key)


def as_csv(runs: Sequence[Job], frames: Mapping[str, Frames]) -> bytes:
    """Return every point of the runs' curves as CSV: run, kind, step, epoch, seconds and the figures."""
    found = [
        frame.assign(run=run.id, name=run.name)
        for run in runs
        for kind in _KINDS
        if (frame := frames[run.id].get(kind)) is not None
    ]
    if not found:
        return b""
    table = pd.concat(found, ignore_index=True)
    first = ["run", "name", "kind", "step", "epoch", "seconds"]
    for column in table.columns.intersection(["name", "dataset_name"]):
        table[column] = [f"'{name}" if str(name)[:1] in "=+-@" else name for name in table[column]]
    rest = [column for column in table.columns if column not in first]
    return table[[column for column in first if column in table] + rest].to_csv(index=False).encode()


def _chosen(measures: Mapping[str, Metric], key: str) -> Metric:
    first = next(iter(measures))
    name = st.segmented_control(
        "Measure", list(measures), default=first, required=True, key=f"{key}-{first}", label_visibility="collapsed",
        persist_state="session",
    )  # fmt: skip
    return measures[str(name)]


def _chart(
    runs: Sequence[Job],
    frames: Mapping[str, Frames],
    lines: Mapping[str, RunLine],
    measure: Metric,
    view: View,
    marks: Mapping[str, Sequence[Mark]],
    others: Mapping[str, Sequence[WatchedCurve]],
    empty: str,
    key: str,
) -> None:
    by_kind = {
        kind: {run.id: frames[run.id][kind] for run in runs if kind in frames[run.id]} for kind in _KINDS
    }  # fmt: skip
    shown = {run.id: lines[run.id] for run in runs}
    name = f"{key}-chart-{measure.column}"
    figure = st.session_state.get(f"{name}-drawn") if view.held else None
    if figure is None:
        figure = curves(by_kind["train"], by_kind["validation"], measure, shown, view, marks, others)
    st.session_state[f"{name}-drawn"] = figure
    if not figure.data:
        st.caption(empty)
        return
    st.plotly_chart(figure, key=name, config=_PLAIN, alt=measure.title)
    if words := _legend(measure, any(marks.values()), others):
        st.caption(words)


def _watched(runs: Sequence[Job], frames: Mapping[str, Frames]) -> dict[str, list[WatchedCurve]]:
    """Return the readings of watched datasets by run; a dataset has the same dash in all runs."""
    found = {run.id: watched(frames[run.id]) for run in runs}
    ids = list(dict.fromkeys(id for sets in found.values() for id in sets))
    dashes = dict(zip(ids, itertools.cycle(DASHES), strict=False))
    return {
        run: [WatchedCurve(name_of(rows), dashes[id], rows) for id, rows in sets.items()] for run, sets in found.items()
    }  # fmt: skip


def _legend(measure: Metric, marked: bool, others: Mapping[str, Sequence[WatchedCurve]]) -> str:
    """Return what the lines of a measure's chart are."""
    if measure in LOSSES.values():
        return "Thin: training · with dots: validation"
    if measure in SCORES.values():
        dashed = [f"{DASHES[one.dash]}: {literal(one.label)}" for sets in others.values() for one in sets]
        scored = ["◆ test set, synthetic", "◇ test set, real"] if marked else []
        return " · ".join(["With dots: validation", *dict.fromkeys(dashed), *scored])
    return ""


def _batch(run: Job) -> float:
    return float(run_summary(run).batch or run.config.get("batch") or 1)


def _epochs_a_step(run: Job, frames: Frames) -> float:
    """Return the share of an epoch that a step is; from the last event where the summary does not say."""
    if steps := run_summary(run).steps_per_epoch:
        return 1 / steps
    train = frames.get("train")
    if train is None or train.empty or "epoch" not in train:
        return 1.0
    last = train.iloc[-1]
    return float(last["epoch"]) / max(float(last["step"]), 1.0)
