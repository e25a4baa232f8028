"""Advice on a gap between synthetic and real images: the setting of a recipe that closes it, and the direction.

The settings are named by their place in a recipe (`looks.blur` is that of each style). How far to move them is for the
eyes: move, preview, compare again. Tests draw images to prove that each setting moves its measure as is said here.
"""

from dataclasses import dataclass
from typing import Literal

from engine.datasets.comparison import Gap

Direction = Literal["more", "less", "wider", "narrower"]


@dataclass(frozen=True)
class Advice:
    """Advice that brings synthetic images closer to real ones in one measure.

    Attributes:
        setting: the first setting to move, by its place in a recipe.
        also: others that move the measure too.
        direction: whether real images have more of the measure, less, or about as much but spread wider or narrower.
        text: a sentence that says what to do; between backticks stand settings by their place below a style or a text
            source, for whoever shows it to name as its form does.
    """

    setting: str
    also: tuple[str, ...]
    direction: Direction
    text: str


@dataclass(frozen=True)
class _Remedy:
    settings: tuple[str, ...]
    more: str
    less: str
    wider: str
    narrower: str


def _span(setting: str) -> _Remedy:
    """Return the remedy of a setting that may have two ends and takes its measure along."""
    name = f"`{setting.partition('.')[2]}`"
    more, less = f"Raise {name}, both ends if it has two.", f"Lower {name}, both ends if it has two."
    return _Remedy(
        (setting,), more, less, f"Give {name} two ends, farther apart.", f"Give {name} two ends, closer together."
    )


_TEXTS = _Remedy(
    ("texts.max_length", "texts.max_words", "looks.character_spacing"),
    "Draw longer texts or more words: raise `max_length` or `max_words`.",
    "Draw shorter texts or fewer words: lower `max_length` or `max_words`.",
    "Mix short texts with long ones: add a text source with another `max_length`.",
    "Draw texts of like length: bring `min_length` and `max_length` closer together.",
)
_REMEDIES = {
    "contrast": _Remedy(
        ("looks.colours", "looks.least_contrast", "looks.after.contrast.factor"),
        "Raise `least_contrast`, or draw darker text: lower the ends of `colours`.",
        "Draw paler text: raise the ends of `colours`, or give `after.contrast` a share and a factor below 1.",
        "Widen the range of `colours`, or give `after.contrast` a share and its factor two ends.",
        "Narrow the range of `colours`, and that of `after.contrast.factor`.",
    ),
    "brightness": _Remedy(
        ("looks.background", "looks.after.contrast.brightness", "looks.after.shadow"),
        "Raise `background.white`, or `after.contrast.brightness`.",
        "Raise `background.picture`, lower `after.contrast.brightness`, or give `after.shadow` a share.",
        "Mix more kinds of `background`, or give `after.contrast` a share and its brightness two ends.",
        "Mix fewer kinds of `background`, and lower the share of `after.contrast`.",
    ),
    "blur": _span("looks.blur"),
    "noise": _Remedy(
        ("looks.background", "looks.after.scan_noise"),
        "Raise `background.noise`, or give `after.scan_noise` a share.",
        "Lower `background.noise`, and the share of `after.scan_noise`.",
        "Mix more kinds of `background`, or give `after.scan_noise` a share of half the images.",
        "Mix fewer kinds of `background`, and give `after.scan_noise` all images or none.",
    ),
    "unevenness": _Remedy(
        ("looks.background", "looks.after.shadow"),
        "Raise `background.picture`, or give `after.shadow` a share.",
        "Lower `background.picture`, and the share of `after.shadow`.",
        "Mix more kinds of `background`, or give `after.shadow` a share of half the images.",
        "Mix fewer kinds of `background`, and give `after.shadow` all images or none.",
    ),
    "stroke": _Remedy(
        ("looks.stroke_width", "looks.fonts"),
        "Choose bolder `fonts`, or raise `stroke_width`.",
        "Choose lighter `fonts`, and lower `stroke_width` to 0.",
        "Mix light and bold `fonts`, or give `stroke_width` two ends.",
        "Choose `fonts` that are alike bold, and one `stroke_width`.",
    ),
    "slant": _Remedy(
        ("looks.fonts",),
        "Choose more italic `fonts`.",
        "Choose fewer italic `fonts`.",
        "Mix italic with upright `fonts`.",
        "Choose `fonts` that lean alike.",
    ),
    "tilt": _span("looks.skew"),
    "fill": _Remedy(
        ("looks.margin", "looks.fit"),
        "Lower `margin`, or raise `fit`, so that letters fill the height.",
        "Raise `margin`, or lower `fit`.",
        "Give `margin` two ends, farther apart.",
        "Give `margin` two ends, closer together.",
    ),
    "aspect": _TEXTS,
    "height": _span("looks.height"),
    "length": _TEXTS,
}
SETTINGS: dict[str, tuple[str, ...]] = {measure: remedy.settings for measure, remedy in _REMEDIES.items()}
"""The settings that govern each measure, the first to move first."""


def advise(gap: Gap) -> Advice | None:
    """Return the advice on a gap between a synthetic and a real set, in this order; None if it is not significant."""
    remedy = _REMEDIES.get(gap.measure)
    if remedy is None or not gap.significant:
        return None
    direction = _direction(gap)
    setting, *also = remedy.settings
    return Advice(setting, tuple(also), direction, getattr(remedy, direction))


def _direction(gap: Gap) -> Direction:
    """Say whether the middle or the width of the two distributions differs more, and which way."""
    shift = gap.second.median - gap.first.median
    growth = (gap.second.high - gap.second.low) - (gap.first.high - gap.first.low)
    if abs(shift) >= abs(growth) / 2:
        return "more" if shift > 0 else "less"
    return "wider" if growth > 0 else "narrower"
