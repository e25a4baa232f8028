"""Charts: pure functions from tidy frames to plotly figures.

They get colours and labels handed in and open no file. Axes carry their units, a log scale says so, curves are labelled
where they end. Foreign text is escaped, because plotly would read it as HTML.
"""

import html
import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import plotly.graph_objects as go

from dashboard.common.runs import RunLine
from dashboard.runs.downsample import LIMIT, thin
from dashboard.runs.metrics import Metric, View
from engine.formatting import cut, visible

HEIGHT = 320
_PLOT = HEIGHT - 60  # px between the axis and the top
_LABEL_GAP, _LABEL_LENGTH = 16, 12  # px between two labels at the right edge, and characters of one
_MARGIN = {"l": 8, "r": 96, "t": 8, "b": 8}
_CLEAR: dict[str, Any] = {
    "paper_bgcolor": "rgba(0,0,0,0)",
    "plot_bgcolor": "rgba(0,0,0,0)",
}  # the card's own ground shows
_POINTS, _FEWEST = 6000, 200  # points of one chart over all its runs, and the fewest a run keeps
_WIDE = 1000.0  # largest over least value, from which a log axis shows powers of ten only


@dataclass(frozen=True)
class Mark:
    """One value of a run that is no curve, as its score on a test set is: value (in the frame's unit) and name."""

    step: float
    seconds: float
    value: float
    label: str
    real: bool = False


DASHES = {"dash": "dashed", "dot": "dotted", "dashdot": "dashes and dots", "longdash": "long dashes"}
"""How lines of watched datasets are drawn, with a word for each."""


@dataclass(frozen=True)
class WatchedCurve:
    """How a run read a dataset that it watches: its name, its line's dash, and a frame as those of validations."""

    label: str
    dash: str
    frame: pd.DataFrame


