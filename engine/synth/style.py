"""Drawing of one text's style: each setting of a `Style` becomes one value from its own random stream."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from random import Random
from typing import TypeVar

from engine.config.style import Colours, Style
from engine.synth.asset_resolver import AssetResolver
from engine.synth.fonts import Font
from engine.synth.rng import Rng, draw_bool, draw_choice, draw_float, draw_int
from engine.synth.scripts import for_drawing, is_shaped
from engine.synth.trdg.adapter import Drawing, RejectedText

Item = TypeVar("Item")
Families = Callable[[list[Font]], Sequence[list[Font]]]
"""Groups fonts by their families."""


class NoFont(RejectedText):
    """No font can draw a text."""


def draw_style(style: Style, text: str, font: Font, rng: Rng, assets: AssetResolver) -> Drawing:
    """Return the drawing of a text in a font.

    Args:
        style: the ranges and weights to draw from.
        text: what to draw, in the case that the font draws.
        font: see `draw_font`.
        rng: gives a random stream by its name; `trdg` seeds trdg's own generators.
        assets: finds the style's pictures.

    Raises:
        ConfigError: a picture does not exist, or the text's script cannot be shaped.
    """
    distortion = draw_choice(style.distortion, rng, "distortion")
    return Drawing(
        text=for_drawing(text),
        font=str(font.path),
        height=draw_int(style.height, rng, "height"),
        margins=_draw_margins(style, rng),
        skew=_either_way(style.skew, rng("skew")),
        blur=_draw_blur(style, rng),
        background=draw_choice(style.background, rng, "background"),
        distortion=distortion,
        direction="both" if distortion in ("none", "arc") else draw_choice(style.direction, rng, "direction"),
        colour=draw_colour(style.colours, rng("colour")),
        character_spacing=draw_int(style.character_spacing, rng, "character_spacing"),
        space_width=draw_float(style.space_width, rng, "space_width"),
        stroke_width=draw_int(style.stroke_width, rng, "stroke_width"),
        stroke_colour=draw_colour(style.stroke_colours, rng("stroke_colour"))
        if style.stroke_colours
        else style.stroke_colour,
        seed=rng("trdg").getrandbits(63),
        orientation=draw_choice(style.orientation, rng, "orientation"),
        width=None if style.width is None else draw_int(style.width, rng, "width"),
        alignment=draw_choice(style.alignment, rng, "alignment"),
        fit=draw_bool(style.fit, rng, "fit"),
        word_split=is_shaped(text) or draw_bool(style.word_split, rng, "word_split"),
        pictures=assets.pictures(style.pictures),
        mode=draw_choice(style.mode, rng, "mode"),
        arc=_either_way(style.arc, rng("arc")) if distortion == "arc" else 0.0,
    )


def draw_font(lists: Sequence[list[Font]], text: str, stream: Random, families: Families | None = None) -> Font:
    """Return a font that can draw a text, all equally often, or all families equally often.

    Fonts in which it would look like another text (`Font.is_plain`) are taken where there is no other.

    Args:
        lists: of fonts; the first list that has any is taken.
        text: what to draw.
        stream: draws the font.
        families: groups fonts, where a family is drawn first, then one of its fonts.

    Raises:
        NoFont: no font can draw the text.
        ConfigError: the only ones that list its characters would draw them larger than any page.
    """
    font = first_able((font for fonts in lists for font in _in_random_order(fonts, stream, families)), text)
    if font is not None:
        return font
    check_faults(lists, text)
    letters = text.replace(" ", "")
    gapless = letters != text and any(font.can_draw(letters) for fonts in lists for font in fonts)
    raise NoFont("no font has a gap for the space" if gapless else "no font has every character")


def first_able(fonts: Iterable[Font], text: str) -> Font | None:
    """Return the first font that can draw a text; one in which it looks like another text only if all such do."""
    able: Font | None = None
    for font in fonts:
        if font.can_draw(text):
            if font.is_plain(text):
                return font
            able = able or font
    return able


def _shuffled(items: Iterable[Item], stream: Random) -> Iterator[Item]:
    """Yield items in a random order, which is drawn only as far as it is asked for."""
    left = list(items)
    while left:
        yield left.pop(stream.randrange(len(left)))


def _in_random_order(fonts: list[Font], stream: Random, families: Families | None) -> Iterator[Font]:
    if families is None:
        yield from _shuffled(fonts, stream)
    else:
        for family in _shuffled(families(fonts), stream):
            yield from _shuffled(family, stream)


def check_faults(lists: Iterable[list[Font]], text: str) -> None:
    """Raise ConfigError when a font lists the characters of a text and must not draw them; to be called if none can."""
    for font in dict.fromkeys(font for fonts in lists for font in fonts):
        if why := font.fault(text):
            raise font.unusable(why)


def _draw_margins(style: Style, rng: Rng) -> tuple[int, int, int, int]:
    names = ("top", "left", "bottom", "right")
    top, left, bottom, right = (
        draw_int(side, rng, f"margin/{name}") for side, name in zip(style.sides(), names, strict=True)
    )
    return top, left, bottom, right


def _either_way(span: int | tuple[int, int], stream: Random) -> int:
    low, high = span if isinstance(span, tuple) else (-span, span)
    return stream.randint(low, high) if low < high else low


def _draw_blur(style: Style, rng: Rng) -> float:
    low, high = style.blur if isinstance(style.blur, tuple) else (0.0, style.blur)
    return low + rng("blur").random() * (high - low) if low < high else low


def draw_colour(ranges: tuple[Colours, ...], stream: Random) -> str:
    """Return a colour of one of the ranges, #rrggbb."""
    (chosen,) = stream.choices(ranges, [colours.weight for colours in ranges])
    pairs = zip(bytes.fromhex(chosen.low[1:]), bytes.fromhex(chosen.high[1:]), strict=True)
    return "#" + "".join(f"{stream.randint(min(pair), max(pair)):02x}" for pair in pairs)
