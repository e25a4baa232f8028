"""Charts of a sweep: the best so far, each setting against the score, how much each explains, all runs in parallel.

Pure functions to plotly figures, as in `dashboard.runs.charts`. Foreign text is escaped.
"""

import html
import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboard.common.colours import OKABE_ITO
from dashboard.runs.parallel import parallel_coordinates
from engine.config.sweeping import BaseSweepConfig
from engine.config.variations import Variation, setting_names
from engine.formatting import per_cent, sentence
from engine.labels import visible
from engine.sweeps.runs import SweepRun
from glyphlab_read.formatting import cut

_BLUE, _GREEN, _RED, _GREY = OKABE_ITO[0], OKABE_ITO[2], OKABE_ITO[5], OKABE_ITO[6]
_HEIGHT = 260
_SLICE_HEIGHT, _ACROSS = 220, 4
_LONGEST = 18  # characters of a label
_EACH_TICK = 8  # runs at most of which each has its tick
_GROUND: dict[str, Any] = {"paper_bgcolor": "rgba(0,0,0,0)", "plot_bgcolor": "rgba(0,0,0,0)"}
_MARGIN = {"l": 8, "r": 8, "t": 28, "b": 8}


def metric_title(config: BaseSweepConfig) -> str:
    """Return the name of a sweep's metric with its unit, other than that of any setting: `Word accuracy (%)`."""
    if config.metric == "loss":  # a locator's setting is called so, too
        return "Validation loss"
    name = config.metric.replace("_", " ").replace("h mean", "H-mean").replace("cer", "CER").replace("f1", "F1")
    return f"{name[0].upper()}{name[1:]} (%)"


def metric_value(config: BaseSweepConfig, value: float) -> float:
    """Return a value of the metric as charts show it: shares in per cent."""
    return value if config.metric == "loss" else per_cent(value)


def setting_titles(paths: Iterable[str]) -> dict[str, str]:
    """Return the titles of settings on an axis or over a column, by path: `Learning rate`."""
    return {path: sentence(name) for path, name in setting_names(paths).items()}


def best_so_far(config: BaseSweepConfig, runs: Sequence[SweepRun]) -> go.Figure:
    """Draw the score of each run in the order of their start, and the best of the finished ones so far."""
    figure = go.Figure()
    _add_runs(figure, config, runs, [run.number + 1 for run in runs])
    finished = [run for run in runs if run.state == "finished" and run.value is not None]
    best = itertools.accumulate(
        (metric_value(config, run.value or 0.0) for run in finished), max if config.greater_is_better else min
    )
    figure.add_scatter(
        x=[run.number + 1 for run in finished],
        y=list(best),
        mode="lines",
        line={"shape": "hv", "color": _BLUE, "width": 2},
        name="best so far",
        hovertemplate="%{y:.4g}",
    )
    legend = {"orientation": "h", "y": 1, "yanchor": "bottom", "x": 0}
    figure.update_layout(height=_HEIGHT, margin={**_MARGIN, "t": 48}, legend=legend, **_GROUND)
    last = max((run.number + 1 for run in runs), default=1)
    step = 1 if last <= _EACH_TICK else None  # else a run is named at several ticks
    figure.update_xaxes(title="Run", tickformat=",d", rangemode="tozero", dtick=step)
    return figure.update_yaxes(title=metric_title(config))


def importance_bars(importance: Mapping[str, float]) -> go.Figure:
    """Draw how much of the score each setting explains, in per cent."""
    shares, titles = sorted(importance.items(), key=lambda pair: pair[1]), setting_titles(importance)
    figure = go.Figure(
        go.Bar(
            x=[per_cent(share) for _, share in shares],
            y=[_label(titles[path]) for path, _ in shares],
            orientation="h",
            marker={"color": _BLUE},
            text=[f"{per_cent(share):.0f} %" for _, share in shares],
            textposition="auto",
            textangle=0,  # beside a bar that is too short for it, rather than turned
            hoverinfo="skip",
        )
    )
    figure.update_layout(height=_HEIGHT, margin=_MARGIN, bargap=0.4, **_GROUND)
    figure.update_yaxes(automargin=True)
    return figure.update_xaxes(title="Share of the score that it explains (%)", range=[0, 100])


