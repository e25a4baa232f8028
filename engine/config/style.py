"""Looks: how a text is drawn. Which fonts and pictures exist and what they can draw, `engine.synth` knows."""

from typing import Annotated, Self

from pydantic import model_validator

from engine.config.base import Config, setting
from engine.config.distributions import FloatSpan, Span, Weights, Within, ends, some_weight, weight
from engine.config.postprocess import Postprocess

_COLOUR = r"^#[0-9a-fA-F]{6}$"
_LEAST_TEXT = 8  # px of height that trdg has left for a text


class BackgroundWeights(Weights):
    """What stands behind the text."""

    noise: float = setting(1.0, ge=0, le=1000, help="Light grey noise, like paper.")
    white: float = setting(1.0, ge=0, le=1000, help="Plain white.")
    quasicrystal: float = setting(0.0, ge=0, le=1000, help="A wavy grey pattern; slow to draw.")
    picture: float = setting(0.0, ge=0, le=1000, help="A piece of one of the pictures.")


class DistortionWeights(Weights):
    """How the line of text is bent."""

    none: float = setting(1.0, ge=0, le=1000, help="Straight.")
    sine: float = setting(0.0, ge=0, le=1000, help="Along a sine wave.")
    cosine: float = setting(0.0, ge=0, le=1000, help="Along a cosine wave.")
    random: float = setting(0.0, ge=0, le=1000, help="Each row or column shifted at random.")


class DirectionWeights(Weights):
    """Along which axis a bent text is bent."""

    vertical: float = setting(1.0, ge=0, le=1000, help="Columns move up and down.")
    horizontal: float = setting(1.0, ge=0, le=1000, help="Rows move left and right.")
    both: float = setting(1.0, ge=0, le=1000, help="Both.")


class OrientationWeights(Weights):
    """Which way a text runs."""

    horizontal: float = setting(1.0, ge=0, le=1000, help="From left to right.")
    vertical: float = setting(0.0, ge=0, le=1000, help="From top to bottom; the height is then the image's width.")


class AlignmentWeights(Weights):
    """Where a text stands in an image of fixed width."""

    left: float = setting(0.0, ge=0, le=1000, help="At the left margin.")
    centre: float = setting(1.0, ge=0, le=1000, help="In the middle.")
    right: float = setting(0.0, ge=0, le=1000, help="At the right margin.")


class ModeWeights(Weights):
    """What a pixel holds."""

    colour: float = setting(1.0, ge=0, le=1000, help="Red, green and blue.")
    grey: float = setting(0.0, ge=0, le=1000, help="One level of grey.")


class Margins(Config):
    """Room on single sides, where it is not that of all sides."""

    top: Annotated[Span | None, Within(0, 200, optional=True)] = setting(None, unit="px", help="Room above.")
    left: Annotated[Span | None, Within(0, 200, optional=True)] = setting(None, unit="px", help="Room at the left.")
    bottom: Annotated[Span | None, Within(0, 200, optional=True)] = setting(None, unit="px", help="Room below.")
    right: Annotated[Span | None, Within(0, 200, optional=True)] = setting(None, unit="px", help="Room at the right.")


class Colours(Config):
    """A range of colours: red, green and blue are each drawn between the two ends."""

    weight: float = weight()
    low: str = setting("#000000", pattern=_COLOUR, help="One end, as #rrggbb.")
    high: str = setting("#000000", pattern=_COLOUR, help="The other end, as #rrggbb.")


class Style(Config):
    """How a text is drawn: fonts, size, colours, and what is done to them.

    A number that may be a pair is drawn between its two ends, for each sample anew.
    """

    weight: float = weight()
    fonts: tuple[str, ...] = setting(
        (), max_length=500, help="Fonts by id, such as `latin/Lato-Regular`; none: all that can draw the text."
    )
    orientation: OrientationWeights = setting(OrientationWeights(), help="Which way the text runs.")
    height: Annotated[Span, Within(16, 128)] = setting(32, unit="px", help="Height of the image.")
    width: Annotated[Span | None, Within(16, 2048, optional=True)] = setting(
        None, unit="px", help="Width of the image; without one, that of its text. Texts that are wider are left out."
    )
    alignment: AlignmentWeights = setting(AlignmentWeights(), help="Where the text stands if the width is fixed.")
    margin: Annotated[Span, Within(0, 32)] = setting(3, unit="px", help="Room left around the text on every side.")
    margins: Margins = setting(Margins(), help="Room on single sides, where it is another.")
    fit: float = setting(
        0.0, ge=0, le=1, folded=True, help="Share of texts cut to their ink, so that small letters fill the height too."
    )
    word_split: float = setting(
        0.0, ge=0, le=1, folded=True,
        help="Share of texts drawn in whole words, with the font's own kerning and ligatures, instead of by character.",
    )  # fmt: skip
    skew: Annotated[Span, Within(0, 45, signed=True)] = setting(
        0, unit="degrees", help="Most the text is turned, either way; two ends are taken as they are."
    )
    blur: Annotated[FloatSpan, Within(0, 10, whole=False)] = setting(
        0.0, unit="px", help="Largest radius of the Gaussian blur, the least being 0; two ends are taken as they are."
    )
    background: BackgroundWeights = setting(BackgroundWeights(), help="What stands behind the text.")
    pictures: tuple[str, ...] = setting(
        (), max_length=500, help="Pictures by id, such as `trdg/bricks`; none: all that came with trdg."
    )
    distortion: DistortionWeights = setting(DistortionWeights(), help="How the line of text is bent.")
    direction: DirectionWeights = setting(DirectionWeights(), folded=True, help="Along which axis it is bent.")
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
    stroke_colour: str = setting("#282828", pattern=_COLOUR, folded=True, help="Colour of that outline, as #rrggbb.")
    stroke_colours: tuple[Colours, ...] = setting(
        (), max_length=50, help="Ranges of colours of that outline, instead of the one colour."
    )
    least_contrast: int = setting(
        0, ge=0, le=150, unit="levels",
        help="Least difference of brightness between text and background, of 255 levels, when all is done; what has "
        "less is drawn again. 0 leaves it to trdg, which looks before the steps after it.",
    )  # fmt: skip
    mode: ModeWeights = setting(ModeWeights(), help="Colour or grey.")
    after: Postprocess = setting(Postprocess(), help="What is done to the image after trdg has drawn it.")

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
        if least - max(across) < _LEAST_TEXT:
            raise ValueError(
                f"A height of {least} px less margins of {max(across)} px in all leaves under {_LEAST_TEXT} px for "
                "the text"
            )
        some_weight(self, "colours")
        if self.stroke_colours:
            some_weight(self, "stroke_colours")
        return self
