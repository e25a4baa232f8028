"""Words by how often a language uses them, and names of people, places and brands: groups of words, drawn by weight.

Frequencies come from wordfreq, which is installed apart (`make words`): its data takes 57 MB. The lists of names come
with Glyphlab, with their licences beside them. This module applies no rule of a text source.
"""

import functools
import importlib
import importlib.util
import unicodedata
from bisect import bisect
from collections.abc import Callable, Sequence
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Any

from engine.commands import install_command
from engine.config.text_sources import NameWeights
from engine.errors import ConfigError
from engine.synth.dictionaries import DictionaryLanguage, fontless_languages, languages
from engine.synth.scripts import is_plain

FREQUENCY_LICENCE = "wordfreq 3, data CC BY-SA 4.0"
NAME_LICENCES = {
    "given": "given names (Faker, MIT)",
    "family": "family names (Faker, MIT)",
    "places": "places (GeoNames, CC BY 4.0)",
    "brands": "brands (Simple Icons, CC0-1.0)",
}
"""The lists of names in words, each with its source and licence."""

_TRIES = 2000  # words drawn before a rule counts as one that no word meets
_LISTS = Path(__file__).with_name("word_lists")
_FILES = {"given": "given_names", "family": "family_names", "places": "places", "brands": "brands"}
# Languages of wordfreq by our ids, where they differ; those that trdg has no dictionary of, by name.
_CODES = {"cn": "zh", "no": "nb", "rs_latin": "sh", "tl": "fil"}
_OWN_NAMES = {"ca": "Catalan", "el": "Greek", "fi": "Finnish", "mk": "Macedonian"}
_LANGUAGE_IDS = """
ar bg bn ca cn cs da de el en es fa fi fr he hi hu id is it ja ko lt lv mk ms nl no pl pt ro rs_latin ru sk sl sv ta tl
tr uk ur vi
"""
_LANGUAGES = frozenset(_LANGUAGE_IDS.split())


class GroupedWords:
    """Words in groups: a group is drawn by its weight, then one of its words, all equally often."""

    def __init__(self, groups: Sequence[Sequence[str]], weights: Sequence[float]) -> None:
        self._groups = groups
        self._cumulative = list(accumulate(weights))
        self._ends = list(accumulate(map(len, groups)))

    def __len__(self) -> int:
        return self._ends[-1]

    def __getitem__(self, place: int) -> str:
        """Return one word, counted through all groups."""
        group = bisect(self._ends, place)
        return self._groups[group][place - self._ends[group]]

    def draw(self, stream: Random, fits: Callable[[str], bool]) -> str | None:
        """Draw one word among those that fit; None when none was found in many tries."""
        for _ in range(_TRIES):
            (group,) = stream.choices(self._groups, cum_weights=self._cumulative)
            word = group[stream.randrange(len(group))]
            if is_plain(word) and fits(word):
                return word
        return None


def frequency_languages() -> list[DictionaryLanguage]:
    """Return the languages whose words have frequencies, sorted by name; some say which font to upload."""
    known = {each.id: each for each in (*languages(), *fontless_languages())}
    known |= {id: DictionaryLanguage(id, label) for id, label in _OWN_NAMES.items()}
    return sorted((known[id] for id in _LANGUAGES), key=lambda each: each.label)


def wordfreq_code(language: str) -> str:
    """Return the code by which wordfreq knows a language of ours."""
    return _CODES.get(language, language)


def has_frequencies() -> bool:
    """Say whether wordfreq is installed."""
    return importlib.util.find_spec("wordfreq") is not None


def _is_word(word: str) -> bool:
    """Say whether it is a word: wordfreq lists pictures, and takes all numbers of a form together, such as 0000."""
    if word.isalpha():
        return True
    return not any(each == "_" or unicodedata.category(each)[0] in "NS" for each in word)


def _spelled(word: str) -> str:
    """Return a word with the sigma that ends it: wordfreq folds case, and its two forms with it."""
    return f"{word[:-1]}ς" if word.endswith("σ") else word


@functools.lru_cache(maxsize=4)
def frequent_words(language: str, exponent: float) -> GroupedWords:
    """Return the words of a language, each drawn by its frequency to the power of an exponent.

    Raises:
        ConfigError: the language has none, or wordfreq is not installed.
    """
    if language not in _LANGUAGES:
        known = ", ".join(sorted(_LANGUAGES))
        raise ConfigError(f"language: {language[:40]!r} has no frequencies of words here. Choose one of {known}.")
    if not has_frequencies():
        raise ConfigError(
            "texts: words by frequency need wordfreq, which is not installed here. Install it: `make words`, or "
            f"`{install_command('words')}`. Or draw from a dictionary."
        )
    wordfreq: Any = importlib.import_module("wordfreq")  # whoever draws from it waits for it, nobody else
    # Place n holds the words with a frequency of 10 ** (-n / 100).
    buckets = wordfreq.get_frequency_list(wordfreq_code(language))
    kept = ([_spelled(word) for word in words if _is_word(word)] for words in buckets)
    groups = [(place, words) for place, words in enumerate(kept) if words]
    weights = [len(words) * 10 ** (-place / 100 * exponent) for place, words in groups]
    return GroupedWords([words for _, words in groups], weights)


def names(weights: NameWeights) -> GroupedWords:
    """Return names, from each list as often as its weight says."""
    return _names(tuple((name, share) for name, share in weights.plain().items() if share))


@functools.lru_cache(maxsize=8)
def _names(shares: tuple[tuple[str, float], ...]) -> GroupedWords:
    return GroupedWords([_names_of(name) for name, _ in shares], [share for _, share in shares])


@functools.cache
def _names_of(name: str) -> list[str]:
    return (_LISTS / f"{_FILES[name]}.txt").read_text(encoding="utf-8").splitlines()
