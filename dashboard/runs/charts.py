"""Learning curves as plotly figures, by pure functions: they open no file.

Axes carry their units, a log scale says so, and curves are labelled where they end. Foreign text is escaped, because
plotly would read it as HTML.
"""

import html
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import plotly.graph_objects as go

from dashboard.common.svg import spread
from dashboard.runs.downsample import LIMIT, thin
from dashboard.runs.metrics import Metric, View
from engine.formatting import percent
from engine.labels import visible
from glyphlab_read.formatting import cut

HEIGHT = 320
_PLOT = HEIGHT - 60  # px between the axis and the top
_LABEL_GAP, _LABEL_LENGTH = 16, 12  # px between two labels at the right edge, and characters of one
_PAD = 1.15  # an axis extends by this factor beyond what is drawn; rather too much: labels lie too far apart then
_MARGIN = {"l": 8, "r": 96, "t": 8, "b": 8}
_TRANSPARENT: dict[str, Any] = {"paper_bgcolor": "rgba(0,0,0,0)", "plot_bgcolor": "rgba(0,0,0,0)"}
_POINTS, _FEWEST = 6000, 200  # points of one chart over all its runs, and the fewest a run keeps
_DIGITS = {True: ".1f} %", False: ".3~g}"}  # of a value under the mouse: shares as everywhere
_WIDE = 1000.0  # largest over least value, from which a log axis shows powers of ten only


LOW, HIGH = "band_low", "band_high"
"""Columns of a frame of validations whose curve has a band around it."""


@dataclass(frozen=True)
class Mark:
    """One value of a run that is not a curve, such as its test score: value (in the frame's unit) and name."""

    step: float
    seconds: float
    value: float
    label: str
    real: bool = False


DASHES = {"dash": "dashed", "dot": "dotted", "dashdot": "dashes and dots", "longdash": "long dashes"}
"""Line styles of watched datasets, with a word for each."""


@dataclass(frozen=True)
class WatchedCurve:
    """A run's scores on a dataset that it watches: its name, its line's dash, and a frame like that of validations."""

    label: str
    dash: str
    frame: pd.DataFrame


@dataclass(frozen=True)
class RunCurves:
    """One run in a chart of curves.

    Attributes:
        id: of the run; the view's scales are by it.
        title, colour: as on every page.
        train, validation: events with the columns of the metric and the view; a frame without them is left out.
        watched: the run's scores on each dataset that it watches.
        marks: its test scores.
    """

    id: str
    title: str
    colour: str
    train: pd.DataFrame | None = None
    validation: pd.DataFrame | None = None
    watched: Sequence[WatchedCurve] = ()
    marks: Sequence[Mark] = ()


class _Line(NamedTuple):
    """One line of a chart: its name, its plotly style, and its series (columns x and value)."""

    name: str
    style: dict[str, Any]
    series: pd.DataFrame


class _End(NamedTuple):
    """The last value of a curve, to be labelled there."""

    value: float
    label: str
    colour: str


