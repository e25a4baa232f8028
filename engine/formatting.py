"""Numbers, shares, sizes and durations as people read them, with their units, and names shortened.

Pages, the command line and reports all write values by these functions. Each returns a short string of plain text;
Markdown is escaped by `dashboard.common.markdown`.
"""

import math
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal

DASH = "–"
_ABBREVIATIONS = frozenset({"jpeg"})  # in names of settings
_TITLES = {
    "gpus": "GPUs",
    "fit": "Cropped to ink",
    "word_split": "Whole words",
}  # of settings whose names say little on a page
_SIZES = ("bytes", "kB", "MB", "GB", "TB")


def count(number: float | None, unit: str = "") -> str:
    """Write a whole number with its unit: `60,000 images`; one image is `1 image`."""
    if number is None:
        return DASH
    singular = unit.removesuffix("s") if round(number) == 1 else unit
    return f"{round(number):,} {singular}".strip()


def per_cent(share: float) -> float:
    """Return a finite share of 0 to 1 in per cent with one decimal, halves away from zero: as every score is shown.

    Browsers and Python round halves apart, so what a browser is to write is rounded here first.
    """
    return float(Decimal(repr(round(100 * float(share), 9))).quantize(Decimal("0.1"), ROUND_HALF_UP)) + 0.0


def points(share: float) -> str:
    """Write a share, or the difference of two, in per cent without the sign: `76.8`."""
    return f"{per_cent(share):.1f}"


def percent(share: float | None) -> str:
    """Write a share of 0 to 1 as `76.8 %`."""
    return DASH if share is None or not math.isfinite(share) else f"{points(share)} %"


def percents(share: float | None, alone: float | None) -> str:
    """Write a reader's score with likely texts and without, as `76.8 % (70.1 % by the image alone)`.

    `alone` is None where no text counted as likely, or where there is another reason to tell the first only.
    """
    return (
        percent(share)
        if alone is None or not math.isfinite(alone)
        else f"{percent(share)} ({percent(alone)} by the image alone)"
    )


def rough(share: float) -> str:
    """Write a share of 0 to 1 roughly, as `77 %`; less than one as `under 1 %`."""
    return "under 1 %" if 0 < share < 0.01 else f"{100 * share:.0f} %"


def interval(bounds: list[float] | tuple[float, ...] | None) -> str:
    """Write the bounds of a 95 % interval of a share, or nothing when there are none."""
    return f"95 % interval {points(bounds[0])} to {points(bounds[1])}" if bounds else ""


def decimal(number: float | None, digits: int = 3, unit: str = "") -> str:
    """Write a number with so many significant digits and its unit."""
    if number is None or not math.isfinite(number):
        return DASH
    text = f"{number:,.{digits}g}" if abs(number) < 10**digits else f"{number:,.0f}"
    return f"{text} {unit}".strip()


def pace(rate: float, unit: str) -> str:
    """Write how fast units are done: `3.1 steps/s`, and below one a second `29 s per step`."""
    return decimal(rate, 3, f"{unit}/s") if rate >= 1 else f"{decimal(1 / rate, 2, 's')} per {unit.removesuffix('s')}"


def duration(seconds: float | None) -> str:
    """Write a time span by its two largest units: `3 min 20 s`, `2 h 5 min`."""
    if seconds is None or not math.isfinite(seconds):
        return DASH
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return _pair(whole, 60, "min", "s")
    if whole < 86_400:
        return _pair(whole // 60, 60, "h", "min")
    return _pair(whole // 3600, 24, "d", "h")


def _pair(smaller: int, per: int, large: str, small: str) -> str:
    first, second = divmod(smaller, per)
    return f"{first} {large} {second} {small}" if second else f"{first} {large}"


def size(number: float | None) -> str:
    """Write a number of bytes as `180 MB` (powers of 1000)."""
    if number is None:
        return DASH
    power = 0
    while number >= 999.5 and power < len(_SIZES) - 1:
        number, power = number / 1000, power + 1
    return f"{number:.1f} {_SIZES[power]}" if power and number < 10 else f"{number:.0f} {_SIZES[power]}"


def ago(moment: datetime, now: datetime | None = None) -> str:
    """Write how long ago a moment was, by its largest unit: `just now`, `5 min ago`, `3 d ago`."""
    seconds = ((now or datetime.now(UTC)) - moment).total_seconds()
    if seconds < 60:
        return "just now"
    return f"{' '.join(duration(seconds).split()[:2])} ago"


def sentence(name: str) -> str:
    """Turn the name of a setting into a label: `learning_rate` becomes `Learning rate`, and `jpeg` `JPEG`."""
    if name in _TITLES:
        return _TITLES[name]
    words = " ".join(word.upper() if word in _ABBREVIATIONS else word for word in name.replace("_", " ").split())
    return words[:1].upper() + words[1:]
