"""Charts: pure functions from tidy frames to plotly figures.

They get colours and labels handed in and open no file. Axes carry their units, a log scale says so, curves are labelled
where they end. Foreign text is escaped, because plotly would read it as HTML.
"""

import html
import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard.thinning import thin
from dashboard.words import visible

HEIGHT = 320
_LABEL_GAP = 16  # px between two labels at the right edge
_MARGIN = {"l": 8, "r": 80, "t": 8, "b": 8}
_CLEAR: dict[str, Any] = {
    "paper_bgcolor": "rgba(0,0,0,0)",
    "plot_bgcolor": "rgba(0,0,0,0)",
}  # the card's own ground shows
_WIDE = 1000.0  # largest over least value, from which a log axis shows powers of ten only


@dataclass(frozen=True)
class Line:
    """How a run looks in every chart."""

    label: str
    colour: str


@dataclass(frozen=True)
class Measure:
    """One thing to plot over steps: the column that holds it, and how its axis reads."""

    column: str
    title: str
    log: bool = False
    share: bool = False  # 0 to 1 in the frame, percent on the axis


LOSS = Measure("loss", "Loss (nats per character, log scale)", log=True)
PERPLEXITY = Measure("perplexity", "Perplexity (log scale)", log=True)
WORD_ACCURACY = Measure("word_accuracy", "Word accuracy (%)", share=True)
CER = Measure("cer", "Character error rate (%)", share=True)


def curves(
    train: Mapping[str, pd.DataFrame],
    validation: Mapping[str, pd.DataFrame],
    measure: Measure,
    lines: Mapping[str, Line],
) -> go.Figure:
    """Draw one measure over steps: training as a thin line, validation as a marked one, one colour a run.

    Args:
        train: by run id, frames with `step` and the measure's column (a frame without it is left out).
        validation: likewise.
        measure: what to plot.
        lines: how each run looks; runs are drawn in its order.
    """
    figure = go.Figure()
    ends: list[tuple[float, Line]] = []
    values: list[pd.Series] = []
    for id, line in lines.items():
        last: pd.Series | None = None
        for split, frame in (("training", train.get(id)), ("validation", validation.get(id))):
            series = _series(frame, measure)
            if series is not None:
                figure.add_scatter(x=series["step"], y=series["value"], **_style(line, measure, split))
                values.append(last := series["value"].dropna())
        if last is not None and len(last):
            ends.append((float(last.iloc[-1]), line))
    _axes(figure, measure, values)
    _label_ends(figure, ends, measure)
    return figure


def sparkline(values: Sequence[float], colour: str) -> go.Figure:
    """Draw a small curve without axes, in the run's colour."""
    figure = go.Figure(go.Scatter(y=list(values), mode="lines", line={"color": colour, "width": 2}, hoverinfo="y"))
    figure.update_layout(height=64, margin={"l": 0, "r": 0, "t": 4, "b": 4}, showlegend=False, **_CLEAR)
    figure.update_xaxes(visible=False, fixedrange=True)
    figure.update_yaxes(visible=False, fixedrange=True)
    return figure


def _series(frame: pd.DataFrame | None, measure: Measure) -> pd.DataFrame | None:
    if frame is None or measure.column not in frame or frame.empty:
        return None
    values = pd.to_numeric(frame[measure.column], errors="coerce") * (100 if measure.share else 1)
    if measure.log:
        values = values.where(values > 0)
    return thin(pd.DataFrame({"step": frame["step"], "value": values}), "value")


def _style(line: Line, measure: Measure, split: str) -> dict:
    unit = " %" if measure.share else ""
    marked = split == "validation"
    return {
        "name": f"{html.escape(visible(line.label))}, {split}",
        "mode": "lines+markers" if marked else "lines",
        "line": {"color": line.colour, "width": 2.25 if marked else 1.25},
        "marker": {"size": 6},
        "opacity": 1 if marked else 0.7,
        "hovertemplate": f"step %{{x:,}}: %{{y:.3~g}}{unit}",
        "showlegend": False,
    }


def _axes(figure: go.Figure, measure: Measure, values: Sequence[pd.Series]) -> None:
    figure.update_layout(height=HEIGHT, margin=_MARGIN, hovermode="x unified", uirevision=measure.column, **_CLEAR)
    figure.update_xaxes(title="Step", rangemode="tozero", tickformat=",d", nticks=6, fixedrange=False)
    figure.update_yaxes(title=measure.title, type="log" if measure.log else "linear")
    if measure.share:
        figure.update_yaxes(range=[0, 102], tickvals=[0, 20, 40, 60, 80, 100])
    if measure.log:
        ticks = _ticks(values)
        figure.update_yaxes(tickvals=ticks, ticktext=[f"{tick:g}" for tick in ticks])


def _ticks(values: Sequence[pd.Series]) -> list[float]:
    """Return the ticks of a log axis: 1, 2 and 5 of each power of ten, only 1 where there are many powers."""
    shown = [float(end) for series in values if len(series) for end in (series.min(), series.max())]
    wide = bool(shown) and max(shown) / min(shown) > _WIDE
    return [digit * 10.0**power for power in range(-6, 7) for digit in ((1,) if wide else (1, 2, 5))]


def _label_ends(figure: go.Figure, ends: Sequence[tuple[float, Line]], measure: Measure) -> None:
    """Write each run's name and last value at the right edge, moved apart where they would overlap."""
    if not ends:
        return
    heights = _pixels([value for value, _ in ends], measure)
    for (value, line), height, place in zip(ends, heights, spread(heights, _LABEL_GAP), strict=True):
        label = visible(line.label)
        short = label if len(label) <= 14 else f"{label[:13]}…"
        unit = " %" if measure.share else ""
        figure.add_annotation(
            x=1, xref="paper", xanchor="left", xshift=6,
            y=math.log10(value) if measure.log else value, yshift=place - height,
            text=f'<span style="color:{line.colour}">●</span> {html.escape(short)}<br><b>{value:.3g}{unit}</b>',
            font={"size": 12}, align="left", showarrow=False,
        )  # fmt: skip


def _pixels(values: Sequence[float], measure: Measure) -> list[float]:
    """Return roughly how high in the plot (px) values lie: enough to see which labels would overlap."""
    scaled = np.log10(values) if measure.log else np.asarray(values, dtype=float)
    span = 100.0 if measure.share else max(float(np.ptp(scaled)) * 2, 1.0)
    return [float(value) for value in scaled / span * (HEIGHT - 60)]


def spread(places: Sequence[float], gap: float) -> list[float]:
    """Move places apart, upwards, until neighbours are at least two lines of `gap` apart; their order stays."""
    moved = list(places)
    order = sorted(range(len(places)), key=lambda index: places[index])
    for lower, upper in itertools.pairwise(order):
        moved[upper] = max(moved[upper], moved[lower] + 2 * gap)
    return moved