def curves(runs: Sequence[RunCurves], metric: Metric, view: View | None = None) -> go.Figure:
    """Draw one metric, a colour a run: training thin, validation with dots, other sets dashed, scores as diamonds.

    Args:
        runs: in drawing order.
        metric: what to plot.
        view: axis, smoothing and zoom; over steps by default.
    """
    view = view or View()
    traces: list[dict[str, Any]] = []  # a figure is made in one go: each addition would be checked with all the rest
    ends: list[_End] = []
    values: list[pd.Series] = []
    points = min(LIMIT, max(_FEWEST, _POINTS // max(len(runs), 1)))
    for run in runs:
        scale = view.scales.get(run.id, 1.0)
        traces += _band(run, metric, view, scale)
        for label, lines in _labelled_lines(run, metric, view):
            for line in lines:
                shown = thin(_within(line.series, view.zoom(metric).x, scale), "value", points)
                x, y = _axis_values(shown["x"], scale), shown["value"].to_numpy(np.float32)
                traces.append({"x": x, "y": y, **_style(line, run, metric, view)})
                values.append(line.series["value"].dropna())
            if lines and len(values[-1]):
                ends.append(_End(float(values[-1].iloc[-1]), label, run.colour))
        traces += [_mark(mark, metric, view, scale, run) for mark in run.marks]
    return go.Figure(traces, _layout(metric, view, values) | {"annotations": _end_labels(ends, values, metric, view)})


def _band(run: RunCurves, metric: Metric, view: View, scale: float) -> Iterator[dict[str, Any]]:
    """Yield the area between the lower and the upper end of a run's validations, if they have such ends."""
    frame = run.validation
    if frame is None or frame.empty or not {LOW, HIGH, view.column} <= set(frame.columns):
        return
    low, high = (frame[name] * metric.scale for name in (LOW, HIGH))
    if view.is_log(metric):
        low = low.clip(lower=frame[metric.column] * metric.scale / 10)  # a log axis has no zero
    red, green, blue = (int(run.colour[place : place + 2], 16) for place in (1, 3, 5))
    x = frame[view.column] * scale
    yield {
        "x": [*x, *x[::-1]],
        "y": [*high, *low[::-1]],
        "mode": "lines",
        "fill": "toself",
        "fillcolor": f"rgba({red},{green},{blue},0.18)",
        "line": {"width": 0},
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _labelled_lines(run: RunCurves, metric: Metric, view: View) -> Iterator[tuple[str, list[_Line]]]:
    """Yield the lines that share a label where they end: the run's own, then those of each watched dataset."""
    yield run.title, [*_training(run.train, metric, view), *_dotted("validation", run.validation, metric, view)]
    for other in run.watched:
        yield other.label, list(_dotted(other.label, other.frame, metric, view, other.dash))


def _dotted(name: str, frame: pd.DataFrame | None, metric: Metric, view: View, dash: str = "solid") -> Iterator[_Line]:
    """Yield the line through the scores of each validation, if there are any."""
    series = _series(frame, metric, view)
    if series is not None:
        style = {"mode": "lines+markers", "line": {"width": 2.25, "dash": dash}, "marker": {"size": 6}}
        yield _Line(name, style, series)


def _training(frame: pd.DataFrame | None, metric: Metric, view: View) -> Iterator[_Line]:
    """Yield the lines of training. A smoothed curve keeps the raw one behind."""
    series, name = _series(frame, metric, view), "training"
    if series is None:
        return
    if not view.smoothing:
        yield _Line(name, {"mode": "lines", "line": {"width": 1.25}, "opacity": 0.7}, series)
    else:
        raw = {"mode": "lines", "line": {"width": 1}, "opacity": 0.22, "hoverinfo": "skip"}
        yield _Line(name, raw, series)
        mean = series["value"].ewm(alpha=1 - view.smoothing, ignore_na=True).mean().where(series["value"].notna())
        thick = {"mode": "lines", "line": {"width": 1.75}, "opacity": 0.9}
        yield _Line(f"{name}, smoothed", thick, series.assign(value=mean))


def _series(frame: pd.DataFrame | None, metric: Metric, view: View) -> pd.DataFrame | None:
    if frame is None or frame.empty or not {metric.column, view.column} <= set(frame.columns):
        return None
    x, values = (pd.to_numeric(frame[name], errors="coerce").to_numpy() for name in (view.column, metric.column))
    shown = np.where(values > 0, values, np.nan) if view.is_log(metric) else values
    return pd.DataFrame({"x": x, "value": shown * metric.scale})


def _within(series: pd.DataFrame, ends: tuple[float, float] | None, scale: float) -> pd.DataFrame:
    """Return the part of a series that is looked at, with a neighbour on each side: a zoom shows more detail."""
    if ends is None:
        return series
    low, high = sorted(end / scale for end in ends)
    seen = np.flatnonzero(series["x"].between(low, high))
    return series.iloc[max(0, seen[0] - 1) : seen[-1] + 2] if len(seen) else series.iloc[:0]


def _axis_values(column: pd.Series, scale: float) -> npt.NDArray[Any]:
    """Return x values in the smallest type that holds them: charts travel to the browser as bytes."""
    whole = scale == 1.0 and pd.api.types.is_integer_dtype(column) and column.max() < 2**31
    return column.to_numpy(np.int32) if whole else (column.to_numpy(float) * scale).astype(np.float32)


def _style(line: _Line, run: RunCurves, metric: Metric, view: View) -> dict[str, Any]:
    style: dict[str, Any] = {
        "name": html.escape(visible(f"{run.title}, {line.name}")),
        "showlegend": False,
        **line.style,
        "line": {**line.style["line"], "color": run.colour},
    }
    if "hoverinfo" not in line.style:
        style["hovertemplate"] = f"{view.axis.lower()} %{{x:,.4~r}}: %{{y:{_DIGITS[metric.share]}"
    return style


def _mark(mark: Mark, metric: Metric, view: View, scale: float, run: RunCurves) -> dict[str, Any]:
    """Return a score as a diamond with its name, an open one for real images."""
    name = html.escape(visible(mark.label))
    symbol = "diamond-open" if mark.real else "diamond"
    return {
        "x": [(mark.seconds if view.column == "seconds" else mark.step) * scale],
        "y": [mark.value * metric.scale],
        "mode": "markers",
        "marker": {"symbol": symbol, "size": 11, "color": run.colour, "line": {"width": 2, "color": run.colour}},
        "name": f"{html.escape(visible(run.title))}, test on {name}",
        "showlegend": False,
        "cliponaxis": False,
        "hovertemplate": f"{name}: %{{y:{_DIGITS[metric.share]}",
    }


def _layout(metric: Metric, view: View, values: Sequence[pd.Series]) -> dict[str, Any]:
    log, zoom = view.is_log(metric), view.zoom(metric)
    title = replace(metric, unit=", ".join(filter(None, (metric.unit, "log scale")))).title if log else metric.title
    across = {"title": view.axis, "rangemode": "tozero", "tickformat": ",~r", "nticks": 6, "fixedrange": False}
    up: dict[str, Any] = {"title": title, "type": "log" if log else "linear"}
    if log:
        ticks = _ticks(values)
        up |= {"tickvals": ticks, "ticktext": [f"{tick:g}" for tick in ticks]}
    elif metric.share:
        up |= {"range": [0, 102], "tickvals": [0, 20, 40, 60, 80, 100]}
    else:
        up |= {"rangemode": "tozero"}
    return {
        "height": HEIGHT,
        "margin": _MARGIN,
        "hovermode": "x unified",
        "uirevision": view.meaning(metric),
        "xaxis": across | ({"range": zoom.x} if zoom.x else {}),
        "yaxis": up | ({"range": zoom.y} if zoom.y else {}),
        **_TRANSPARENT,
    }


def _ticks(values: Sequence[pd.Series]) -> list[float]:
    """Return the ticks of a log axis: 1, 2 and 5 of each power of ten, only 1 where there are many powers."""
    shown = [float(end) for series in values if len(series) for end in (series.min(), series.max())]
    wide = bool(shown) and max(shown) / min(shown) > _WIDE
    return [digit * 10.0**power for power in range(-6, 7) for digit in ((1,) if wide else (1, 2, 5))]


def _end_labels(ends: Sequence[_End], values: Sequence[pd.Series], metric: Metric, view: View) -> list[dict[str, Any]]:
    """Return each curve's label and last value at the right edge, moved apart where they would overlap."""
    log = view.is_log(metric)
    heights = _pixels([end.value for end in ends], values, metric, view) if ends else []
    places = spread(heights, _LABEL_GAP, _PLOT - _LABEL_GAP if metric.share else math.inf)
    fixed = {"x": 1, "xref": "paper", "xanchor": "left", "xshift": 6, "align": "left", "showarrow": False}
    return [
        fixed | {"y": math.log10(end.value) if log else end.value, "yshift": place - height, **_end_text(end, metric)}
        for end, height, place in zip(ends, heights, places, strict=True)
    ]


def _end_text(end: _End, metric: Metric) -> dict[str, Any]:
    label = html.escape(cut(visible(end.label), _LABEL_LENGTH))
    value = percent(end.value / 100) if metric.share else f"{end.value:.3g}"
    return {"text": f'<span style="color:{end.colour}">●</span> {label}<br><b>{value}</b>', "font": {"size": 12}}


def _pixels(ends: Sequence[float], values: Sequence[pd.Series], metric: Metric, view: View) -> list[float]:
    """Return roughly how high in the plot (px) the ends lie: enough to see which labels would overlap."""
    log, zoom = view.is_log(metric), view.zoom(metric)
    scale = np.log10 if log else np.asarray
    if zoom.y is not None:
        span = abs(zoom.y[1] - zoom.y[0])
    elif metric.share:
        span = 100.0
    else:
        shown = scale([end for series in values if len(series) for end in (series.min(), series.max())])
        span = _PAD * float(np.ptp(shown) if log else shown.max())
    return [float(end) / max(span, 1e-9) * _PLOT for end in scale(ends)]