def curves(
    train: Mapping[str, pd.DataFrame],
    validation: Mapping[str, pd.DataFrame],
    measure: Metric,
    lines: Mapping[str, RunLine],
    view: View | None = None,
    marks: Mapping[str, Sequence[Mark]] | None = None,
    watched: Mapping[str, Sequence[WatchedCurve]] | None = None,
) -> go.Figure:
    """Draw one measure in one colour a run: training thin, validation with dots, other sets dashed, scores as diamonds.

    Args:
        train: by run id, frames with the measure's and the view's columns (a frame without them is left out).
        validation: likewise.
        measure: what to plot.
        lines: how each run looks; runs are drawn in its order.
        view: how it is looked at; over steps if not told.
        marks: scores by run id.
        watched: by run id, how each of the datasets was read that the run watches.
    """
    view = view or View()
    traces: list[dict[str, Any]] = []  # a figure is made in one go: each addition would be checked with all the rest
    ends: list[tuple[float, RunLine]] = []
    values: list[pd.Series] = []
    points = min(LIMIT, max(_FEWEST, _POINTS // max(len(lines), 1)))
    for id, line in lines.items():
        scale = view.scales.get(id, 1.0)
        own = [*_thin(train.get(id), measure, view), *_dotted("validation", validation.get(id), measure, view)]
        labelled = [(line, own)]
        for other in (watched or {}).get(id, ()):
            looks = _dotted(other.label, other.frame, measure, view, other.dash)
            labelled.append((replace(line, label=other.label), list(looks)))
        for end, looks in labelled:
            last: pd.Series | None = None
            for name, look, series in looks:
                shown = thin(_within(series, view.zoom(measure).x, scale), "value", points)
                x, y = _axis_values(shown["x"], scale), shown["value"].to_numpy(np.float32)
                traces.append({"x": x, "y": y, **_style(line, measure, view, name, look)})
                values.append(last := series["value"].dropna())
            if last is not None and len(last):
                ends.append((float(last.iloc[-1]), end))
        traces += [_mark(mark, measure, view, scale, line) for mark in (marks or {}).get(id, ())]
    return go.Figure(traces, _layout(measure, view, values) | {"annotations": _end_labels(ends, measure, view)})


def _dotted(
    name: str, frame: pd.DataFrame | None, measure: Metric, view: View, dash: str = "solid"
) -> Iterator[tuple[str, dict[str, Any], pd.DataFrame]]:
    """Yield what is drawn of the readings at each validation, if there are any: name, look and series (x, value)."""
    series = _series(frame, measure, view)
    if series is not None:
        yield name, {"mode": "lines+markers", "line": {"width": 2.25, "dash": dash}, "marker": {"size": 6}}, series


def _thin(
    frame: pd.DataFrame | None, measure: Metric, view: View
) -> Iterator[tuple[str, dict[str, Any], pd.DataFrame]]:
    """Yield what is drawn of training, likewise. A smoothed curve keeps the raw one behind."""
    series, name = _series(frame, measure, view), "training"
    if series is None:
        return
    if not view.smoothing:
        yield name, {"mode": "lines", "line": {"width": 1.25}, "opacity": 0.7}, series
    else:
        yield name, {"mode": "lines", "line": {"width": 1}, "opacity": 0.22, "hoverinfo": "skip"}, series
        mean = series["value"].ewm(alpha=1 - view.smoothing, ignore_na=True).mean().where(series["value"].notna())
        thick = {"mode": "lines", "line": {"width": 1.75}, "opacity": 0.9}
        yield f"{name}, smoothed", thick, series.assign(value=mean)


def _series(frame: pd.DataFrame | None, measure: Metric, view: View) -> pd.DataFrame | None:
    if frame is None or frame.empty or not {measure.column, view.column} <= set(frame.columns):
        return None
    x, values = (pd.to_numeric(frame[name], errors="coerce").to_numpy() for name in (view.column, measure.column))
    shown = np.where(values > 0, values, np.nan) if view.is_log(measure) else values
    return pd.DataFrame({"x": x, "value": shown * measure.scale})


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


def _style(line: RunLine, measure: Metric, view: View, name: str, look: dict[str, Any]) -> dict[str, Any]:
    style: dict[str, Any] = {
        "name": html.escape(visible(f"{line.label}, {name}")),
        "showlegend": False,
        **look,
        "line": {**look["line"], "color": line.colour},
    }
    if "hoverinfo" not in look:
        style["hovertemplate"] = f"{view.axis.lower()} %{{x:,.4~r}}: %{{y:.3~g}}{' %' if measure.share else ''}"
    return style


def _mark(mark: Mark, measure: Metric, view: View, scale: float, line: RunLine) -> dict[str, Any]:
    """Return a score as a diamond, an open one for real images, with its name."""
    name = html.escape(visible(mark.label))
    return {
        "x": [(mark.seconds if view.column == "seconds" else mark.step) * scale],
        "y": [mark.value * measure.scale],
        "mode": "markers",
        "marker": {
            "symbol": "diamond-open" if mark.real else "diamond", "size": 11, "color": line.colour,
            "line": {"width": 2, "color": line.colour},
        },
        "name": f"{html.escape(visible(line.label))}, test on {name}",
        "showlegend": False,
        "cliponaxis": False,
        "hovertemplate": f"{name}: %{{y:.3~g}}{' %' if measure.share else ''}",
    }  # fmt: skip


def _layout(measure: Metric, view: View, values: Sequence[pd.Series]) -> dict[str, Any]:
    log, zoom = view.is_log(measure), view.zoom(measure)
    title = replace(measure, unit=", ".join(filter(None, (measure.unit, "log scale")))).title if log else measure.title
    across = {"title": view.axis, "rangemode": "tozero", "tickformat": ",~r", "nticks": 6, "fixedrange": False}
    up: dict[str, Any] = {"title": title, "type": "log" if log else "linear"}
    if log:
        ticks = _ticks(values)
        up |= {"tickvals": ticks, "ticktext": [f"{tick:g}" for tick in ticks]}
    elif measure.share:
        up |= {"range": [0, 102], "tickvals": [0, 20, 40, 60, 80, 100]}
    else:
        up |= {"rangemode": "tozero"}
    return {
        "height": HEIGHT,
        "margin": _MARGIN,
        "hovermode": "x unified",
        "uirevision": view.meaning(measure),
        "xaxis": across | ({"range": zoom.x} if zoom.x else {}),
        "yaxis": up | ({"range": zoom.y} if zoom.y else {}),
        **_CLEAR,
    }


def _ticks(values: Sequence[pd.Series]) -> list[float]:
    """Return the ticks of a log axis: 1, 2 and 5 of each power of ten, only 1 where there are many powers."""
    shown = [float(end) for series in values if len(series) for end in (series.min(), series.max())]
    wide = bool(shown) and max(shown) / min(shown) > _WIDE
    return [digit * 10.0**power for power in range(-6, 7) for digit in ((1,) if wide else (1, 2, 5))]


def _end_labels(ends: Sequence[tuple[float, RunLine]], measure: Metric, view: View) -> list[dict[str, Any]]:
    """Return each run's name and last value at the right edge, moved apart where they would overlap."""
    log = view.is_log(measure)
    heights = _pixels([value for value, _ in ends], measure, log) if ends else []
    places = spread(heights, _LABEL_GAP, _PLOT - _LABEL_GAP if measure.share else math.inf)
    return [
        {
            "x": 1, "xref": "paper", "xanchor": "left", "xshift": 6,
            "y": math.log10(value) if log else value, "yshift": place - height,
            "text": _end_words(value, line, measure), "font": {"size": 12}, "align": "left", "showarrow": False,
        }
        for (value, line), height, place in zip(ends, heights, places, strict=True)
    ]  # fmt: skip


def _end_words(value: float, line: RunLine, measure: Metric) -> str:
    short = cut(visible(line.label), _LABEL_LENGTH)
    unit = " %" if measure.share else ""
    return f'<span style="color:{line.colour}">●</span> {html.escape(short)}<br><b>{value:.3g}{unit}</b>'


def _pixels(values: Sequence[float], measure: Metric, log: bool) -> list[float]:
    """Return roughly how high in the plot (px) values lie: enough to see which labels would overlap."""
    scaled = np.log10(values) if log else np.asarray(values, dtype=float)
    span = 100.0 if measure.share else max(float(np.ptp(scaled)) * 2, 1.0 if log else float(scaled.max()), 1e-9)
    return [float(value) for value in scaled / span * _PLOT]


def spread(places: Sequence[float], gap: float, top: float = math.inf) -> list[float]:
    """Move places apart until neighbours are at least two lines of `gap` apart; their order stays.

    They move upwards, and those that would come above `top` push the ones below them down.
    """
    moved = list(places)
    order = sorted(range(len(places)), key=lambda index: places[index])
    for lower, upper in itertools.pairwise(order):
        moved[upper] = max(moved[upper], moved[lower] + 2 * gap)
    for place in reversed(order):
        moved[place] = min(moved[place], top)
        top = moved[place] - 2 * gap
    return moved
