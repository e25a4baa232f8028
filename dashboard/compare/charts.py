"""Charts that set runs beside each other: settings with scores, accuracy by group. Speed: see `scatter`.

Pure functions to plotly figures, as in `figures`; colours and labels are handed in.
"""

import html
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard.common.runs import RunView
from engine.formatting import cut, visible

_CLEAR: dict[str, Any] = {"paper_bgcolor": "rgba(0,0,0,0)", "plot_bgcolor": "rgba(0,0,0,0)"}
_MARGIN = {"l": 8, "r": 8, "t": 24, "b": 8}
_HEIGHT = 320
_LONGEST = 18  # characters of a label


def parallel(columns: Mapping[str, Mapping[str, Any]], runs: Sequence[RunView]) -> go.Figure:
    """Draw parallel coordinates: an upright axis a column, a line a run.

    Args:
        columns: by title, the value of each run that has one; numbers lie by size, words evenly.
        runs: to draw.
    """
    figure = go.Figure()
    places = {title: _places(values) for title, values in columns.items()}
    for run in runs:
        id = run.id
        there = [(index, title) for index, title in enumerate(columns) if id in columns[title]]
        figure.add_scatter(
            x=[index for index, _ in there], y=[places[title][id] for _, title in there], mode="lines+markers",
            name=_label(run.title), line={"color": run.colour, "width": 2}, marker={"size": 7}, showlegend=False,
            customdata=[[html.escape(title), html.escape(visible(_written(columns[title][id])))] for _, title in there],
            hovertemplate="%{customdata[0]}: %{customdata[1]}",
        )  # fmt: skip
    for index, (title, values) in enumerate(columns.items()):
        figure.add_vline(x=index, line={"width": 1, "color": "#8A8A8A"}, opacity=0.5)
        for place, text in {places[title][id]: _written(value) for id, value in values.items()}.items():
            figure.add_annotation(
                x=index, y=place, yshift=13, text=_label(text), showarrow=False,
                font={"size": 11},
            )  # fmt: skip
    figure.update_layout(height=_HEIGHT, margin=_MARGIN, **_CLEAR)
    figure.update_xaxes(
        tickvals=list(range(len(columns))), ticktext=[_label(title) for title in columns], showgrid=False,
        zeroline=False, side="top", range=[-0.3, max(len(columns) - 1, 1) + 0.3],
    )  # fmt: skip
    figure.update_yaxes(visible=False, range=[-0.05, 1.15])
    return figure


def accuracy_groups(tables: Sequence[tuple[RunView, pd.DataFrame]], order: Sequence[str], title: str) -> go.Figure:
    """Draw the accuracy of each run in each group with its 95 % interval.

    Args:
        tables: each run with a table of columns group, images, accuracy, low, high (0 to 1).
        order: the groups to show.
        title: of the axis of groups.
    """
    figure = go.Figure()
    for offset, (run, table) in enumerate(tables):
        rows = table.set_index("group").reindex(list(order)).dropna(subset=["accuracy"])
        shift = (offset - (len(tables) - 1) / 2) * min(0.16, 0.7 / max(len(tables), 1))
        accuracy = 100 * rows["accuracy"]
        figure.add_scatter(
            x=[order.index(str(group)) + shift for group in rows.index], y=accuracy, mode="markers",
            name=_label(run.title), marker={"color": run.colour, "size": 8},
            error_y={
                "type": "data", "symmetric": False, "array": 100 * rows["high"] - accuracy,
                "arrayminus": accuracy - 100 * rows["low"], "color": run.colour, "thickness": 1.5, "width": 0,
            },
            customdata=rows["images"], hovertemplate="%{y:.1f} % of %{customdata:,}",
        )  # fmt: skip
    figure.update_layout(
        height=_HEIGHT, margin=_MARGIN, legend={"orientation": "h", "y": 1.12, "x": 0}, hovermode="x unified", **_CLEAR
    )
    names = [_label(group) for group in order]
    figure.update_xaxes(title=html.escape(title), tickvals=list(range(len(order))), ticktext=names)
    figure.update_yaxes(title="Right (%)", range=[0, 102])
    return figure


def _places(values: Mapping[str, Any]) -> dict[str, float]:
    """Return where each run's value lies on its axis, 0 to 1; alike ones in the middle."""
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value in values.values()):
        low, high = min(values.values()), max(values.values())
        return {id: (value - low) / (high - low) if high > low else 0.5 for id, value in values.items()}
    words = sorted({_written(value) for value in values.values()})
    return {id: words.index(_written(v)) / (len(words) - 1) if len(words) > 1 else 0.5 for id, v in values.items()}


def _written(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def _label(text: str) -> str:
    return html.escape(cut(visible(text), _LONGEST))
