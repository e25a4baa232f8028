"""Zoom and pan of charts, kept while they refresh: the browser reports the visible part of a chart, and the next
drawing shows the same part, in more detail.

Streamlit draws a chart again whenever its data change, and plotly's own memory (uirevision) and a drag over it are lost
with it: the browser reports when a chart is held, too. The script beside this module uses only plotly's public events.
"""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from streamlit.components.v2 import component

from dashboard.runs.metrics import Zoom

_HELD = "held"  # as the script calls it
_keeper = component("glyphlab-zoom", js=Path(__file__).with_suffix(".js").read_text("utf-8"))


def reported_zooms(key: str) -> tuple[dict[str, Zoom], bool]:
    """Return the visible part of each chart, by the chart's meaning, and whether a chart is being dragged.

    Draws nothing visible.
    """
    reported: Mapping[str, Any] = _keeper(key=key, height=1)
    zooms = {
        meaning: Zoom(_range(ends, "x"), _range(ends, "y")) for meaning, ends in reported.items() if meaning != _HELD
    }
    return zooms, bool(reported.get(_HELD))


def _range(ends: Any, axis: str) -> tuple[float, float] | None:
    """Return the ends of an axis as a browser reported them, if they are two numbers."""
    found = ends.get(axis) if isinstance(ends, Mapping) else None
    if not isinstance(found, list | tuple) or len(found) != 2:
        return None
    numbers = [float(end) for end in found if isinstance(end, int | float) and math.isfinite(end)]
    return (numbers[0], numbers[1]) if len(numbers) == 2 else None
