"""Rectangles at any angle, as the tests of regions and locators need them."""

import math

import numpy as np
from hypothesis import strategies as st

from glyphlab_read.regions.quads import Points


def rectangle(x: float, y: float, width: float, height: float, degrees: float = 0.0) -> Points:
    """Return a rectangle around a centre, turned clockwise, the corner first that was upper left before the turn."""
    turn = math.radians(degrees)
    across = np.array([math.cos(turn), math.sin(turn)]) * width / 2
    down = np.array([-math.sin(turn), math.cos(turn)]) * height / 2
    corners = np.array([-across - down, across - down, across + down, down - across])
    return (corners + np.array([x, y])).astype(np.float32)


def rectangles(
    places: tuple[float, float] = (0, 500), sizes: tuple[float, float] = (1, 200)
) -> st.SearchStrategy[Points]:
    """Return a strategy of rectangles whose centres and sides lie in the given ranges, at any angle."""
    place, size = st.floats(*places, width=32), st.floats(*sizes, width=32)
    return st.builds(rectangle, place, place, size, size, st.floats(-180, 180, width=32))
