"""The values by which one image is put together (`draw_composition`), and the image (`compose`)."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import cv2
import numpy as np
from PIL import Image, ImageColor

from engine.config.style import DRAWN_GROUNDS, Style
from engine.synth.composing.effects import Filling, LetterPlan, around, draw_letter_plan, underlay
from engine.synth.composing.grounds import draw_filling, draw_ground
from engine.synth.composing.neighbours import Neighbour, Write, draw_neighbours, lay, paste_neighbour, with_room
from engine.synth.composing.pairs import draw_pair
from engine.synth.postprocess.steps import Colour, luma
from engine.synth.rng import Rng, draw_bool
from engine.synth.trdg.adapter import Drawing, Drawn, RejectedText
from engine.synth.trdg.lettering import Lettering, draw_lettering, finished

_LEAST_DIFFERENCE = 15.0  # levels between text and ground, as trdg asks
_NEAR = 30  # levels of every band within which a part of the ground hides letters
_MOST_NEAR = 0.25  # share of the ground in a text's rectangle that may be so near
_ROOM = 0.6  # share of the way between ink and ground that textures may go


@dataclass(frozen=True)
class Composition:
    """Parts of an image beside its drawing.

    Attributes:
        letters: steps between the letters and their ground.
        ground: mean colour of the ground, #rrggbb; None leaves its own.
        neighbours: other words.
    """

    letters: LetterPlan = field(default_factory=LetterPlan)
    ground: str | None = None
    neighbours: tuple[Neighbour, ...] = ()


def draw_composition(
    style: Style, drawing: Drawing, write: Write, ink: Callable[[str], str], rng: Rng
) -> tuple[Drawing, Composition | None]:
    """Draw what one sample gets beside its drawing; return both, the drawing as its pair and neighbours change it.

    Args:
        style: shares and ranges.
        drawing: of the text.
        write: gives texts of neighbours, by the name of a random stream.
        ink: gives colours of neighbours, likewise.
        rng: gives a random stream by its name.
    """
    if not style.is_composed:
        return drawing, None
    ground, neighbours = None, ()
    if draw_bool(style.paired_colours, rng, "paired_colours"):
        colour, ground = draw_pair(style.colour_pairs, rng("colour_pair"))
        drawing = replace(drawing, colour=colour)
    step = style.neighbours
    if draw_bool(step.share, rng, "neighbours") and drawing.orientation == "horizontal":
        neighbours = draw_neighbours(step, drawing, write, ink, lambda name: rng(f"neighbours/{name}"))
        drawing = with_room(drawing, neighbours)
    edge = drawing.stroke_colour if drawing.stroke_width else drawing.colour
    composition = Composition(draw_letter_plan(style.letters, edge, rng), ground, neighbours)
    needless = composition == Composition() and drawing.background not in DRAWN_GROUNDS
    return drawing, None if needless else composition


def compose(drawing: Drawing, composition: Composition) -> Drawn:
    """Return the image of a drawing with its composition; equal ones give equal pixels, from any thread.

    Raises:
        RejectedText: as trdg's `draw` does; the text's ink and its ground differ by less than 15 levels of 255, or a
            quarter of the ground has the colour of letters that no outline sets apart.
    """
    text = draw_lettering(drawing)
    if text.layer.getbbox() is None:
        raise RejectedText("nothing visible")
    ink = _rgb(drawing.colour)
    own = None if composition.ground is None else _rgb(composition.ground)
    ground = draw_ground(drawing, text.size, own, _ROOM * abs(luma(ink) - luma(own)) if own else 0.0)
    plan = composition.letters
    edged = drawing.stroke_width or plan.second_outline or plan.extrusion
    difference = _difference(text, ground)
    if difference < _LEAST_DIFFERENCE or (not edged and _share_near(text, ground, ink) > _MOST_NEAR):
        raise RejectedText("text too close to its background")
    canvas = Image.new("RGBA", text.size)
    for neighbour in composition.neighbours:
        paste_neighbour(canvas, text, neighbour)
    lay(canvas, text.layer, text.corner)
    if plan.names:
        ground = underlay(ground, np.asarray(canvas.getchannel("A")), plan, text.height)
    letters = canvas if plan.fill is None else _filled(canvas, plan.fill, drawing, _ROOM * difference)
    ground.paste(letters, mask=canvas.getchannel("A"))
    return Drawn(finished(ground, drawing), text.layer, text.corner)


def _filled(canvas: Image.Image, fill: Filling, drawing: Drawing, room: float) -> Image.Image:
    """Return letters (RGB) in a texture that differs from their colour by at most `room` levels."""
    texture = draw_filling(drawing.pictures if fill.picture else None, canvas.size, fill.seed)
    middle = 128
    apart = around(texture, (middle, middle, middle), fill.strength, room).astype(np.int16) - middle
    return Image.fromarray(np.clip(np.asarray(canvas.convert("RGB")) + apart, 0, 255).astype(np.uint8))


def _difference(text: Lettering, ground: Image.Image) -> float:
    """Return by how much the mean levels of a text's ink and of the ground in its rectangle differ."""
    ink = cv2.mean(np.asarray(text.layer.convert("RGB")), np.asarray(text.layer.getchannel("A")))
    behind = cv2.mean(np.asarray(_behind(text, ground)))
    return abs(luma(ink[:3]) - luma(behind[:3]))


def _share_near(text: Lettering, ground: Image.Image, ink: Colour) -> float:
    """Return the share of the ground in a text's rectangle that has about the colour of its letters."""
    low, high = (tuple(band + sign * _NEAR for band in ink) for sign in (-1, 1))
    return float(cv2.inRange(np.asarray(_behind(text, ground)), low, high).mean()) / 255


def _behind(text: Lettering, ground: Image.Image) -> Image.Image:
    left, top = text.corner
    return ground.crop((left, top, left + text.layer.width, top + text.layer.height))


def _rgb(colour: str) -> Colour:
    red, green, blue = ImageColor.getrgb(colour)[:3]
    return red, green, blue


def factors(composition: Composition | None, drawing: Drawing) -> dict[str, Any]:
    """Return a composition as one plain value per column."""
    shown = composition or Composition()
    return {
        "arc": drawing.arc if drawing.orientation == "horizontal" else 0.0,
        "ground_colour": shown.ground or "",
        "letter_steps": ", ".join(shown.letters.names).replace("_", " "),
        "neighbours": len(shown.neighbours),
    }
