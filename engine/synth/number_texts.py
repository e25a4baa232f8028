"""Write out numbers, dates and amounts of money in the formats that `engine.config.number_formats` names."""

import datetime
from collections.abc import Callable
from random import Random

from engine.config.number_formats import Amounts, Dates, Numbers
from engine.config.weights import Weights

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip

# What stands between thousands, and before the decimals.
_SEPARATORS = {
    "bare": ("", "."),
    "comma": (",", "."),
    "point": (".", ","),
    "space": (" ", ","),
    "apostrophe": ("'", "."),
}

_DATES: dict[str, Callable[[datetime.datetime], str]] = {
    "iso": lambda day: f"{day.year}-{day.month:02}-{day.day:02}",
    "dots": lambda day: f"{day.day:02}.{day.month:02}.{day.year}",
    "slashes": lambda day: f"{day.day:02}/{day.month:02}/{day.year}",
    "american": lambda day: f"{day.month:02}/{day.day:02}/{day.year}",
    "short": lambda day: f"{day.day:02}.{day.month:02}.{day.year % 100:02}",
    "words": lambda day: f"{day.day} {_MONTHS[day.month - 1]} {day.year}",
    "abbreviated": lambda day: f"{day.day} {_MONTHS[day.month - 1][:3]} {day.year}",
    "american_words": lambda day: f"{_MONTHS[day.month - 1]} {day.day}, {day.year}",
    "chinese": lambda day: f"{day.year}年{day.month}月{day.day}日",
    "clock": lambda day: f"{day.hour:02}:{day.minute:02}",
}

# Text before and after, what stands before the decimals ("" for none), and what between thousands where they are apart.
_AMOUNTS = {
    "bare": ("", "", ".", ","),
    "comma": ("", "", ",", "."),
    "dollar": ("$", "", ".", ","),
    "pound": ("£", "", ".", ","),
    "euro": ("", " €", ",", "."),
    "euro_first": ("€", "", ".", ","),
    "euro_code": ("EUR ", "", ".", ","),
    "dollar_code": ("", " USD", ".", ","),
    "yen": ("¥", "", "", ","),
    "yuan": ("", "元", ".", ","),
}


def draw_number(source: Numbers, throw: Random) -> str:
    """Draw one number."""
    between, mark = _SEPARATORS[_format(source.formats, throw)]
    minus = "-" * (throw.random() < source.negative)
    decimals = throw.randint(source.min_decimals, source.max_decimals)
    tail = "".join(throw.choices("0123456789", k=decimals))
    return minus + _grouped(_whole(source.low, source.high, throw), between) + (mark + tail if tail else "")


def draw_date(source: Dates, throw: Random) -> str:
    """Draw one date or time of day."""
    first = datetime.date(source.first_year, 1, 1).toordinal()
    day = datetime.datetime.fromordinal(throw.randint(first, datetime.date(source.last_year, 12, 31).toordinal()))
    minutes = throw.randrange(24 * 60)
    return _DATES[_format(source.formats, throw)](day.replace(hour=minutes // 60, minute=minutes % 60))


def draw_amount(source: Amounts, throw: Random) -> str:
    """Draw one amount of money."""
    before, after, mark, between = _AMOUNTS[_format(source.formats, throw)]
    whole = _grouped(_whole(source.low, source.high, throw), between if throw.random() < source.grouped else "")
    cents = f"{mark}{throw.randrange(100):02}" if mark else ""
    return f"{before}{whole}{cents}{after}"


def _format(formats: Weights, throw: Random) -> str:
    names, sums = formats.choices
    return throw.choices(names, cum_weights=sums)[0]


def _whole(low: int, high: int, throw: Random) -> int:
    """Draw a whole number, each count of digits equally often."""
    digits = throw.randint(len(str(low)), len(str(high)))
    return throw.randint(max(low, 10 ** (digits - 1) if digits > 1 else 0), min(high, 10**digits - 1))


def _grouped(number: int, between: str) -> str:
    return f"{number:,}".replace(",", between)
