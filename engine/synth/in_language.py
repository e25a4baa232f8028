"""A recipe in another language: its words by dictionary or frequency, and the letters of all else that it draws."""

import functools
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from random import Random
from typing import Any

from engine.config.recipe import Recipe
from engine.config.text_sources import Characters, FrequentWords, Pattern, ProperNames, TextSource, Words
from engine.errors import ConfigError
from engine.synth.dictionaries import INCOMPLETE, DictionaryLanguage, dictionary, fontless_languages, languages
from engine.synth.frequencies import frequency_languages, frequent_words, has_frequencies
from engine.synth.letter_case import capitalised
from engine.synth.saved_recipes import AnyRecipe

_SYLLABLES = {"cn", "ko"}  # whose dictionaries list single characters
_SPACELESS = {"cn", "ja", "th"}
_LOOKED_AT = 20_000  # words by which the letters of a language are known
_SELDOM = 1000  # words, of which a letter stands in one at least
_MOST_LETTERS = 60  # small ones, of an alphabet


def in_language(recipe: AnyRecipe, language: str) -> AnyRecipe:
    """Return a recipe whose texts are of another language; uploaded lists stay.

    Words come by frequency where the dictionary is incomplete. Random characters and patterns take the letters of the
    language, and where these are not Latin, names of people, places and brands are left out.

    Raises:
        ConfigError: there are no words of the language here, or the recipe has nothing left.
    """
    if isinstance(recipe, Recipe):
        return recipe.changed(texts=[text for text in texts_in_language(recipe, language) if text is not None])
    return recipe.changed(words=in_language(recipe.words, language))


def texts_in_language(recipe: Recipe, language: str) -> list[TextSource | None]:
    """Return each text source of a recipe in a language; None for one it has no use for. Raises as `in_language`."""
    texts = [_translated(source, language) for source in recipe.texts]
    if not any(text is not None and text.weight for text in texts):
        raise ConfigError(f"language: no text source of {recipe.name!r} can be put into {language!r}. Add words to it.")
    return texts


def _translated(source: TextSource, language: str) -> TextSource | None:
    letters = letters_of(language)
    latin = letters[0].isascii()
    match source:
        case Words() | FrequentWords():
            return _words(source, language)
        case ProperNames():
            return source if latin else None
        case Characters():
            return _characters(source, letters, _capitals(letters, language))
        case Pattern() if not latin and len(letters) <= _MOST_LETTERS:
            return _pattern(source, letters, _capitals(letters, language))
        case _:
            return source


def word_languages() -> list[DictionaryLanguage]:
    """Return all languages that there are words of here, by dictionary or frequency, sorted by name."""
    known = [*frequency_languages(), *fontless_languages(), *languages()]
    return sorted({each.id: each for each in known}.values(), key=lambda each: each.label)


@functools.lru_cache(maxsize=16)
def letters_of(language: str) -> str:
    """Return the small letters of a language's own script, commonest first.

    Those count that stand in one of a thousand words: of the more frequent ones, if their frequencies are here. English
    has no others than a to z.

    Raises:
        ConfigError: there are no words of the language here.
    """
    counted = Counter(letter for word in _some_words(language) for letter in {*word.lower()} if letter.isalpha())
    found = [letter for letter, words in counted.most_common() if words >= _LOOKED_AT / _SELDOM]
    scripts: Counter[str] = Counter()
    for letter in found:
        scripts[_script(letter)] += counted[letter]
    (script, _), *_ = scripts.most_common(1)
    own = "".join(letter for letter in found if _script(letter) == script)
    return "".join(letter for letter in own if letter.isascii()) if language == "en" else own


def _some_words(language: str) -> Iterable[str]:
    if _has_frequencies(language) and has_frequencies():
        words, stream = frequent_words(language, FrequentWords().frequency), Random(0)
        return (words.draw(stream, lambda _: True) or "" for _ in range(_LOOKED_AT))
    listed = dictionary(language)
    return (listed[place * len(listed) // _LOOKED_AT] for place in range(_LOOKED_AT))


def _script(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0]


def _has_frequencies(language: str) -> bool:
    return language in {each.id for each in frequency_languages()}


def _by_frequency(source: Words | FrequentWords, language: str) -> bool:
    """Say whether words of a language are to come by frequency."""
    listed = {each.id for each in (*languages(), *fontless_languages())}
    if language not in listed or language in INCOMPLETE or language in _SYLLABLES:
        return True
    return isinstance(source, FrequentWords) and _has_frequencies(language)


def _words(source: Words | FrequentWords, language: str) -> TextSource:
    kept: dict[str, Any] = {**source.plain(), "language": language}
    kind = FrequentWords if _by_frequency(source, language) else Words
    kept = {name: value for name, value in kept.items() if name in kind.model_fields and name != "kind"}
    if language != "en":
        kept["alphabet"] = "any"
    if language in _SPACELESS:
        kept["spaces"] = False
    return kind.parse(kept)


def _characters(source: Characters, letters: str, capitals: str) -> TextSource | None:
    """Return random characters of an alphabet; None where a script has too many to be drawn at random."""
    if len(letters) > _MOST_LETTERS:
        return None
    former = [letter for letter in source.symbols if letter.isalpha()]
    lower = source.lower or not all(letter.isupper() for letter in former) or not capitals
    upper = source.upper or any(letter.isupper() for letter in former)
    drawn = letters * lower + capitals * upper
    symbols = "".join(symbol for symbol in source.symbols if not symbol.isalpha())
    symbols += "".join(letter for letter in drawn if not letter.isascii())
    latin = letters[0].isascii()
    return source.changed(symbols=symbols, lower=lower and latin, upper=upper and latin)


def _pattern(source: Pattern, letters: str, capitals: str) -> Pattern:
    r"""Return a pattern with another alphabet in place of its ranges of Latin letters and of `\w`."""
    pattern = source.pattern.replace("a-z", _ranges(letters)).replace("A-Z", _ranges(capitals or letters))
    return source.changed(pattern=_with_word_class(pattern, f"{_ranges(letters)}{_ranges(capitals)}0-9"))


def _with_word_class(pattern: str, characters: str) -> str:
    r"""Return a pattern with the characters of a class in place of `\w`, which may be inside a class."""
    written, inside = [], False
    for part in re.findall(r"\\.|.", pattern, re.DOTALL):
        inside = part == "[" or (inside and part != "]")
        written.append(part if part != r"\w" else characters if inside else f"[{characters}]")
    return "".join(written)


def _ranges(letters: str) -> str:
    """Return letters as a class of a pattern names them, such as `а-яё`."""
    runs: list[list[str]] = []
    for letter in sorted(letters):
        if runs and ord(letter) == ord(runs[-1][-1]) + 1:
            runs[-1].append(letter)
        else:
            runs.append([letter])
    return "".join("".join(run) if len(run) < 4 else f"{run[0]}-{run[-1]}" for run in runs)


def _capitals(letters: str, language: str) -> str:
    """Return the capitals of letters, each once, without those of two letters such as that of ß."""
    pairs = ((letter, capitalised(letter, language)) for letter in letters)
    return "".join(dict.fromkeys(capital for letter, capital in pairs if len(capital) == 1 and capital != letter))
