"""Config of the step from a text map to boxes: the four numbers that are tuned for each locator."""

from glyphlab_read.settings import ClosedModel, setting


class Thresholds(ClosedModel):
    """The four numbers that take boxes from a text map. Tuned on validation maps, and kept with the locator."""

    binary: float = setting(0.5, ge=0.02, le=0.98, help="Probability above which a pixel counts as text.")
    box: float = setting(
        0.6, ge=0.0, le=1.0, help="Least mean probability of a box's pixels; boxes below it are left out."
    )
    unclip: float = setting(
        1.0,
        ge=0.3,
        le=3.0,
        help="How far a box is grown from its kernel, as a factor of what undoes the shrinking that it learned from.",
    )
    smallest: float = setting(6.0, unit="px", ge=0.0, le=200.0, help="Boxes with a shorter side are left out.")
