"""Styles (`looks` in a recipe): fonts, sizes, colours and backgrounds of a text, as ranges and weights.

This module does not know which fonts and pictures exist (`engine.synth` does).
"""

from functools import cached_property
from typing import Annotated, Self

from pydantic import model_validator

from engine.config.base import Config, setting
from engine.config.distributions import FloatSpan, Span, Weights, Within, choice_weight, ends, some_weight, weight
from engine.config.letters import COLOUR, ColourPair, Letters, Neighbours
from engine.config.postprocess import Postprocess

MIN_TEXT_HEIGHT = 8
"""Room that the margins must leave for the text, px."""


class BackgroundWeights(Weights):
    """Weights of what stands behind the text."""

    noise: float = choice_weight(1.0, "Light grey noise, like paper.")
    white: float = choice_weight(1.0, "Plain white.")
    quasicrystal: float = choice_weight(0.0, "A wavy grey pattern; slow to draw.")
    picture: float = choice_weight(0.0, "A piece of one of the pictures.")
    gradient: float = choice_weight(0.0, "A painted wall: one colour that shades into another.")
    clouds: float = choice_weight(0.0, "Cloudy, as plaster, rust, stone or sky.")
    leaves: float = choice_weight(0.0, "Shapes over shapes, as things cover each other in photos.")
    bricks: float = choice_weight(0.0, "Bricks, tiles or planks with joints.")
    stripes: float = choice_weight(0.0, "Stripes or a grid, as of blinds, fences and iron.")


DRAWN_GROUNDS = ("gradient", "clouds", "leaves", "bricks", "stripes")
"""Backgrounds that trdg has not."""


class DistortionWeights(Weights):
    """Weights of how the line of text is bent."""

    none: float = choice_weight(1.0, "Straight.")
    sine: float = choice_weight(0.0, "Along a sine wave.")
    cosine: float = choice_weight(0.0, "Along a cosine wave.")
    random: float = choice_weight(0.0, "Each row or column shifted at random.")
    arc: float = choice_weight(0.0, "Along an arc, letters turned with it; texts from top to bottom stay straight.")


class DirectionWeights(Weights):
    """Weights of the axis along which a text is bent."""

    vertical: float = choice_weight(1.0, "Columns move up and down.")
    horizontal: float = choice_weight(1.0, "Rows move left and right.")
    both: float = choice_weight(1.0, "Both.")


class OrientationWeights(Weights):
    """Weights of the direction in which a text runs."""

    horizontal: float = choice_weight(1.0, "From left to right.")
    vertical: float = choice_weight(0.0, "From top to bottom; the height is then the image's width.")


class AlignmentWeights(Weights):
    """Weights of a text's place in an image of fixed width."""

    left: float = choice_weight(0.0, "At the left margin.")
    centre: float = choice_weight(1.0, "In the middle.")
    right: float = choice_weight(0.0, "At the right margin.")


class ModeWeights(Weights):
    """Weights of colour and grey images."""

    colour: float = choice_weight(1.0, "Red, green and blue.")
    grey: float = choice_weight(0.0, "One level of grey.")


class Margins(Config):
    """Room on single sides, where it is not that of all sides."""

    top: Annotated[Span | None, Within(0, 200, optional=True)] = setting(None, unit="px", help="Room above.")
    left: Annotated[Span | None, Within(0, 200, optional=True)] = setting(None, unit="px", help="Room at the left.")
    bottom: Annotated[Span | None, Within(0, 200, optional=True)] = setting(None, unit="px", help="Room below.")
    right: Annotated[Span | None, Within(0, 200, optional=True)] = setting(None, unit="px", help="Room at the right.")


class Colours(Config):
    """A range of colours: red, green and blue are each drawn between the two ends."""

    weight: float = weight()
    low: str = setting("#000000", pattern=COLOUR, help="One end, as #rrggbb.")
    high: str = setting("#000000", pattern=COLOUR, help="The other end, as #rrggbb.")


