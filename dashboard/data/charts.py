"""Charts of datasets: pure functions from counts and measures to plotly figures, like those of runs."""

import html
import math
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard.common.colours import OKABE_ITO
from engine.labels import visible

HEIGHT = 240
SPLIT_COLOURS = {"train": OKABE_ITO[0], "validation": OKABE_ITO[1], "test": OKABE_ITO[2]}
_BINS = 30
_FITTING = 28  # characters shown before one has to drag the axis; more would cover each other on a phone


def lengths(counts: pd.DataFrame) -> go.Figure:
    """Draw how many samples have each label length, the splits on top of each other.

    Args:
        counts: samples by length (index) and split (columns).
    """
    figure = go.Figure()
    for split in counts.columns:
        figure.add_bar(
            x=counts.index,
            y=counts[split],
            name=split,
            marker_color=SPLIT_COLOURS.get(split),
            hovertemplate=f"%{{x}} characters: %{{y:,}} in {html.escape(str(split))}<extra></extra>",
        )
    _set_layout(figure, "Label length (characters)", "Samples")
    figure.update_layout(barmode="stack", bargap=0.15)
    return figure


def characters(counts: pd.DataFrame, least: int) -> go.Figure:
    """Draw how often training shows each character, the rarest first, with a line at the least that is enough.

    Args:
        counts: a row a character: character, name and train.
        least: the count under which a character is seen too rarely.
    """
    shown = [html.escape(visible(character).strip(), quote=False) or "␣" for character in counts["character"]]
    rare, places = counts["train"] < least, list(range(len(counts)))
    figure = go.Figure(
        go.Bar(
            x=places,
            y=counts["train"],
            marker_color=[OKABE_ITO[5] if one else OKABE_ITO[0] for one in rare],
            customdata=[html.escape(name) for name in counts["name"]],
            hovertemplate="%{customdata}: %{y:,} times in training<extra></extra>",
        )
    )
    more = ", drag for more" if len(counts) > _FITTING else ""
    _set_layout(figure, f"Character, the rarest first{more}", "Times in training (log scale)")
    figure.update_layout(dragmode="pan")
    top = math.log10(max(int(counts["train"].max()), least)) + 0.2 if len(counts) else 2
    ticks = [10**power for power in range(8)]
    figure.update_yaxes(type="log", range=[-0.1, top], fixedrange=True, tickvals=ticks, tickformat=",")
    figure.update_xaxes(tickvals=places, ticktext=shown, tickangle=0, range=[-0.6, min(len(shown), _FITTING) - 0.4])
    line = {"width": 1, "dash": "dot", "color": OKABE_ITO[6]}
    figure.add_shape(type="line", xref="paper", x0=0, x1=1, y0=least, y1=least, line=line)
    words = {"text": f"{least} times", "font": {"size": 11}, "showarrow": False, "yanchor": "bottom", "xanchor": "left"}
    figure.add_annotation(xref="paper", x=0, y=math.log10(least), **words)
    return figure


def histogram(
    sets: Mapping[str, pd.Series], title: str, of: str = "Images", colours: Sequence[str] = OKABE_ITO
) -> go.Figure:
    """Draw where the values of a measure lie, as the share of each set's images; several sets over each other.

    Args:
        sets: values by the set's name; missing ones do not count. Few whole numbers get a bar each.
        title: the measure with its unit.
        of: what the shares are of.
        colours: of the sets, in their order.
    """
    figure = go.Figure()
    values = {name: column.to_numpy(dtype=float) for name, column in sets.items()}
    values = {name: column[np.isfinite(column)] for name, column in values.items()}
    edges = _edges(np.concatenate(list(values.values())))
    for index, (name, column) in enumerate(values.items()):
        counts, _ = np.histogram(np.clip(column, edges[0], edges[-1]), bins=edges)
        colour = colours[index]
        figure.add_scatter(
            x=np.repeat(edges, 2)[1:-1],
            y=np.repeat(100 * counts / max(len(column), 1), 2),
            mode="lines",
            line={"color": colour, "width": 2},
            fill="tozeroy",
            fillcolor=_faint(colour),
            name=html.escape(visible(name)),
            hovertemplate="%{x:.3~g}: %{y:.1f} %",
        )
    _set_layout(figure, title, f"{of} (%)")
    figure.update_layout(showlegend=len(values) > 1)
    return figure


def sizes(widths: pd.Series, heights: pd.Series) -> go.Figure:
    """Draw the sizes of photos, px, a dot each, larger where more of them are alike."""
    found = pd.DataFrame({"width": widths, "height": heights}).value_counts().reset_index(name="photos")
    figure = go.Figure(
        go.Scatter(
            x=found["width"],
            y=found["height"],
            customdata=found["photos"],
            mode="markers",
            marker={"color": OKABE_ITO[0], "opacity": 0.6, "size": 7 + 4 * np.log2(found["photos"])},
            hovertemplate="%{x} × %{y} px: %{customdata:,} photos<extra></extra>",
        )
    )
    _set_layout(figure, "Width (px)", "Height (px)")
    figure.update_xaxes(rangemode="tozero", tickformat=",")
    return figure.update_yaxes(tickformat=",")


def _edges(values: np.ndarray) -> np.ndarray:
    """Return the bounds of bins over all but the outermost hundredth of the values."""
    if not len(values):
        return np.array([0.0, 1.0])
    low, high = np.quantile(values, [0.005, 0.995])
    if high - low <= _BINS and (values == np.round(values)).all():
        return np.arange(np.floor(low), np.ceil(high) + 2) - 0.5
    return np.linspace(low, high, _BINS + 1) if high > low else np.array([low - 0.5, low + 0.5])


def _faint(colour: str) -> str:
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.18)"


def _set_layout(figure: go.Figure, x: str, y: str) -> None:
    figure.update_layout(
        height=HEIGHT,
        margin={"l": 8, "r": 8, "t": 24, "b": 8},
        hovermode="closest",
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "title": None},
    )
    figure.update_xaxes(title=x)
    figure.update_yaxes(title=y, rangemode="tozero")
