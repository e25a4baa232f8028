"""A photo with the boxes of its words: text under the pointer, a word chosen by a click, the order as a path.

The script beside this module draws it; what was read reaches the page as text alone.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from PIL import Image
from streamlit.components.v2 import component

from dashboard.common.images import jpeg_url
from engine.formatting import percent
from engine.labels import visible

_FILE = Path(__file__)
_UNSURE = 0.6  # confidence below which a box is drawn as doubtful
_draw = component(
    "glyphlab-photo",
    css=_FILE.with_suffix(".css").read_text("utf-8"),
    js=_FILE.with_suffix(".js").read_text("utf-8"),
    isolate_styles=True,
)

Place = tuple[float, float]
"""Shares of a photo's width and height."""


class ViewedBox(NamedTuple):
    """A box on a photo: its corners, what it says, how sure the reader is, 0…1, and whether a kept scene lacks it."""

    corners: Sequence[Place]
    text: str
    confidence: float
    left_out: bool = False


class Stop(NamedTuple):
    """A place on the path of reading, as shares of the photo's sides, and the number that is drawn there."""

    x: float
    y: float
    number: int


class PhotoEvents(NamedTuple):
    """The input on a photo since it was drawn.

    Attributes:
        clicked: the number of a box.
        moved: a place of the path, and the one that it was moved to.
        drawn: left, top, right and bottom side of a rectangle, as shares of the photo's sides.
    """

    clicked: int | None = None
    moved: tuple[int, int] | None = None
    drawn: tuple[float, float, float, float] | None = None


def photo_view(
    photo: Image.Image,
    boxes: Sequence[ViewedBox],
    path: Sequence[Stop],
    chosen: int | None,
    key: str,
    alt: str,
    *,
    draw: bool = False,
) -> PhotoEvents:
    """Draw a photo with its boxes, and return what was done on it.

    Args:
        photo: at screen size, RGB.
        boxes: over it.
        path: what is read one after the other, drawn as a line with numbers that can be dragged; none for no line.
        chosen: the number of the box that is shown as chosen.
        key: of the view.
        alt: what a screen reader says.
        draw: whether dragging over the photo draws a rectangle, in place of clicks on boxes.
    """
    shapes = [
        {
            "points": [[round(100 * x, 2), round(100 * y, 2)] for x, y in box.corners],
            "text": visible(box.text) or "nothing was read",
            "sure": percent(box.confidence),
            "doubtful": box.confidence < _UNSURE,
            "out": box.left_out,
        }
        for box in boxes
    ]
    stops = [[round(100 * stop.x, 2), round(100 * stop.y, 2), stop.number] for stop in path]
    data: dict[str, Any] = {"photo": jpeg_url(photo), "alt": visible(alt), "boxes": shapes, "path": stops}
    data |= {"chosen": chosen, "draw": draw}
    noted: dict[str, Any] = {f"on_{event}_change": lambda: None for event in PhotoEvents._fields}
    result = _draw(key=key, data=data, **noted)
    clicked, moved = result.get("clicked"), result.get("moved")
    return PhotoEvents(
        clicked if _is_place(clicked, boxes) else None,
        (moved[0], moved[1])
        if isinstance(moved, list) and len(moved) == 2 and all(_is_place(place, path) for place in moved)
        else None,
        _sides(result.get("drawn")) if draw else None,
    )


def _sides(drawn: Any) -> tuple[float, float, float, float] | None:
    """Return the sides of a rectangle, reported in per cent, as shares; None where it is none."""
    if not isinstance(drawn, list) or len(drawn) != 4 or not all(isinstance(side, int | float) for side in drawn):
        return None
    left, top, right, bottom = (min(max(float(side) / 100, 0.0), 1.0) for side in drawn)
    return (left, top, right, bottom) if left < right and top < bottom else None


def _is_place(value: Any, things: Sequence[Any]) -> bool:
    return isinstance(value, int) and 0 <= value < len(things)
