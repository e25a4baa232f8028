"""Text sources of a recipe: words, names, digits, characters, patterns, numbers, dates and amounts of money.

`engine.synth.texts` draws from them; it also knows which dictionaries and uploaded lists exist.
"""

import unicodedata
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from engine.config import patterns
from engine.config.base import Config, setting
from engine.config.distributions import Weights, choice_weight, in_order, weight

_MAX_NUMBER = 10**12

UPLOADS = "uploaded/"
"""Begins the id of something uploaded; the SHA-256 of its content follows."""

UPLOADED = rf"^{UPLOADS}[0-9a-f]{{64}}$"
"""The form of such an id."""


Alphabet = Literal["any", "ascii", "letters"]
"""The words that may be used."""


class CaseWeights(Weights):
    """Weights of upper and lower case."""

    listed: float = choice_weight(1.0, "As the dictionary lists the word.")
    lower: float = choice_weight(0.0, "all in lower case.")
    upper: float = choice_weight(0.0, "ALL IN UPPER CASE.")
    capitalised: float = choice_weight(0.0, "First letter in upper case.")
    mixed: float = choice_weight(0.0, "eaCh LetTeR eiTHer WaY.")


class _Dictionary(Config):
    """Settings of a bundled dictionary."""

    kind: Literal["words"] = setting("words", help="Words of a dictionary.")
    weight: float = weight()
    language: str = setting("en", pattern=r"^[a-z_]{2,16}$", help="The dictionary, by its id; `en` is English.")


class _Upload(Config):
    """Settings of an uploaded list or text."""

    kind: Literal["list"] = setting("list", help="An uploaded word list or text.")
    weight: float = weight()
    asset: str = setting(pattern=UPLOADED, help="The uploaded list, by its id.")
    take: Literal["lines", "words"] = setting(
        "lines", help="Draw whole lines, as of a word list, or words that follow one another, as of a running text."
    )


class _Frequencies(Config):
    """Settings of a list of words with their frequencies."""

    kind: Literal["frequent"] = setting("frequent", help="Words by how often a language uses them.")
    weight: float = weight()
    language: str = setting("en", pattern=r"^[a-z_]{2,16}$", help="The language, by its id; `en` is English.")
    frequency: float = setting(
        0.5,
        ge=0,
        le=1,
        help="Exponent of a word's frequency: 1 draws words as often as the language uses them, 0 all equally often.",
    )


class NameWeights(Weights):
    """Weights of the lists of names."""

    given: float = choice_weight(1.0, "Given names, such as Donatas.")
    family: float = choice_weight(1.0, "Family names, such as O'Sullivan.")
    places: float = choice_weight(1.0, "Countries and larger towns, such as La Plata.")
    brands: float = choice_weight(1.0, "Brands, such as Samsung.")


class _Names(Config):
    """Settings of the lists of names."""

    kind: Literal["names"] = setting("names", help="Names of people, places and brands.")
    weight: float = weight()
    lists: NameWeights = setting(NameWeights(), help="Names to draw from.")


class _WordRules(Config):
    """Settings that all sources of words share: filters, counts and case."""

    alphabet: Alphabet = setting(
        "any", help="Words to use: any, those in plain ASCII, or those of the letters a to z only."
    )
    min_words: int = setting(1, ge=1, le=20, unit="words", help="Fewest words in a text.")
    max_words: int = setting(1, ge=1, le=20, unit="words", help="Most words in a text.")
    spaces: bool = setting(True, folded=True, help="One space between words; off joins them, as in Chinese.")
    max_length: int = setting(15, ge=1, le=100, unit="characters", help="Longest text, spaces counted.")
    min_word_length: int = setting(1, ge=1, le=25, unit="characters", folded=True, help="Shortest word to use.")
    cut: bool = setting(
        False, folded=True, help="Cut a text that is too long, in mid-word if necessary, instead of drawing another."
    )
    case: CaseWeights = setting(CaseWeights(), help="How words are written.")
    punctuation: float = setting(
        0.0,
        share=True,
        ge=0,
        le=1,
        folded=True,
        help="Share of words with a mark of punctuation: a comma, a full stop (a capital letter follows), brackets, "
        "quotes and others.",
    )

    @model_validator(mode="after")
    def _bounds_in_order(self) -> Self:
        in_order(self, "min_words", "max_words")
        return self


class Words(_WordRules, _Dictionary):  # the settings of the last base come first
    """One or several words of a bundled dictionary."""


class WordList(_WordRules, _Upload):
    """One or several lines or words of an uploaded list or text."""


class FrequentWords(_WordRules, _Frequencies):
    """One or several words of a language, common ones more often."""


class ProperNames(_WordRules, _Names):
    """One or several names of people, places and brands."""


class Digits(Config):
    """A run of digits."""

    kind: Literal["digits"] = setting("digits", help="Digits 0 to 9.")
    weight: float = weight()
    min_length: int = setting(1, ge=1, le=100, unit="digits", help="Fewest digits in a text.")
    max_length: int = setting(8, ge=1, le=100, unit="digits", help="Most digits in a text.")

    @model_validator(mode="after")
    def _bounds_in_order(self) -> Self:
        in_order(self, "min_length", "max_length")
        return self