def slices(config: BaseSweepConfig, runs: Sequence[SweepRun], names: Mapping[str, str]) -> go.Figure:
    """Draw the score against each varied setting by itself, a small chart a setting.

    Args:
        config: of the sweep.
        runs: with a value.
        names: of datasets and runs by id, in place of ids that a setting holds.
    """
    across = min(_ACROSS, len(config.space))
    rows = -(-len(config.space) // across)
    titles = [_label(title) for title in setting_titles(one.path for one in config.space).values()]
    figure = make_subplots(rows=rows, cols=across, shared_yaxes=True, subplot_titles=titles, horizontal_spacing=0.03)
    for place, one in enumerate(config.space):
        row, column = place // across + 1, place % across + 1
        texts = [dict(run.combination)[one.path] for run in runs]
        values = [float(text) if one.is_range else _label(names.get(text, text)) for text in texts]
        _add_runs(figure, config, runs, values, row=row, col=column, legend=False)
        order = [] if one.is_range else [_label(names.get(text, text)) for text in one.values]
        kind = ("log" if one.scale == "log" else "linear") if one.is_range else "category"
        figure.update_xaxes(type=kind, categoryorder="array", categoryarray=order, row=row, col=column)
        if kind == "category":  # its first and last value stand away from those of its neighbours
            figure.update_xaxes(range=[-0.5, len(order) - 0.5], row=row, col=column)
        if column == 1:
            figure.update_yaxes(title=metric_title(config), row=row, col=column)
    figure.update_annotations(font_size=13)
    return figure.update_layout(height=_SLICE_HEIGHT * rows + 32, margin=_MARGIN, **_GROUND)


def parallel_runs(config: BaseSweepConfig, runs: Sequence[SweepRun], names: Mapping[str, str]) -> go.Figure:
    """Draw a line through the settings and the score of each run, greener the better; arguments as of `slices`."""
    axes = parallel_axes(config, runs, names)
    scores = list(axes.values())[-1]
    colours = [[0, _GREY], [1, _GREEN]] if config.greater_is_better else [[0, _GREEN], [1, _GREY]]
    low, high = min(scores), max(scores)
    lines = {"color": scores, "colorscale": colours, "cmin": low, "cmax": high if high > low else low + 1}
    titles = setting_titles(one.path for one in config.space)
    log = [titles[one.path] for one in config.space if one.scale == "log"]
    return parallel_coordinates(axes, lines, log)


def parallel_axes(
    config: BaseSweepConfig, runs: Sequence[SweepRun], names: Mapping[str, str]
) -> dict[str, Sequence[Any]]:
    """Return the values of each run by the titles of the axes, the score last."""
    titles = setting_titles(one.path for one in config.space)
    axes: dict[str, Sequence[Any]] = {
        titles[one.path]: [_axis_value(one, dict(run.combination)[one.path], names) for run in runs]
        for one in config.space
    }
    return {**axes, metric_title(config): [metric_value(config, run.value or 0.0) for run in runs]}


def _add_runs(
    figure: go.Figure,
    config: BaseSweepConfig,
    runs: Sequence[SweepRun],
    places: Sequence[Any],
    *,
    legend: bool = True,
    **where: int,
) -> None:
    """Add a mark for each run with a value: finished ones, those that were stopped early or wait, and those at work."""
    looks = {
        "finished": ("finished", "circle", _GREEN),
        "pruned": ("stopped early", "x", _GREY),
        "waiting": ("waits", "circle-open", _GREY),
        "live": ("at work", "circle-open", _RED),
    }
    for state, (name, symbol, colour) in looks.items():
        shown = [(place, run) for place, run in zip(places, runs, strict=True) if run.state == state]
        known = [(place, run) for place, run in shown if run.value is not None]
        if known:
            figure.add_scatter(
                x=[place for place, _ in known],
                y=[metric_value(config, run.value or 0.0) for _, run in known],
                mode="markers",
                marker={"symbol": symbol, "color": colour, "size": 8},
                name=name,
                legendgroup=name,
                showlegend=legend,
                customdata=[_told(run) for _, run in known],
                hovertemplate="%{y:.4g}<br>%{customdata}",
                **where,
            )


def _axis_value(one: Variation, text: str, names: Mapping[str, str]) -> float | str:
    """Return numbers as such where all values of a setting are, anything else as text."""
    if one.is_range or all(_is_number(value) for value in one.values):
        return float(text)
    return names.get(text, text)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _told(run: SweepRun) -> str:
    titles = setting_names(path for path, _ in run.combination)
    return "<br>".join(f"{_label(titles[path])} {_label(text)}" for path, text in run.combination)


def _label(text: str) -> str:
    return html.escape(cut(visible(text), _LONGEST))
