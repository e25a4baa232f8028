"""Which setting of a recipe closes a gap between synthetic and real images, and in which direction.

The settings are named by their place in a recipe (`looks.blur` is that of each look). How far to move them is for the
eyes: move, preview, compare again. Tests draw images to prove that each setting moves its measure as is said here.
"""

from dataclasses import dataclass
from typing import Literal

from engine.datasets.comparison import Gap

Direction = Literal["more", "less", "wider", "narrower"]


@dataclass(frozen=True)
class Advice:
    """What would bring synthetic images closer to real ones in one measure.

    Attributes:
        setting: its place in a recipe.
        direction: whether real images have more of the measure, less, or about as much but spread wider or narrower.
        text: a sentence that says what to do.
    """

    setting: str
    direction: Direction
    text: str


@dataclass(frozen=True)
class _Remedy:
    setting: str
    more: str
    less: str
    wider: str
    narrower: str


def _from_zero(setting: str, name: str) -> _Remedy:
    """Return the remedy of a setting that draws between 0 and its value, so that its width is its height."""
    more, less = f"Raise the {name}.", f"Lower the {name}."
    return _Remedy(setting, more, less, more, less)


def _of_one_value(setting: str, name: str, more: str, less: str) -> _Remedy:
    return _Remedy(setting, more, less, f"Add a look with another {name}.", f"Let all looks have one {name}.")


def _background(more: str, less: str) -> _Remedy:
    return _Remedy("looks.background", more, less, "Mix more kinds of background.", "Mix fewer kinds of background.")


_TEXTS = _Remedy(
    "texts.max_length", "Draw longer texts or more words.", "Draw shorter texts or fewer words.",
    "Mix short texts with long ones.", "Draw texts of like length.",
)  # fmt: skip
_REMEDIES = {
    "contrast": _Remedy(
        "looks.colours", "Draw darker text: lower the ends of the colours.",
        "Draw paler text: raise the ends of the colours.", "Widen the colours' range.", "Narrow the colours' range.",
    ),
    "brightness": _background("Give white backgrounds more weight.", "Give pictures more weight as backgrounds."),
    "blur": _from_zero("looks.blur", "blur"),
    "noise": _background("Give noise more weight as background.", "Give noise less weight as background."),
    "unevenness": _background("Give pictures more weight as backgrounds.", "Give pictures less weight as backgrounds."),
    "stroke": _of_one_value(
        "looks.stroke_width", "stroke width or bolder fonts", "Choose bolder fonts, or raise the stroke's width.",
        "Choose lighter fonts, and no strokes.",
    ),
    "slant": _Remedy(
        "looks.fonts", "Choose more italic fonts.", "Choose fewer italic fonts.",
        "Mix italic with upright fonts.", "Choose fonts that lean alike.",
    ),
    "tilt": _from_zero("looks.skew", "skew"),
    "fill": _of_one_value("looks.margin", "margin", "Lower the margin.", "Raise the margin."),
    "aspect": _TEXTS,
    "height": _of_one_value("looks.height", "height", "Raise the height.", "Lower the height."),
    "length": _TEXTS,
}  # fmt: skip
SETTINGS: dict[str, str] = {measure: remedy.setting for measure, remedy in _REMEDIES.items()}
"""The setting that governs each measure."""


def advise(gap: Gap) -> Advice | None:
    """Return what would close a gap whose first set is synthetic and whose second is real; None if none is told."""
    remedy = _REMEDIES.get(gap.measure)
    if remedy is None or not gap.told:
        return None
    direction = _direction(gap)
    return Advice(remedy.setting, direction, getattr(remedy, direction))


def _direction(gap: Gap) -> Direction:
    """Say whether the middle or the width of the two distributions differs more, and which way."""
    shift = gap.second.median - gap.first.median
    growth = (gap.second.high - gap.second.low) - (gap.first.high - gap.first.low)
    if abs(shift) >= abs(growth) / 2:
        return "more" if shift > 0 else "less"
    return "wider" if growth > 0 else "narrower"
