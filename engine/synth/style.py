"""Settle how one text is drawn: each setting of a look becomes one value, thrown by dice of its own."""

from collections.abc import Iterable
from random import Random

from engine.config.style import Colours, Style
from engine.synth.asset_resolver import AssetResolver
from engine.synth.fonts import Font
from engine.synth.rng import Rng, between, happens, one_of, whole
from engine.synth.scripts import for_drawing, is_shaped
from engine.synth.trdg.adapter import Drawing, RejectedText


def draw_style(
    look: Style, text: str, fonts: Iterable[list[Font]], dice: Rng, shelf: AssetResolver
) -> tuple[Font, Drawing]:
    """Return a font and the drawing of a text.

    Args:
        look: the bounds.
        text: what to draw.
        fonts: lists of fonts: of the first with one that can draw the text, each that can equally often.
        dice: gives the dice of each decision by its name; "trdg" seeds trdg's own.
        shelf: where the look's pictures are found.

    Raises:
        Dropped: no font can draw the text.
        ConfigError: a picture is not there, or the text's script cannot be shaped.
    """
    font = _font(fonts, text, dice("font"))
    distortion = one_of(look.distortion, dice, "distortion")
    drawing = Drawing(
        text=for_drawing(text),
        font=str(font.path),
        height=whole(look.height, dice, "height"),
        margins=_margins(look, dice),
        skew=_skew(look, dice),
        blur=_blur(look, dice),
        background=one_of(look.background, dice, "background"),
        distortion=distortion,
        direction="both" if distortion == "none" else one_of(look.direction, dice, "direction"),
        colour=_colour(look.colours, dice("colour")),
        character_spacing=whole(look.character_spacing, dice, "character_spacing"),
        space_width=between(look.space_width, dice, "space_width"),
        stroke_width=whole(look.stroke_width, dice, "stroke_width"),
        stroke_colour=_colour(look.stroke_colours, dice("stroke_colour"))
        if look.stroke_colours
        else look.stroke_colour,
        seed=dice("trdg").getrandbits(63),
        orientation=one_of(look.orientation, dice, "orientation"),
        width=None if look.width is None else whole(look.width, dice, "width"),
        alignment=one_of(look.alignment, dice, "alignment"),
        fit=happens(look.fit, dice, "fit"),
        word_split=is_shaped(text) or happens(look.word_split, dice, "word_split"),
        pictures=shelf.pictures(look.pictures),
        mode=one_of(look.mode, dice, "mode"),
    )
    return font, drawing


def _font(lists: Iterable[list[Font]], text: str, throw: Random) -> Font:
    for fonts in lists:
        left = list(fonts)
        while left:
            font = left.pop(throw.randrange(len(left)))
            if font.can_draw(text):
                return font
    raise RejectedText("no font has every character")


def _margins(look: Style, dice: Rng) -> tuple[int, int, int, int]:
    names = ("top", "left", "bottom", "right")
    top, left, bottom, right = (
        whole(side, dice, f"margin/{name}") for side, name in zip(look.sides(), names, strict=True)
    )
    return top, left, bottom, right


def _skew(look: Style, dice: Rng) -> int:
    low, high = look.skew if isinstance(look.skew, tuple) else (-look.skew, look.skew)
    return dice("skew").randint(low, high) if low < high else low


def _blur(look: Style, dice: Rng) -> float:
    low, high = look.blur if isinstance(look.blur, tuple) else (0.0, look.blur)
    return low + dice("blur").random() * (high - low) if low < high else low


def _colour(ranges: tuple[Colours, ...], throw: Random) -> str:
    (chosen,) = throw.choices(ranges, [colours.weight for colours in ranges])
    pairs = zip(bytes.fromhex(chosen.low[1:]), bytes.fromhex(chosen.high[1:]), strict=True)
    return "#" + "".join(f"{throw.randint(min(pair), max(pair)):02x}" for pair in pairs)