class Style(Config):
    """Ranges and weights from which the style of each sample is drawn.

    A number that may be a pair is drawn between its two ends for each sample.
    """

    weight: float = weight()
    fonts: tuple[str, ...] = setting(
        (),
        max_length=5000,
        help="Fonts by id, such as `latin/Lato-Regular`, or whole packs, such as `lobster/*`; none: all that came with "
        "trdg and can draw the text.",
    )
    by_family: bool = setting(
        False,
        folded=True,
        help="Draw a family first, then one of its fonts, so that a family of many weights is not drawn more often.",
    )
    orientation: OrientationWeights = setting(OrientationWeights(), help="Direction in which the text runs.")
    height: Annotated[Span, Within(16, 128)] = setting(32, unit="px", help="Height of the image.")
    width: Annotated[Span | None, Within(16, 2048, optional=True)] = setting(
        None, unit="px", help="Width of the image; without one, that of its text. Texts that are wider are left out."
    )
    alignment: AlignmentWeights = setting(AlignmentWeights(), help="Place of the text if the width is fixed.")
    margin: Annotated[Span, Within(0, 32)] = setting(3, unit="px", help="Room left around the text on every side.")
    margins: Margins = setting(Margins(), help="Room on single sides, where it differs.")
    fit: float = setting(
        0.0,
        share=True,
        ge=0,
        le=1,
        folded=True,
        help="Share of texts cropped to their ink, so that small letters fill the height too.",
    )
    word_split: float = setting(
        0.0,
        share=True,
        ge=0,
        le=1,
        folded=True,
        help="Share of texts drawn in whole words, with the font's own kerning and ligatures, instead of by character.",
    )
    skew: Annotated[Span, Within(0, 45, signed=True, alone="either way")] = setting(
        0, unit="degrees", help="Largest rotation of the text, either way; a pair gives both ends."
    )
    blur: Annotated[FloatSpan, Within(0, 10, whole=False, alone="up to")] = setting(
        0.0, unit="px", help="Largest radius of the Gaussian blur, from 0; a pair gives both ends."
    )
    background: BackgroundWeights = setting(BackgroundWeights(), help="What stands behind the text.")
    pictures: tuple[str, ...] = setting(
        (), max_length=500, help="Pictures by id, such as `trdg/bricks`; none: all that came with trdg."
    )
    distortion: DistortionWeights = setting(DistortionWeights(), help="Shape of the line of text.")
    direction: DirectionWeights = setting(DirectionWeights(), folded=True, help="Axis along which it is bent.")
    arc: Annotated[Span, Within(0, 180, signed=True, alone="either way")] = setting(
        70,
        unit="degrees",
        folded=True,
        help="Largest angle that texts along an arc cover, in the middle raised or lowered; a pair gives both ends. It "
        "is less where letters would become lower than half the room.",
    )
    colours: tuple[Colours, ...] = setting((Colours(),), max_length=50, help="Ranges of text colours.")
    character_spacing: Annotated[Span, Within(0, 50)] = setting(
        0, unit="px", folded=True, help="Extra room between characters."
    )
    space_width: Annotated[FloatSpan, Within(0.2, 5, whole=False)] = setting(
        1.0, folded=True, help="Width of a space, times the font's own."
    )
    stroke_width: Annotated[Span, Within(0, 8)] = setting(
        0, unit="px", folded=True, help="Width of the letters' outline; 0 is none."
    )
    stroke_colour: str = setting("#282828", pattern=COLOUR, folded=True, help="Colour of that outline, as #rrggbb.")
    stroke_colours: tuple[Colours, ...] = setting(
        (), max_length=50, help="Ranges of colours of that outline, instead of the one colour."
    )
    paired_colours: float = setting(
        0.0,
        share=True,
        ge=0,
        le=1,
        help="Share of texts whose colour and that of the ground are drawn together, as a pair; patterns and pictures "
        "keep their shapes.",
    )
    colour_pairs: tuple[ColourPair, ...] = setting(
        (), max_length=2000, help="Such pairs; none: those that come with Glyphlab."
    )
    letters: Letters = setting(Letters(), help="Shadow, outline, sides and filling of the letters.")
    neighbours: Neighbours = setting(Neighbours(), help="Other words at the edges; texts from top to bottom have none.")
    least_contrast: int = setting(
        0,
        ge=0,
        le=150,
        unit="levels",
        help="Least difference of brightness between text and background in the finished image, of 255 levels; images "
        "with less are drawn again. 0: only trdg checks, before the steps after it.",
    )
    mode: ModeWeights = setting(ModeWeights(), help="Colour or grey.")
    after: Postprocess = setting(Postprocess(), help="Post-processing of the image that trdg has drawn.")
    fitted: bool = setting(
        False, folded=True, help="Found by a fit to photos; another fit begins with such looks and replaces them."
    )

    @cached_property
    def is_composed(self) -> bool:
        """True where some images are put together by Glyphlab instead of trdg; computed once for all samples."""
        drawn = any(getattr(self.background, name) for name in DRAWN_GROUNDS)
        return bool(drawn or self.paired_colours or self.letters.active or self.neighbours.share)

    def sides(self) -> tuple[Span, Span, Span, Span]:
        """Return the margins at top, left, bottom and right (px)."""
        own = self.margins
        top, left, bottom, right = (
            self.margin if side is None else side for side in (own.top, own.left, own.bottom, own.right)
        )
        return top, left, bottom, right

    @model_validator(mode="after")
    def _room_for_text(self) -> Self:
        top, left, bottom, right = (ends(side)[1] for side in self.sides())
        least = ends(self.height)[0]
        across = [top + bottom] * (self.orientation.horizontal > 0) + [left + right] * (self.orientation.vertical > 0)
        if least - max(across) < MIN_TEXT_HEIGHT:
            raise ValueError(
                f"A height of {least} px less margins of {max(across)} px in all leaves under {MIN_TEXT_HEIGHT} px "
                "for the text"
            )
        some_weight(self, "colours")
        if self.stroke_colours:
            some_weight(self, "stroke_colours")
        if self.colour_pairs:
            some_weight(self, "colour_pairs")
        return self
