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
    """The input on a photo since it was drawn: the box clicked, and a place of the path with the one it moved to."""

    clicked: int | None = None
    moved: tuple[int, int] | None = None


def photo_view(
    photo: Image.Image, boxes: Sequence[ViewedBox], path: Sequence[Stop], chosen: int | None, key: str, alt: str
) -> PhotoEvents:
    """Draw a photo with its boxes, and return what was done on it.

    Args:
        photo: at screen size, RGB.
        boxes: over it.
        path: what is read one after the other, drawn as a line with numbers that can be dragged; none for no line.
        chosen: the number of the box that is shown as chosen.
        key: of the view.
        alt: what a screen reader says.
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
    data["chosen"] = chosen
    result = _draw(key=key, data=data, on_clicked_change=lambda: None, on_moved_change=lambda: None)
    clicked, moved = result.get("clicked"), result.get("moved")
    return PhotoEvents(
        clicked if _is_place(clicked, boxes) else None,
        (moved[0], moved[1])
        if isinstance(moved, list) and len(moved) == 2 and all(_is_place(place, path) for place in moved)
        else None,
    )


def _is_place(value: Any, things: Sequence[Any]) -> bool:
    return isinstance(value, int) and 0 <= value < len(things)
