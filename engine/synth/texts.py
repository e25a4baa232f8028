"""Drawing of texts from the text sources of a recipe. Texts are not yet filtered by split or by font."""

import datetime
import functools
import string
import unicodedata
from collections.abc import Callable
from random import Random
from typing import NamedTuple

from engine.config.distributions import Weights
from engine.config.patterns import CharacterClass, Choice, Part, Repeat, Sequence
from engine.config.text_sources import (
    Alphabet,
    Amounts,
    AnyWords,
    Characters,
    Dates,
    Digits,
    FrequentWords,
    Numbers,
    Pattern,
    ProperNames,
    TextSource,
    WordList,
    Words,
)
from engine.errors import ConfigError
from engine.synth.asset_resolver import AssetResolver
from engine.synth.dictionaries import Dictionary
from engine.synth.fitting import FittingWords, TextForm, WordSource, why_none
from engine.synth.letter_case import capitalised, lower, upper
from engine.synth.rng import Rng
from engine.synth.scripts import is_plain

_TRIES = 100  # texts drawn at random before those that fit are looked for
_PATTERN_TRIES = 10_000  # texts of a pattern before it counts as one of spaces
_MEASURED = 100_000  # words of a list that are looked through for those that fit, before all of them
_CASES: dict[str, Callable[[str, str, Random], str]] = {
    "listed": lambda word, language, _: word,
    "lower": lambda word, language, _: lower(word, language),
    "upper": lambda word, language, _: upper(word, language),
    "capitalised": lambda word, language, _: capitalised(word, language),
    "mixed": lambda word, language, stream: "".join(
        stream.choice((lower(c, language), upper(c, language))) for c in word
    ),
}
# Before and behind a word, and how often, about as in English prose.
_MARKS = {
    ("", ","): 36,
    ("", "."): 30,
    ("", ";"): 4,
    ("", ":"): 6,
    ("", "?"): 3,
    ("", "!"): 3,
    ("", "-"): 4,
    ("(", ")"): 5,
    ('"', '"'): 5,
    ("'", "'"): 2,
    ("", "'s"): 2,
}
_ENDS = frozenset(".?!")
_LETTERS = frozenset(string.ascii_letters)

_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]

# Thousands separator and decimal mark.
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

# Prefix, suffix, decimal mark (empty: no decimals), and thousands separator where thousands are grouped.
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


class _Streams(NamedTuple):
    """Random streams of a text of words: of the words, of their case, and of marks of punctuation."""

    words: Random
    case: Random
    marks: Random


def draw_text(source: TextSource, rng: Rng, assets: AssetResolver) -> str:
    """Draw one text, without spaces around it.

    Args:
        source: the text source.
        rng: gives a random stream by its name: `text`, and `case` and `punctuation` for those of words.
        assets: finds dictionaries and uploaded lists.

    Raises:
        ConfigError: the source's rules leave nothing to draw.
    """
    stream = rng("text")
    match source:
        case Words() | FrequentWords() | ProperNames() | WordList():
            return _words(source, assets.words(source), _Streams(stream, rng("case"), rng("punctuation")))
        case Digits():
            return _characters(string.digits, source.min_length, source.max_length, stream)
        case Characters():
            return _characters(source.alphabet, source.min_length, source.max_length, stream)
        case Pattern():
            return _pattern(source, stream)
        case Numbers():
            return _number(source, stream)
        case Dates():
            return _date(source, stream)
        case Amounts():
            return _amount(source, stream)


def _words(source: AnyWords, dictionary: WordSource, streams: _Streams) -> str:
    stream = streams.words
    cases, cumulative = source.case.choices
    (case,) = streams.case.choices(cases, cum_weights=cumulative)
    fits = functools.partial(_fits, source)
    running = isinstance(source, WordList) and source.take == "words"
    for _ in range(_TRIES):
        count = stream.randint(source.min_words, source.max_words)
        words = (
            dictionary.draw_run(stream, count, fits)
            if running and isinstance(dictionary, Dictionary)
            else [dictionary.draw(stream, fits) for _ in range(count)]
        )
        if None in words:
            break
        text = _joined(source, [word for word in words if word], case, streams)
        if text is not None:
            return text
    return _seldom_fitting(source, dictionary, case, streams)


def _joined(source: AnyWords, words: list[str], case: str, streams: _Streams) -> str | None:
    """Return the text of some words; None where it is too long, or cannot be drawn."""
    written = [_CASES[case](word, _language(source), streams.case) for word in words]
    if source.punctuation:
        written = _punctuated(written, source.punctuation, streams.marks, _language(source))
    text = unicodedata.normalize("NFC", (" " * source.spaces).join(written))
    if source.cut:
        text = text[: source.max_length].strip()
    fits = len(text) <= source.max_length and is_plain(text)  # a letter may change into two by its case
    return text if fits else None


def _punctuated(words: list[str], share: float, stream: Random, language: str) -> list[str]:
    """Return words, a share of which has marks; after one that ends a sentence the next word begins with a capital."""
    written, begins = [], False
    for word in words:
        word = capitalised(word[:1], language) + word[1:] if begins else word
        before, after = stream.choices(list(_MARKS), list(_MARKS.values()))[0] if stream.random() < share else ("", "")
        written.append(before + word + after)
        begins = after in _ENDS
    return written


