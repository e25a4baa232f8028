"""How runs look wherever they are listed: one colour each, a chip, and the frames of their curves."""

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from dashboard.colours import dot, run_colours
from dashboard.components.choices import asked_for, choose_several
from dashboard.figures import CER, LOSS, PERPLEXITY, WORD_ACCURACY, Line, Measure, curves
from dashboard.loaders import event_frames
from dashboard.summaries import run_figures
from dashboard.words import count, interval, literal, percent
from engine.jobs import Job

LEFT = {"Loss": LOSS, "Perplexity": PERPLEXITY}
RIGHT = {"Word accuracy": WORD_ACCURACY, "CER": CER}
CHOSEN = "chosen-runs"
SHOWN = 8  # chips, beside those of live runs


def run_lines(runs: Sequence[Job]) -> dict[str, Line]:
    """Return how each run is drawn, by id."""
    colours = run_colours(run.id for run in runs)
    return {run.id: Line(run.name, colours[run.id]) for run in runs}


def run_chips(runs: Sequence[Job], lines: Mapping[str, Line]) -> list[Job]:
    """Draw a chip for the newest runs and the one asked for; return the chosen ones, newest first.

    At first these are the live ones, or the newest.
    """
    asked = asked_for("run")
    shown = [run for index, run in enumerate(runs) if index < SHOWN or run.id == asked or run.state.live]
    labels = {run.id: f"{dot(lines[run.id].colour)} {literal(run.name)}" for run in shown}
    live = [run.id for run in shown if run.state.live]
    choose_several(CHOSEN, list(labels), live[:3] or list(labels)[:1], asked)
    chosen = st.pills(
        "Runs", list(labels), selection_mode="multi", format_func=labels.__getitem__, key=CHOSEN,
        persist_state="session",
    )  # fmt: skip
    return [run for run in shown if run.id in set(chosen)]


def run_words(run: Job) -> str:
    """Return one line of Markdown about how well a run reads so far."""
    figures, parts = run_figures(run), []
    if best := figures.best:
        parts.append(f"Best so far: {percent(best.word_accuracy)} of the validation words, step {count(best.step)}")
    if test := figures.test:
        parts.append(f"Test: {percent(test.word_accuracy)} of {count(test.images, 'words')}, {interval(test.interval)}")
    return " · ".join(parts) or "No validation yet; the first one tells how well it reads."


def run_charts(runs: Sequence[Job], lines: Mapping[str, Line], key: str) -> None:
    """Draw the two charts side by side: loss or perplexity, and word accuracy or CER."""
    frames = {run.id: event_frames(run.folder) for run in runs}
    shown = {run.id: lines[run.id] for run in runs}
    for place, measures in zip(st.columns(2), (LEFT, RIGHT), strict=True):
        first = next(iter(measures))
        with place.container(border=True, key=f"card-{key}-{first}"):
            name = st.segmented_control(
                "Measure", list(measures), default=first, required=True, key=f"{key}-{first}",
                label_visibility="collapsed", persist_state="session",
            )  # fmt: skip
            _chart(frames, shown, measures[str(name)], f"{key}-chart-{name}")


def _chart(
    frames: Mapping[str, dict[str, pd.DataFrame]], lines: Mapping[str, Line], measure: Measure, key: str
) -> None:
    train = {id: by_kind["train"] for id, by_kind in frames.items() if "train" in by_kind}
    validation = {id: by_kind["validation"] for id, by_kind in frames.items() if "validation" in by_kind}
    figure = curves(train, validation, measure, lines)
    if not figure.data:
        st.caption("The first validation draws here." if measure in RIGHT.values() else "The first steps draw here.")
        return
    st.plotly_chart(figure, key=key, config={"displaylogo": False, "displayModeBar": False}, alt=measure.title)
    st.caption("Thin: training. Marked: validation, read freely as on the Read page.")
