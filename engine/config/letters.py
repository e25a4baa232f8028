"""Steps between letters and their ground, other words beside a text, and pairs of colours.

Each is off until it is given a share of the images. `engine.synth.composing` implements them.
"""

from typing import Annotated

from engine.config.base import Config, setting
from engine.config.distributions import FloatSpan, Within, weight
from engine.config.postprocess import Step, Steps

COLOUR = r"^#[0-9a-fA-F]{6}$"
"""Colours of settings: #rrggbb."""


class DropShadow(Step):
    """A shadow of the letters on what is behind them."""

    distance: Annotated[FloatSpan, Within(0, 0.3, whole=False)] = setting(
        (0.03, 0.12), share=True, help="Distance from the letters, as a share of their height."
    )
    softness: Annotated[FloatSpan, Within(0, 0.3, whole=False)] = setting(
        (0.0, 0.06), share=True, help="Radius of its blur, as a share of the letters' height."
    )
    darkness: Annotated[FloatSpan, Within(0, 1, whole=False)] = setting(
        (0.3, 0.8), share=True, help="Share of the light that it takes."
    )


class SecondOutline(Step):
    """An outline around letters and their first outline: dark around bright letters, bright around dark ones."""

    width: Annotated[FloatSpan, Within(0, 0.3, whole=False)] = setting(
        (0.03, 0.1), share=True, help="Width, as a share of the letters' height."
    )
    softness: Annotated[FloatSpan, Within(0, 0.3, whole=False)] = setting(
        (0.0, 0.06), share=True, help="Radius of its blur, as a share of the letters' height; 0 is a sharp edge."
    )
    tint: Annotated[FloatSpan, Within(0, 1, whole=False)] = setting(
        (0.0, 0.6), help="Saturation: 0 is grey, 1 as colourful as its brightness allows."
    )


class Extrusion(Step):
    """Letters as blocks, with sides that can be seen."""

    depth: Annotated[FloatSpan, Within(0, 0.4, whole=False)] = setting(
        (0.04, 0.15), share=True, help="Depth of the sides, as a share of the letters' height."
    )
    shade: Annotated[FloatSpan, Within(0, 0.9, whole=False)] = setting(
        (0.3, 0.7), help="Brightness of the sides, times that of the letters; dark letters get brighter sides instead."
    )


class Fill(Step):
    """Letters filled with a texture instead of one colour."""

    strength: Annotated[FloatSpan, Within(0, 1, whole=False)] = setting(
        (0.3, 0.9), share=True, help="How much of the texture's own contrast is left; the mean colour stays."
    )
    picture: float = setting(
        0.2, share=True, ge=0, le=1, help="Share of these texts that are filled with one of the pictures."
    )


class Letters(Steps):
    """The steps between the letters and their ground, from the ground up."""

    shadow: DropShadow = setting(DropShadow(), help="A shadow on the ground.")
    second_outline: SecondOutline = setting(SecondOutline(), help="One more outline, sharp or soft.")
    extrusion: Extrusion = setting(Extrusion(), help="Block letters with sides.")
    fill: Fill = setting(Fill(), help="A texture instead of one colour.")


class Neighbours(Step):
    """Other words of the recipe beside the text, cut by the image's edge. The image grows by what they take.

    Texts from top to bottom have none.
    """

    side: float = setting(
        0.4, share=True, ge=0, le=1, help="Share of the four sides that have one; of these images, at least one has."
    )
    gap: Annotated[FloatSpan, Within(0.05, 1, whole=False)] = setting(
        (0.1, 0.3), share=True, help="Distance from the text, as a share of its height."
    )
    shown: Annotated[FloatSpan, Within(0, 1, whole=False)] = setting(
        (0.05, 0.25), share=True, help="Depth to which they show at the edge, as a share of the text's height."
    )


class ColourPair(Config):
    """The colours of a text and of what is behind it, seen together."""

    weight: float = weight()
    text: str = setting("#000000", pattern=COLOUR, help="Colour of the letters, as #rrggbb.")
    ground: str = setting("#ffffff", pattern=COLOUR, help="Mean colour of the ground, as #rrggbb.")
