"""A curve so small that it has no axes, as SVG: a page that shows no more of a run needs no chart library.

Pure: numbers in, text out, with nothing in it that runs or is fetched.
"""

from collections.abc import Sequence
from html import escape

_WIDTH, _HEIGHT, _EDGE = 300, 56, 3  # px; as wide as its card it is drawn a little larger or smaller


def sparkline(values: Sequence[float], colour: str) -> str:
    """Draw two values or more from the left to the right edge, the least at the bottom, in the run's colour."""
    low, high = min(values), max(values)
    across, up = _WIDTH / (len(values) - 1), (_HEIGHT - 2 * _EDGE) / (high - low or 1)
    points = " ".join(
        f"{across * place:.1f},{_HEIGHT - _EDGE - up * (value - low):.1f}" for place, value in enumerate(values)
    )
    look = f'fill="none" stroke="{escape(colour)}" stroke-width="1.75" stroke-linejoin="round"'
    size = f'width="{_WIDTH}" height="{_HEIGHT}" viewBox="0 0 {_WIDTH} {_HEIGHT}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}><polyline points="{points}" {look}/></svg>'
