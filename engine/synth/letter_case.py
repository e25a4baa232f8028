"""Upper and lower case as languages write them where Python does otherwise: Turkish dots, Greek capitals."""

import re
import unicodedata

_DOTTED = {"tr", "az"}  # languages whose i keeps its dot as a capital, and whose I has none
_GREEK = re.compile("[\u0370-\u03ff\u1f00-\u1fff]")
_TONOS = "\u0301"
# Two vowels that are spoken apart: the accent on the first says so; without it the second bears two dots.
_APART = {re.compile("(?<=[άέόύΆΈΌΎ])ι"): "ϊ", re.compile("(?<=[άέήόΆΈΉΌ])υ"): "ϋ"}


def upper(word: str, language: str = "") -> str:
    """Return a word in capitals; those of Greek have no accents."""
    if not _GREEK.search(word):
        return _with_dots(word, language).upper()
    for vowel, dotted in _APART.items():
        word = vowel.sub(dotted, word)
    bare = unicodedata.normalize("NFD", word.upper()).replace(_TONOS, "")
    return unicodedata.normalize("NFC", bare)


def lower(word: str, language: str = "") -> str:
    """Return a word in small letters."""
    if language in _DOTTED:
        word = word.replace("İ", "i").replace("I", "ı")
    return word.lower()


def capitalised(word: str, language: str = "") -> str:
    """Return a word in small letters but for its first."""
    return _with_dots(word[:1], language).upper() + lower(word[1:], language)


def _with_dots(word: str, language: str) -> str:
    return word.replace("i", "İ") if language in _DOTTED else word