def _seldom_fitting(source: AnyWords, dictionary: WordSource, case: str, streams: _Streams) -> str:
    """Draw a text among all that fit. Raises ConfigError, with the reason, when there are none."""
    running = isinstance(source, WordList) and source.take == "words"
    form = TextForm(source.min_words, source.max_words, int(source.spaces), source.max_length, running)
    spread = 1 if running else max(1, len(dictionary) // _MEASURED)
    for step in sorted({spread, 1}, reverse=True):
        words = _measured(dictionary, source.alphabet, source.min_word_length, case, step)
        if source.cut:
            form = form._replace(room=(words.longest + form.gap) * form.most)
        for _ in range(_TRIES):
            drawn = words.draw(streams.words, form)
            if drawn is None:
                break
            text = _joined(source, drawn, case, streams)
            if text is not None:
                return text
    why = why_none(words, len(dictionary), form, _name(source), source.alphabet)
    raise ConfigError(f"texts: {why}. Allow any alphabet, longer texts or fewer words, or cut them.")


@functools.lru_cache(maxsize=8)
def _measured(words: WordSource, alphabet: Alphabet, shortest: int, case: str, step: int) -> FittingWords:
    """Return the words of a list that keep to an alphabet and are not too short, measured as written in a case."""
    write, unchanged = _CASES[case], Random(0)  # which letters of mixed case are capitals changes few lengths

    def length(word: str) -> int:
        return len(unicodedata.normalize("NFC", write(word, "", unchanged)))

    def fits(word: str) -> bool:
        return len(word) >= shortest and _in_alphabet(alphabet, word)

    return FittingWords(words, fits, length, step)


def _language(source: AnyWords) -> str:
    """Return the language of words; empty for uploaded lists and names."""
    return getattr(source, "language", "")


def _name(source: AnyWords) -> str:
    name = {"list": "the uploaded list", "names": "the lists of names"}.get(source.kind) or repr(_language(source))
    least = source.min_word_length
    return f"{name} with {least} characters or more" if least > 1 else name


def _fits(source: AnyWords, word: str) -> bool:
    if (len(word) > source.max_length and not source.cut) or len(word) < source.min_word_length:
        return False
    return _in_alphabet(source.alphabet, word)


def _in_alphabet(alphabet: Alphabet, word: str) -> bool:
    return {"any": True, "ascii": word.isascii(), "letters": _LETTERS.issuperset(word)}[alphabet]


def _characters(alphabet: str, least: int, most: int, stream: Random) -> str:
    length = stream.randint(least, most)
    return "".join(stream.choices(alphabet, k=length))


def _pattern(source: Pattern, stream: Random) -> str:
    for _ in range(_PATTERN_TRIES):
        text = unicodedata.normalize("NFC", draw_pattern(source.parts, stream)).strip()
        if text:
            return text
    raise ConfigError(
        f"texts: the pattern {source.pattern!r} gives spaces or nothing nearly always. Make less of it optional."
    )


def draw_pattern(part: Part, stream: Random) -> str:
    """Draw one text of a part of a pattern: branches, characters and counts are each equally likely."""
    match part:
        case CharacterClass(characters):
            return stream.choice(characters)
        case Sequence(parts):
            return "".join(draw_pattern(each, stream) for each in parts)
        case Choice(branches):
            return draw_pattern(stream.choice(branches), stream)
        case Repeat(inner, least, most):
            return "".join(draw_pattern(inner, stream) for _ in range(stream.randint(least, most)))


def _number(source: Numbers, stream: Random) -> str:
    thousands, mark = _SEPARATORS[_format(source.formats, stream)]
    negative = stream.random() < source.negative
    decimals = stream.randint(source.min_decimals, source.max_decimals)
    tail = "".join(stream.choices("0123456789", k=decimals))
    written = _grouped(_whole(source.low, source.high, stream), thousands) + (mark + tail if tail else "")
    return f"-{written}" if negative and written.strip("0,.' ") else written


def _date(source: Dates, stream: Random) -> str:
    first = datetime.date(source.first_year, 1, 1).toordinal()
    day = datetime.datetime.fromordinal(stream.randint(first, datetime.date(source.last_year, 12, 31).toordinal()))
    minutes = stream.randrange(24 * 60)
    return _DATES[_format(source.formats, stream)](day.replace(hour=minutes // 60, minute=minutes % 60))


def _amount(source: Amounts, stream: Random) -> str:
    prefix, suffix, mark, thousands = _AMOUNTS[_format(source.formats, stream)]
    whole = _grouped(_whole(source.low, source.high, stream), thousands if stream.random() < source.grouped else "")
    cents = f"{mark}{stream.randrange(100):02}" if mark else ""
    return f"{prefix}{whole}{cents}{suffix}"


def _format(formats: Weights, stream: Random) -> str:
    names, cumulative = formats.choices
    return stream.choices(names, cum_weights=cumulative)[0]


def _whole(low: int, high: int, stream: Random) -> int:
    """Draw an integer, each count of digits equally often."""
    digits = stream.randint(len(str(low)), len(str(high)))
    return stream.randint(max(low, 10 ** (digits - 1) if digits > 1 else 0), min(high, 10**digits - 1))


def _grouped(number: int, thousands: str) -> str:
    return f"{number:,}".replace(",", thousands)
