"""Parallel coordinates of runs: an upright axis per setting or score, a line per run through its values.

Pure functions to plotly figures, as in `dashboard.runs.charts`. Foreign text is escaped.
"""

import html
import math
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from dashboard.common.runs import RunView
from engine.labels import visible
from glyphlab_read.formatting import cut

_HEIGHT = 320
_LONGEST = 18  # characters of a label
_MISSING = "–"
_TICK_GAP = 0.07  # least distance of two ticks of numbers, as a share of the axis


def run_lines(runs: Sequence[RunView]) -> dict[str, Any]:
    """Return the lines of two runs or more, each in its colour."""
    last = len(runs) - 1
    colours = [[place / last, run.colour] for place, run in enumerate(runs)]
    return {"color": list(range(len(runs))), "colorscale": colours, "cmin": 0, "cmax": last}


def parallel_coordinates(
    axes: Mapping[str, Sequence[Any]], lines: Mapping[str, Any], log: Collection[str] = ()
) -> go.Figure:
    """Draw parallel coordinates.

    Args:
        axes: by title, the value of each run, None where it has none. Numbers lie by size, words evenly.
        lines: their colours, as plotly has them.
        log: titles of axes of numbers above 0 that lie by their logarithm.
    """
    figure = go.Figure(
        go.Parcoords(
            line=dict(lines),
            dimensions=[_dimension(title, values, log=title in log) for title, values in axes.items()],
            labelangle=-20,  # neighbours do not cover each other on a phone
            labelfont={"size": 12},
            tickfont={"size": 12},
        )
    )
    ground: dict[str, Any] = {"paper_bgcolor": "rgba(0,0,0,0)", "plot_bgcolor": "rgba(0,0,0,0)"}
    return figure.update_layout(height=_HEIGHT, margin={"l": 64, "r": 72, "t": 72, "b": 24}, **ground)


def parallel_words(axes: Mapping[str, Sequence[Any]], titles: Sequence[str]) -> str:
    """Return the parallel coordinates in words, for those who cannot see them."""
    lines = (
        f"{visible(run)}: {', '.join(f'{title} {_written(values[place])}' for title, values in axes.items())}"
        for place, run in enumerate(titles)
    )
    return f"Settings that differ and scores. {'; '.join(lines)}"


def _dimension(title: str, values: Sequence[Any], *, log: bool) -> dict[str, Any]:
    """Return one axis. A missing value lies at its lower end, below all numbers and words."""
    known = [value for value in values if value is not None]
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value in known):
        places: dict[Any, float] = {value: math.log10(value) if log else value for value in sorted(set(known))}
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
    """Return the places that are at least `gap` apart: the greatest, and from the least on those below it."""
    apart: dict[Any, float] = {}
    *below, (last, top) = sorted(places.items(), key=lambda pair: pair[1])
    for value, place in below:
        if top - place >= gap and (not apart or place - list(apart.values())[-1] >= gap):
            apart[value] = place
    return {**apart, last: top}


def _written(value: Any) -> str:
    if value is None:
        return _MISSING
    if isinstance(value, float):
        return f"{value:.4g}"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def _label(text: str) -> str:
    return html.escape(cut(visible(text), _LONGEST))
