"""Text sources of figures: numbers, dates and amounts of money, each in formats that are weighted.

The names of formats stand for the examples in their help; how they are written out, `engine.synth` knows.
"""

from typing import Literal, Self

from pydantic import model_validator

from engine.config.base import Config, setting
from engine.config.weights import Weights, in_order, weight

_MOST = 10**12


def _format(default: float, example: str) -> float:
    return setting(default, ge=0, le=1000, help=f"As {example}.")


class NumberFormats(Weights):
    """How the thousands and the decimals of a number are set off."""

    bare: float = _format(1.0, "1234567.5")
    comma: float = _format(0.0, "1,234,567.5")
    point: float = _format(0.0, "1.234.567,5")
    space: float = _format(0.0, "1 234 567,5")
    apostrophe: float = _format(0.0, "1'234'567.5")


class Numbers(Config):
    """Numbers between two bounds; each count of digits between those of the bounds is drawn equally often."""

    kind: Literal["numbers"] = setting("numbers", help="Numbers between two bounds.")
    weight: float = weight()
    low: int = setting(0, ge=0, le=_MOST, help="The least number.")
    high: int = setting(9999, ge=0, le=_MOST, help="The largest number, its decimals aside.")
    min_decimals: int = setting(0, ge=0, le=6, unit="digits", help="Fewest digits after the decimal mark.")
    max_decimals: int = setting(0, ge=0, le=6, unit="digits", help="Most digits after the decimal mark.")
    negative: float = setting(0.0, ge=0, le=1, help="Share of numbers with a minus in front.")
    formats: NumberFormats = setting(NumberFormats(), help="How thousands and decimals are set off.")

    @property
    def max_length(self) -> int:
        """Characters of the longest number, at most."""
        digits = len(str(self.high))
        return digits + (digits - 1) // 3 + (self.max_decimals + 1) * (self.max_decimals > 0) + (self.negative > 0)

    @model_validator(mode="after")
    def _bounds_in_order(self) -> Self:
        in_order(self, "low", "high")
        in_order(self, "min_decimals", "max_decimals")
        return self


class DateFormats(Weights):
    """How a date or a time of day is written."""

    iso: float = _format(1.0, "2024-03-09")
    dots: float = _format(1.0, "09.03.2024")
    slashes: float = _format(1.0, "09/03/2024, the day first")
    american: float = _format(0.0, "03/09/2024, the month first")
    short: float = _format(0.0, "09.03.24")
    words: float = _format(0.0, "9 March 2024")
    abbreviated: float = _format(0.0, "9 Mar 2024")
    american_words: float = _format(0.0, "March 9, 2024")
    chinese: float = _format(0.0, "2024年3月9日")
    clock: float = _format(0.0, "14:35, a time of day")


class Dates(Config):
    """Days of the calendar, all equally often."""

    kind: Literal["dates"] = setting("dates", help="Dates and times of day.")
    weight: float = weight()
    first_year: int = setting(1990, ge=1000, le=9999, unit="years", help="The first year that days are drawn from.")
    last_year: int = setting(2030, ge=1000, le=9999, unit="years", help="The last year.")
    formats: DateFormats = setting(DateFormats(), help="How they are written.")

    @property
    def max_length(self) -> int:
        """Characters of the longest date, at most."""
        lengths = {"american_words": 18, "words": 17, "abbreviated": 11, "chinese": 11, "short": 8, "clock": 5}
        return max(lengths.get(name, 10) for name, share in self.formats.plain().items() if share)

    @model_validator(mode="after")
    def _bounds_in_order(self) -> Self:
        in_order(self, "first_year", "last_year")
        return self


class AmountFormats(Weights):
    """How an amount of money is written."""

    bare: float = _format(1.0, "1234.50")
    comma: float = _format(0.0, "1234,50")
    dollar: float = _format(1.0, "$1234.50")
    pound: float = _format(0.0, "£1234.50")
    euro: float = _format(1.0, "1234,50 €")
    euro_first: float = _format(0.0, "€1234.50")
    euro_code: float = _format(0.0, "EUR 1234.50")
    dollar_code: float = _format(0.0, "1234.50 USD")
    yen: float = _format(0.0, "¥1234, without decimals")
    yuan: float = _format(0.0, "1234.50元")


class Amounts(Config):
    """Amounts of money; each count of digits between those of the bounds is drawn equally often."""

    kind: Literal["amounts"] = setting("amounts", help="Amounts of money.")
    weight: float = weight()
    low: int = setting(0, ge=0, le=_MOST, help="The least amount, in whole units.")
    high: int = setting(999, ge=0, le=_MOST, help="The largest amount, in whole units.")
    grouped: float = setting(0.5, ge=0, le=1, help="Share of amounts whose thousands are set off, as in 1,234.50.")
    formats: AmountFormats = setting(AmountFormats(), help="How they are written.")

    @property
    def max_length(self) -> int:
        """Characters of the longest amount, at most."""
        digits = len(str(self.high))
        extra = {"bare": 3, "comma": 3, "yen": 1, "euro": 5, "euro_code": 7, "dollar_code": 7}
        around = max(extra.get(name, 4) for name, share in self.formats.plain().items() if share)
        return digits + (digits - 1) // 3 * (self.grouped > 0) + around

    @model_validator(mode="after")
    def _bounds_in_order(self) -> Self:
        in_order(self, "low", "high")
        return self
