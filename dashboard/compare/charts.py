"""Charts that set runs beside each other: accuracy by group. Speed: see `speed`.

Pure functions to plotly figures, as in `dashboard.runs.charts`. Foreign text is escaped.
"""

import html
from collections.abc import Sequence
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


def _label(text: str) -> str:
    return html.escape(cut(visible(text), _LONGEST))
