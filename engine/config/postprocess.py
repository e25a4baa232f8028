"""What is done to an image after trdg has drawn it: seven steps, each off until it is given a share of the images.

They are taken in the order in which they stand here. What each does to the pixels, `engine.synth.postprocess` says.
"""

from functools import cached_property
from typing import Annotated

from engine.config.base import Config, setting
from engine.config.distributions import FloatSpan, Span, Within


class Step(Config):
    """Base of all steps."""

    share: float = setting(0.0, ge=0, le=1, help="Share of the images that this is done to; 0 is none.")


class Crop(Step):
    """The edges are cut off, as a text finder that is a little off would do."""

    margin: Annotated[FloatSpan, Within(0, 1, whole=False)] = setting(
        (0.0, 1.0), help="How much of the room around the text goes, on each side for itself."
    )
    text: Annotated[FloatSpan, Within(0, 0.25, whole=False)] = setting(
        0.0, help="How much of the outermost stroke of ink may go too; so little that no letter is lost."
    )


class Perspective(Step):
    """The image is seen from aside: its corners move inwards, and what lies beyond the edge is carried on."""

    strength: Annotated[FloatSpan, Within(0, 0.4, whole=False)] = setting(
        (0.05, 0.2), help="Most that a corner moves, as a share of the image's height."
    )


class Recolour(Step):
    """The greys of the image become those between two colours thrown for it, as of a sign in its shop's colours."""

    contrast: Annotated[FloatSpan, Within(16, 255, whole=False)] = setting(
        (50.0, 220.0), unit="levels", help="Difference of brightness between the two colours, of 255 levels."
    )
    tint: Annotated[FloatSpan, Within(0, 1, whole=False)] = setting(
        (0.0, 0.8), help="How colourful both are: 0 is grey, 1 as colourful as their brightness allows."
    )
    inverted: float = setting(0.5, ge=0, le=1, help="Share of these images whose dark parts become the brighter ones.")


class Shadow(Step):
    """One side of a line lies in a shadow with a soft edge."""

    darkness: Annotated[FloatSpan, Within(0, 0.9, whole=False)] = setting(
        (0.2, 0.6), help="How much of the light the shadow takes."
    )
    softness: Annotated[FloatSpan, Within(0, 2, whole=False)] = setting(
        (0.1, 1.0), help="Width of its edge, as a share of the image's height."
    )


class Contrast(Step):
    """Contrast and brightness change."""

    factor: Annotated[FloatSpan, Within(0.2, 2, whole=False)] = setting(
        (0.4, 1.0), help="What every pixel's distance from the mean is multiplied by; below 1 is paler."
    )
    brightness: Annotated[FloatSpan, Within(0, 80, whole=False, signed=True)] = setting(
        (-30.0, 30.0), unit="levels", help="What is added then, of 255 levels."
    )


class ScanNoise(Step):
    """Grain and specks, as a scanner or a photocopier leaves them."""

    grain: Annotated[FloatSpan, Within(0, 40, whole=False)] = setting(
        (2.0, 10.0), unit="levels", help="Standard deviation of the grain, of 255 levels."
    )
    specks: Annotated[FloatSpan, Within(0, 0.05, whole=False)] = setting(
        (0.0, 0.005), help="Share of pixels that are black or white specks."
    )


class Jpeg(Step):
    """The image is stored as a poor JPEG once, and what that does to it stays."""

    quality: Annotated[Span, Within(5, 95)] = setting((20, 70), help="JPEG quality; lower is worse.")


class Postprocess(Config):
    """The steps after trdg, in this order."""

    crop: Crop = setting(Crop(), help="Cut the edges off.")
    perspective: Perspective = setting(Perspective(), help="Seen from aside.")
    recolour: Recolour = setting(Recolour(), help="Other colours for dark and light.")
    shadow: Shadow = setting(Shadow(), help="A shadow with a soft edge.")
    contrast: Contrast = setting(Contrast(), help="Paler, stronger, darker or brighter.")
    scan_noise: ScanNoise = setting(ScanNoise(), help="Grain and specks.")
    jpeg: Jpeg = setting(Jpeg(), help="Stored as a poor JPEG.")

    @cached_property
    def active(self) -> tuple[tuple[str, Step], ...]:
        """The steps that any image gets, with their names; worked out once, as most recipes have few."""
        steps = ((name, getattr(self, name)) for name in type(self).model_fields)
        return tuple((name, step) for name, step in steps if step.share)
