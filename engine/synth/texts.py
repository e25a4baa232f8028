"""Draw texts by a text source. Which texts a split or a font may use is for the caller to ask."""

import functools
import string
import unicodedata
from collections.abc import Callable
from random import Random

from engine.config.number_formats import Amounts, Dates, Numbers
from engine.config.text_sources import Characters, Digits, Pattern, TextSource, WordList, Words
from engine.errors import ConfigError
from engine.synth.asset_resolver import AssetResolver
from engine.synth.dictionaries import Dictionary
from engine.synth.number_texts import draw_amount, draw_date, draw_number
from engine.synth.patterns import draw_pattern
from engine.synth.scripts import is_plain

_TRIES = 100  # texts drawn before a source counts as one that nothing fits
_CASES: dict[str, Callable[[str, Random], str]] = {
    "listed": lambda word, _: word,
    "lower": lambda word, _: word.lower(),
    "upper": lambda word, _: word.upper(),
    "capitalised": lambda word, _: word[:1].upper() + word[1:].lower(),
    "mixed": lambda word, throw: "".join(throw.choice((c.lower(), c.upper())) for c in word),
}
_LETTERS = frozenset(string.ascii_letters)


def draw_text(source: TextSource, dice: Callable[[str], Random], shelf: AssetResolver) -> str:
    """Draw one text, without spaces around it.

    Args:
        source: where it comes from.
        dice: gives the dice of each decision by its name, so that changing one setting leaves the others' throws alone.
        shelf: where dictionaries and uploaded lists are found.

    Raises:
        ConfigError: the source's rules leave nothing to draw.
    """
    throw = dice("text")
    match source:
        case Words() | WordList():
            return _words(source, shelf.words(source), throw, dice("case"))
        case Digits():
            return _characters(string.digits, source.min_length, source.max_length, throw)
        case Characters():
            return _characters(source.alphabet, source.min_length, source.max_length, throw)
        case Pattern():
            return _pattern(source, throw)
        case Numbers():
            return draw_number(source, throw)
        case Dates():
            return draw_date(source, throw)
        case Amounts():
            return draw_amount(source, throw)


def _characters(alphabet: str, least: int, most: int, throw: Random) -> str:
    length = throw.randint(least, most)
    return "".join(throw.choices(alphabet, k=length))


def _pattern(source: Pattern, throw: Random) -> str:
    for _ in range(_TRIES):
        text = unicodedata.normalize("NFC", draw_pattern(source.parts, throw)).strip()
        if text:
            return text
    raise ConfigError(
        f"texts: the pattern {source.pattern!r} gives spaces or nothing nearly always. Make less of it optional."
    )


def _words(source: Words | WordList, listed: Dictionary, throw: Random, case_dice: Random) -> str:
    fits = functools.partial(_fits, source)
    cases, sums = source.case.choices
    (case,) = case_dice.choices(cases, cum_weights=sums)
    running = isinstance(source, WordList) and source.take == "words"
    for _ in range(_TRIES):
        count = throw.randint(source.min_words, source.max_words)
        words = listed.run(throw, count, fits) if running else [listed.draw(throw, fits) for _ in range(count)]
        if None in words:
            break
        text = unicodedata.normalize(
            "NFC", (" " * source.spaces).join(_CASES[case](word, case_dice) for word in words if word)
        )
        if source.cut:
            text = text[: source.max_length].strip()
        if len(text) <= source.max_length and is_plain(text):  # a letter may change into two by its case
            return text
    raise ConfigError(
        f"texts: no {source.min_words} to {source.max_words} words of {_name(source)} with alphabet "
        f"{source.alphabet!r} fit in {source.max_length} characters. Allow any alphabet, longer texts or fewer words, "
        "or cut them."
    )


def _name(source: Words | WordList) -> str:
    return repr(source.language) if isinstance(source, Words) else "the uploaded list"


def _fits(source: Words | WordList, word: str) -> bool:
    if len(word) > source.max_length and not source.cut:
        return False
    return {"any": True, "ascii": word.isascii(), "letters": _LETTERS.issuperset(word)}[source.alphabet]
