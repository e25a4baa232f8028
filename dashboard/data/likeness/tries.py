"""One number for how far a recipe is from real images, and how it went over the tries, which a reload keeps."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from dashboard.common.drafts import begin, keep
from dashboard.common.images import drawing
from dashboard.common.svg import circle, polyline
from dashboard.data.likeness.sides import LikenessKind, Side
from engine.formatting import count
from engine.workspace import Workspace

_KEPT = 60  # tries
_WIDTH, _HEIGHT, _EDGE = 300, 64, 6  # px
_COLOUR = "#009E73"


def tries_line(space: Workspace, kind: LikenessKind, synthetic: Side, real: Side, distance: float) -> None:
    """Note what this recipe comes to, and draw the number with those of the tries before it."""
    tries = _noted(space, kind, synthetic, real, distance)
    best = min(tries)
    former = f" · before {tries[-2]:.2f}" if len(tries) > 1 else ""
    st.markdown(
        f"**Distance {distance:.2f}** :gray[{former.removeprefix(' · ')}]",
        help="Mean over all measures of how far the two distributions are apart: 0 where they are alike, 2 at most.",
    )
    if len(tries) > 1:
        said = f"{count(len(tries), 'tries')}, the nearest {best:.2f}"
        drawing(history(tries), f"Distance over {said}")
        st.caption(f"Over {said}: lower is nearer.")


def history(tries: Sequence[float]) -> str:
    """Draw two distances or more as a curve with a dot for the last; return an SVG element."""
    across, low, high = (_WIDTH - 2 * _EDGE) / (len(tries) - 1), min(tries), max(tries)
    up = (_HEIGHT - 2 * _EDGE) / (high - low or 1.0)
    points = [(_EDGE + across * place, _HEIGHT - _EDGE - up * (value - low)) for place, value in enumerate(tries)]
    size = f'width="{_WIDTH}" height="{_HEIGHT}" viewBox="0 0 {_WIDTH} {_HEIGHT}"'
    inside = f"{polyline(points, _COLOUR, 1.75)}{circle(*points[-1], 3.5, _COLOUR)}"
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{inside}</svg>'


def _noted(space: Workspace, kind: LikenessKind, synthetic: Side, real: Side, distance: float) -> list[float]:
    """Return the distances of all tries against these real images, with this one, which is noted if it is new."""
    opened = begin(space, "tries", f"{kind.name} {real.key}")
    entries: list[Any] = opened.draft.values if isinstance(opened.draft.values, list) else []
    known = [entry for entry in entries if isinstance(entry, list) and len(entry) == 2 and _is_number(entry[1])]
    if not known or known[-1] != [synthetic.key, distance]:
        known = [*known, [synthetic.key, distance]][-_KEPT:]
        keep(space, opened, known)
    return [float(entry[1]) for entry in known]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and 0 <= value <= 2
