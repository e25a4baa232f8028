"""Charts that set runs beside each other: settings with scores, and accuracy by group. Speed: see `speed`.

Pure functions to plotly figures, as in `dashboard.runs.charts`. Foreign text is escaped.
"""

import html
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard.common.runs import RunView
from engine.labels import visible
from glyphlab_read.formatting import cut

_TRANSPARENT: dict[str, Any] = {"paper_bgcolor": "rgba(0,0,0,0)", "plot_bgcolor": "rgba(0,0,0,0)"}
_MARGIN = {"l": 8, "r": 8, "t": 24, "b": 8}
_HEIGHT = 320
_LONGEST = 18  # characters of a label
_MISSING = "–"
_TICK_GAP = 0.07  # least distance of two ticks of numbers, as a share of the axis


def parallel_coordinates(axes: Mapping[str, Sequence[Any]], runs: Sequence[RunView]) -> go.Figure:
    """Draw parallel coordinates: an upright axis per setting or score, a line per run in its colour.

    Args:
        axes: by title, the value of each run, None where it has none. Numbers lie by size, words evenly.
        runs: two or more, in the order of the values.
    """
    last = len(runs) - 1
    colours = [[place / last, run.colour] for place, run in enumerate(runs)]
    figure = go.Figure(
        go.Parcoords(
            line={"color": list(range(len(runs))), "colorscale": colours, "cmin": 0, "cmax": last},
            dimensions=[_dimension(title, values) for title, values in axes.items()],
            labelangle=-20,  # neighbours do not cover each other on a phone
            labelfont={"size": 12},
            tickfont={"size": 12},
        )
    )
    return figure.update_layout(height=_HEIGHT, margin={"l": 64, "r": 72, "t": 72, "b": 24}, **_TRANSPARENT)


def parallel_words(axes: Mapping[str, Sequence[Any]], runs: Sequence[RunView]) -> str:
    """Return the parallel coordinates in words, for those who cannot see them."""
    lines = (
        f"{visible(run.title)}: {', '.join(f'{title} {_written(values[place])}' for title, values in axes.items())}"
        for place, run in enumerate(runs)
    )
    return f"Settings that differ and scores. {'; '.join(lines)}"


def _dimension(title: str, values: Sequence[Any]) -> dict[str, Any]:
    """Return one axis. A missing value lies at its lower end, below all numbers and words."""
    known = [value for value in values if value is not None]
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value in known):
        places: dict[Any, float] = {value: value for value in sorted(set(known))}
    else:
        places = {word: index for index, word in enumerate(sorted({_written(value) for value in known}))}
        values = [None if value is None else _written(value) for value in values]
    low, high = min(places.values()), max(places.values())
    span = (high - low) or 1.0
    ticks = _apart(places, _TICK_GAP * span)
    if len(known) < len(values):
        low -= span / 5
        places[None] = low
        ticks = {None: low, **ticks}
    elif low == high:
        low, high = low - 1, high + 1  # one value alone lies in the middle
    return {
        "label": _label(title),
        "values": [places[value] for value in values],
        "range": [low, high],
        "tickvals": list(ticks.values()),
        "ticktext": [cut(visible(_written(value)), _LONGEST) for value in ticks],
    }


def _apart(places: Mapping[Any, float], gap: float) -> dict[Any, float]:
    """Return the places from the least on that are at least `gap` apart."""
    apart: dict[Any, float] = {}
    for value, place in places.items():
        if not apart or place - list(apart.values())[-1] >= gap:
            apart[value] = place
    return apart


def accuracy_groups(
    tables: Sequence[tuple[RunView, pd.DataFrame]], groups: Sequence[str], title: str, share: str = "Right (%)"
) -> go.Figure:
    """Draw the accuracy of each run in each group with its 95 % interval.

    Args:
        tables: each run with a table of columns group, images, accuracy, low, high (0 to 1).
        groups: to show, in this order.
        title: of the axis of groups.
        share: title of the other axis.
    """
    figure = go.Figure()
    for number, (run, table) in enumerate(tables):
        rows = table.set_index("group").reindex(list(groups)).dropna(subset=["accuracy"])
        shift = (number - (len(tables) - 1) / 2) * min(0.16, 0.7 / max(len(tables), 1))
        accuracy = 100 * rows["accuracy"]
        above, below = 100 * rows["high"] - accuracy, accuracy - 100 * rows["low"]
        bars = {"type": "data", "symmetric": False, "array": above, "arrayminus": below, "thickness": 1.5, "width": 0}
        figure.add_scatter(
            x=[groups.index(str(group)) + shift for group in rows.index],
            y=accuracy,
            mode="markers",
            name=_label(run.title),
            marker={"color": run.colour, "size": 8},
            error_y=bars | {"color": run.colour},
            customdata=rows["images"],
            hovertemplate="%{y:.1f} % of %{customdata:,}",
        )
    legend = {"orientation": "h", "y": 1.12, "x": 0}
    figure.update_layout(height=_HEIGHT, margin=_MARGIN, legend=legend, hovermode="x unified", **_TRANSPARENT)
    labels = [_label(group) for group in groups]
    figure.update_xaxes(title=html.escape(title), tickvals=list(range(len(groups))), ticktext=labels)
    figure.update_yaxes(title=share, range=[0, 102])
    return figure


def _written(value: Any) -> str:
    if value is None:
        return _MISSING
    if isinstance(value, float):
        return f"{value:.4g}"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def _label(text: str) -> str:
    return html.escape(cut(visible(text), _LONGEST))
