"""Other words beside a text: above, below, left and right of it, cut by the image's edge, never over its ink.

They are set as the text is, in its font and size and turned as far, along its line or in lines of their own.
"""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Literal, NamedTuple, get_args

from PIL import Image

from engine.config.letters import Neighbours
from engine.synth.rng import Rng, draw_float
from engine.synth.scripts import for_drawing, is_shaped
from engine.synth.trdg.adapter import Drawing, RejectedText
from engine.synth.trdg.lettering import Lettering, draw_beside

Side = Literal["left", "above", "right", "below"]
_SIDES: tuple[Side, ...] = get_args(Side)
_BESIDE = ("left", "right")  # in the same line
_MOST_BESIDE = 8  # characters of them
_OTHER_INK = 0.25  # share of neighbours with an ink of their own

Write = Callable[[str], str | None]
"""Gives another text that the same font draws, by the name of a random stream; None where it found none."""


class Neighbour(NamedTuple):
    """A word beside the text.

    Attributes:
        side: of the text that it stands at.
        drawing: of it, in the text's own size.
        gap: distance from the text in letter heights.
        shown: depth to which it shows at the image's edge in heights of the text.
        shift: of lines above and below, along the text: -1 to 1 times half of both lengths.
    """

    side: Side
    drawing: Drawing
    gap: float
    shown: float
    shift: float


def draw_neighbours(
    step: Neighbours, drawing: Drawing, write: Write, ink: Callable[[str], str], rng: Rng
) -> tuple[Neighbour, ...]:
    """Draw the neighbours of one text that has any.

    Args:
        step: ranges.
        drawing: of the text, from left to right.
        write: gives their texts.
        ink: gives another colour, #rrggbb, by the name of a random stream.
        rng: gives a random stream by its name.
    """
    chosen: list[Side] = [side for side in _SIDES if rng(side).random() < step.side] or [rng("side").choice(_SIDES)]
    found = []
    for side in chosen:
        text = write(side)
        if text is None:
            continue
        own = replace(
            drawing,
            text=for_drawing(_near_end(text, side)),
            word_split=drawing.word_split or is_shaped(text),
            fit=drawing.fit if side in _BESIDE else True,
            colour=ink(f"{side}/colour") if rng(f"{side}/ink").random() < _OTHER_INK else drawing.colour,
        )
        gap, shown = draw_float(step.gap, rng, f"{side}/gap"), draw_float(step.shown, rng, f"{side}/shown")
        found.append(Neighbour(side, own, gap, shown, rng(f"{side}/shift").uniform(-1, 1)))
    return tuple(found)


def _near_end(text: str, side: Side) -> str:
    """Return the part of a neighbour that can show: the end next to the text, where it stands in the same line."""
    if side not in _BESIDE or is_shaped(text):
        return text
    return text[:_MOST_BESIDE].rstrip() if side == "right" else text[-_MOST_BESIDE:].lstrip()


def with_room(drawing: Drawing, neighbours: tuple[Neighbour, ...]) -> Drawing:
    """Return the drawing with margins in which its neighbours show; at the sides only where the width is free."""
    room = {neighbour.side: neighbour.gap + neighbour.shown for neighbour in neighbours}
    return grown(drawing, room.get("above", 0), room.get("left", 0), room.get("below", 0), room.get("right", 0))


def grown(drawing: Drawing, top: float, left: float, bottom: float, right: float) -> Drawing:
    """Return the drawing in an image with more room, its text as large as it was.

    Args:
        drawing: of a text.
        top: room as a share of the height that the text has, or of its width if it runs from top to bottom.
        left: likewise; none is added where the image's width is set.
        bottom: as at the top.
        right: as at the left.
    """
    above, before, below, behind = drawing.margins
    upright = drawing.orientation == "vertical"
    text = drawing.height - (before + behind if upright else above + below)
    more = [round(share * text) for share in (top, left, bottom, right)]
    if drawing.width is not None and not upright:
        more[1] = more[3] = 0
    margins = (above + more[0], before + more[1], below + more[2], behind + more[3])
    return replace(
        drawing, margins=margins, height=drawing.height + (more[1] + more[3] if upright else more[0] + more[2])
    )


def paste_neighbour(canvas: Image.Image, text: Lettering, neighbour: Neighbour) -> None:
    """Draw a neighbour into a canvas (RGBA) that is still free, in place; one that shows nothing is left out.

    Both lie in upright rectangles of one turned frame, side by side, so that their ink cannot meet.
    """
    try:
        layer, (length, height) = draw_beside(neighbour.drawing, text.font_size)
    except RejectedText:
        return
    gap = neighbour.gap * text.height
    if neighbour.side in _BESIDE:
        along, down = (text.line[0] + length) / 2 + gap, (height - text.line[1]) / 2 * (not neighbour.drawing.fit)
    else:
        along, down = neighbour.shift * (text.line[0] + length) / 4, (text.line[1] + height) / 2 + gap
    along, down = (-along if neighbour.side == "left" else along), (-down if neighbour.side == "above" else down)
    turn = math.radians(neighbour.drawing.skew)
    x = text.corner[0] + text.layer.width / 2 + along * math.cos(turn) + down * math.sin(turn)
    y = text.corner[1] + text.layer.height / 2 - along * math.sin(turn) + down * math.cos(turn)
    lay(canvas, layer, (round(x - layer.width / 2), round(y - layer.height / 2)))


def lay(canvas: Image.Image, layer: Image.Image, corner: tuple[int, int]) -> None:
    """Lay a layer over a canvas (both RGBA) with its upper left corner there, in place; what is beyond is cut."""
    left, top = (max(0, -side) for side in corner)
    right, bottom = (min(side, room - at) for side, room, at in zip(layer.size, canvas.size, corner, strict=True))
    if left < right and top < bottom:
        canvas.alpha_composite(layer, (corner[0] + left, corner[1] + top), (left, top, right, bottom))
