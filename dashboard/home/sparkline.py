"""A curve without axes as SVG, so that a page with nothing more of a run needs no chart library.

Pure: numbers in, text out, with nothing in it that runs or is fetched.
"""

from collections.abc import Sequence

from dashboard.common.svg import polyline

_WIDTH, _HEIGHT, _EDGE = 300, 56, 3  # px; the picture is scaled to the width of its card


def sparkline(values: Sequence[float], colour: str) -> str:
    """Draw two values or more from the left to the right edge, the least at the bottom, in the run's colour."""
    low, high = min(values), max(values)
    across, up = _WIDTH / (len(values) - 1), (_HEIGHT - 2 * _EDGE) / (high - low or 1)
    points = [(across * place, _HEIGHT - _EDGE - up * (value - low)) for place, value in enumerate(values)]
    size = f'width="{_WIDTH}" height="{_HEIGHT}" viewBox="0 0 {_WIDTH} {_HEIGHT}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{polyline(points, colour, 1.75)}</svg>'