class Characters(Config):
    """Characters drawn one by one from an alphabet."""

    kind: Literal["characters"] = setting("characters", help="Random characters.")
    weight: float = weight()
    lower: bool = setting(True, help="Draw from the letters a to z.")
    upper: bool = setting(True, help="Draw from the letters A to Z.")
    digits: bool = setting(True, help="Draw from the digits 0 to 9.")
    symbols: str = setting("", max_length=200, help="Draw from these characters too.")
    min_length: int = setting(2, ge=1, le=100, unit="characters", help="Fewest characters in a text.")
    max_length: int = setting(10, ge=1, le=100, unit="characters", help="Most characters in a text.")

    @property
    def alphabet(self) -> str:
        """The characters to draw from, each once, in a fixed order."""
        classes = (
            "abcdefghijklmnopqrstuvwxyz" * self.lower,
            "ABCDEFGHIJKLMNOPQRSTUVWXYZ" * self.upper,
            "0123456789" * self.digits,
            self.symbols,
        )
        return "".join(dict.fromkeys("".join(classes)))

    @model_validator(mode="after")
    def _bounds_in_order(self) -> Self:
        if not self.alphabet:
            raise ValueError("No characters to draw from. Turn on lower, upper or digits, or give symbols")
        odd = [symbol for symbol in self.symbols if unicodedata.category(symbol)[0] in "CMZ"]
        if odd or not unicodedata.is_normalized("NFC", self.symbols):
            raise ValueError(
                f"symbols holds {odd[0]!r}, which shows nothing by itself. Take it out"
                if odd
                else "symbols is not composed (NFC). Type each with its accent as one character"
            )
        in_order(self, "min_length", "max_length")
        return self


class Pattern(Config):
    """Texts of a form, such as number plates or article numbers."""

    kind: Literal["pattern"] = setting("pattern", help="Texts that follow a pattern.")
    weight: float = weight()
    pattern: str = setting(
        r"[A-Z]{3}-\d{4}",
        min_length=1,
        max_length=500,
        help=r"Characters stand for themselves; [A-Z] one of a class, \d a digit, \w a letter or digit, {3} or {2,4} "
        r"how often, ? once or not, (a|b) one or the other; \ before a sign that means something.",
    )

    @property
    def parts(self) -> patterns.Part:
        """The pattern, parsed."""
        return patterns.parse(self.pattern)

    @property
    def max_length(self) -> int:
        """Characters of the longest text."""
        return patterns.longest(self.parts)

    @model_validator(mode="after")
    def _understood(self) -> Self:
        if patterns.alphabet(self.parts) <= {" "}:
            raise ValueError("The pattern stands for spaces alone, which no reader can read. Add characters to it")
        return self


def _format(default: float, example: str) -> float:
    return choice_weight(default, f"As {example}.")


class NumberFormats(Weights):
    """Weights of thousands separators and decimal marks."""

    bare: float = _format(1.0, "1234567.5")
    comma: float = _format(0.0, "1,234,567.5")
    point: float = _format(0.0, "1.234.567,5")
    space: float = _format(0.0, "1 234 567,5")
    apostrophe: float = _format(0.0, "1'234'567.5")


class Numbers(Config):
    """Numbers between two bounds; each count of digits between those of the bounds is drawn equally often."""

    kind: Literal["numbers"] = setting("numbers", help="Numbers between two bounds.")
    weight: float = weight()
    low: int = setting(0, ge=0, le=_MAX_NUMBER, help="The least number.")
    high: int = setting(9999, ge=0, le=_MAX_NUMBER, help="The largest number, without its decimals.")
    min_decimals: int = setting(0, ge=0, le=6, unit="digits", help="Fewest digits after the decimal mark.")
    max_decimals: int = setting(0, ge=0, le=6, unit="digits", help="Most digits after the decimal mark.")
    negative: float = setting(0.0, share=True, ge=0, le=1, help="Share of numbers with a minus sign.")
    formats: NumberFormats = setting(NumberFormats(), help="Thousands separator and decimal mark.")

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
    """Weights of the formats of a date or a time of day."""

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
    """Weights of the formats of an amount of money."""

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
    low: int = setting(0, ge=0, le=_MAX_NUMBER, help="The least amount, in whole units.")
    high: int = setting(999, ge=0, le=_MAX_NUMBER, help="The largest amount, in whole units.")
    grouped: float = setting(
        0.5, share=True, ge=0, le=1, help="Share of amounts with a thousands separator, as in 1,234.50."
    )
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


AnyWords = Words | FrequentWords | ProperNames | WordList
"""The sources of words, which share their rules."""

TextSource = Annotated[
    Words | FrequentWords | ProperNames | Digits | Characters | WordList | Pattern | Numbers | Dates | Amounts,
    Field(discriminator="kind"),
]
