"""Zoom and pan of charts, kept while they refresh: the browser tells what part of a chart is looked at, and the next
drawing shows the same part, in more detail.

Streamlit draws a chart anew whenever its data change, so that plotly's own memory (uirevision) and a drag over it are
lost with it: the browser tells when a chart is held, too. The script below is fixed and takes part in nothing but
plotly's public events.
"""

import math
from collections.abc import Mapping
from typing import Any

from streamlit.components.v2 import component

from dashboard.runs.metrics import Zoom

_HELD = "held"  # as the script below calls it
_JS = """
const AFTER = 300;  // ms from the end of a drag until plotly has told of it
let held = false;
export default function ({ setStateValue }) {
  const axes = ["xaxis", "yaxis"];
  const told = (chart, event) => {
    if (!Object.keys(event).some((name) => axes.some((axis) => name.startsWith(axis)))) return;
    const [x, y] = axes.map((axis) => chart.layout[axis].autorange ? null : chart.layout[axis].range);
    setStateValue(chart.layout.uirevision, { x, y });
  };
  const listen = () => {
    for (const chart of document.querySelectorAll(".js-plotly-plot")) {
      if (!chart.on || !chart.layout?.uirevision || chart.dataset.zoom) continue;
      chart.dataset.zoom = "kept";
      chart.on("plotly_relayout", (event) => told(chart, event));
    }
  };
  const hold = (now) => {
    if (held !== now) setStateValue("held", held = now);
  };
  const press = ({ target }) => {
    if (target.closest?.(".js-plotly-plot[data-zoom]")) hold(true);
  };
  const release = () => setTimeout(hold, AFTER, false);
  const listeners = { pointerdown: press, pointerup: release, pointercancel: release };
  for (const [name, listener] of Object.entries(listeners)) window.addEventListener(name, listener, true);
  const observer = new MutationObserver(listen);
  observer.observe(document.body, { childList: true, subtree: true });
  listen();
  return () => {
    observer.disconnect();
    for (const [name, listener] of Object.entries(listeners)) window.removeEventListener(name, listener, true);
  };
}
"""
_keeper = component("glyphlab-zoom", js=_JS)


def kept_zooms(key: str) -> tuple[dict[str, Zoom], bool]:
    """Return what part of each chart is looked at, by the chart's meaning, and whether a chart is being dragged.

    Draws nothing that can be seen.
    """
    told: Mapping[str, Any] = _keeper(key=key, height=1)
    zooms = {meaning: Zoom(_range(ends, "x"), _range(ends, "y")) for meaning, ends in told.items() if meaning != _HELD}
    return zooms, bool(told.get(_HELD))


def _range(ends: Any, axis: str) -> tuple[float, float] | None:
    """Return the ends of an axis as a browser told them, if they are two numbers."""
    found = ends.get(axis) if isinstance(ends, Mapping) else None
    if not isinstance(found, list | tuple) or len(found) != 2:
        return None
    numbers = [float(end) for end in found if isinstance(end, int | float) and math.isfinite(end)]
    return (numbers[0], numbers[1]) if len(numbers) == 2 else None
