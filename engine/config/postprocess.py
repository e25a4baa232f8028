"""Post-processing of an image that trdg has drawn: ten steps, each off until it is given a share of the images.

They are applied in the order of this module. `engine.synth.postprocess` implements them.
"""

from functools import cached_property
from typing import Annotated

from engine.config.base import Config, setting
from engine.config.distributions import FloatSpan, Span, Within


class Step(Config):
    """Base of all steps."""

    share: float = setting(0.0, share=True, ge=0, le=1, help="Share of the images that get this step; 0 is none.")


class Steps(Config):
    """Base of a list of steps: each field is one, in the order in which they are applied."""

    @cached_property
    def active(self) -> tuple[tuple[str, Step], ...]:
        """The steps with a share above 0, by name; computed once for all samples."""
        steps = ((name, getattr(self, name)) for name in type(self).model_fields)
        return tuple((name, step) for name, step in steps if step.share)


class Crop(Step):
    """Cropped edges, as a text detector that is slightly off gives."""

    margin: Annotated[FloatSpan, Within(0, 1, whole=False)] = setting(
        (0.0, 1.0),
        share=True,
        help="Depth of the cut, drawn for each side: 1 takes all the room beside the text, and what text adds.",
    )
    room: Annotated[FloatSpan, Within(0, 1, whole=False)] = setting(
        0.0,
        share=True,
        help="Room added on each side before the cut, as a share of the text's height, so that crops are loose, too.",
    )
    text: Annotated[FloatSpan, Within(0, 0.25, whole=False)] = setting(
        0.0,
        share=True,
        help="Share of the outermost stroke that the deepest cut takes, too; no letter is lost.",
    )


class Perspective(Step):
    """Perspective distortion: corners move inwards, and the outermost pixels are repeated beyond the edge."""

    strength: Annotated[FloatSpan, Within(0, 0.4, whole=False)] = setting(
        (0.05, 0.2), share=True, help="Largest shift of a corner, as a share of the image's height."
    )


class Recolour(Step):
    """Greys replaced by mixtures of two random colours, as of a sign in its shop's colours."""

    contrast: Annotated[FloatSpan, Within(16, 255, whole=False)] = setting(
        (50.0, 220.0), unit="levels", help="Difference of brightness between the two colours, of 255 levels."
    )
    tint: Annotated[FloatSpan, Within(0, 1, whole=False)] = setting(
        (0.0, 0.8), help="Saturation of both: 0 is grey, 1 as colourful as their brightness allows."
    )
    inverted: float = setting(
        0.5, share=True, ge=0, le=1, help="Share of these images whose dark parts become the brighter ones."
    )


class Shadow(Step):
    """A shadow with a soft edge on one side of a line."""

    darkness: Annotated[FloatSpan, Within(0, 0.9, whole=False)] = setting(
        (0.2, 0.6), share=True, help="Share of the light that the shadow takes."
    )
    softness: Annotated[FloatSpan, Within(0, 2, whole=False)] = setting(
        (0.1, 1.0), share=True, help="Width of its edge, as a share of the image's height."
    )


class Glare(Step):
    """A bright reflection: a soft blob, or a streak across the image."""

    strength: Annotated[FloatSpan, Within(0, 0.95, whole=False)] = setting(
        (0.3, 0.8), share=True, help="Share of the way to white that its middle goes."
    )
    size: Annotated[FloatSpan, Within(0.05, 2, whole=False)] = setting(
        (0.2, 0.8), share=True, help="Radius of the blob, or half the width of the streak, as a share of the height."
    )
    streak: float = setting(
        0.3, share=True, ge=0, le=1, help="Share of these images that get a streak instead of a blob."
    )


class MotionBlur(Step):
    """Blur along a line, as of a hand or a thing that moved."""

    length: Annotated[FloatSpan, Within(0, 0.6, whole=False)] = setting(
        (0.05, 0.2), share=True, help="Length of the movement, as a share of the image's height."
    )
    angle: Annotated[Span, Within(0, 180)] = setting(
        (0, 180), unit="degrees", help="Direction of the movement: 0 is along the text, 90 across it."
    )


class Downsampling(Step):
    """Fewer pixels, as of a word that is small in its photo."""

    factor: Annotated[FloatSpan, Within(0.1, 1, whole=False)] = setting(
        (0.2, 0.6),
        help="Size of the small image, times the former; letters of about 6 px and sides of 8 px are left at least.",
    )
    enlarged: float = setting(
        1.0,
        share=True,
        ge=0,
        le=1,
        help="Share of these images that are enlarged to their former size again; the others stay small, so that grain "
        "and JPEG work on the few pixels.",
    )


class Contrast(Step):
    """Changed contrast and brightness."""

    factor: Annotated[FloatSpan, Within(0.2, 2, whole=False)] = setting(
        (0.4, 1.0), help="Factor of every pixel's distance from the mean; below 1 is paler."
    )
    brightness: Annotated[FloatSpan, Within(0, 80, whole=False, signed=True)] = setting(
        (-30.0, 30.0), unit="levels", help="Added to every pixel afterwards, of 255 levels."
    )


class ScanNoise(Step):
    """Grain and specks, as from a scanner or a photocopier."""

    grain: Annotated[FloatSpan, Within(0, 40, whole=False)] = setting(
        (2.0, 10.0), unit="levels", help="Standard deviation of the grain, of 255 levels."
    )
    specks: Annotated[FloatSpan, Within(0, 0.05, whole=False)] = setting(
        (0.0, 0.005), share=True, help="Share of pixels that are black or white specks."
    )


class Jpeg(Step):
    """Artefacts of a JPEG of low quality."""

    quality: Annotated[Span, Within(5, 95)] = setting((20, 70), help="JPEG quality; lower is worse.")


class Postprocess(Steps):
    """The steps after trdg, in order."""

    crop: Crop = setting(Crop(), help="Cropped edges.")
    perspective: Perspective = setting(Perspective(), help="Seen at an angle.")
    recolour: Recolour = setting(Recolour(), help="Other colours for dark and light.")
    shadow: Shadow = setting(Shadow(), help="A shadow with a soft edge.")
    glare: Glare = setting(Glare(), help="A bright reflection.")
    motion_blur: MotionBlur = setting(MotionBlur(), help="Blurred along a line.")
    downsampling: Downsampling = setting(Downsampling(), help="Fewer pixels.")
    contrast: Contrast = setting(Contrast(), help="Paler, stronger, darker or brighter.")
    scan_noise: ScanNoise = setting(ScanNoise(), help="Grain and specks.")
    jpeg: Jpeg = setting(Jpeg(), help="JPEG of low quality.")
