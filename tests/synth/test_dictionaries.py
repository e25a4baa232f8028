"""No bundled dictionary draws an empty box: told by the fonts' own tables and by the pixels, without our own checks."""

import contextlib
import functools
from pathlib import Path
from random import Random

import pytest
from fontTools.ttLib import TTFont
from PIL import ImageFont

from engine.config.recipe import Recipe
from engine.config.style import Style
from engine.config.text_sources import Words
from engine.errors import ConfigError
from engine.synth import fontless_languages, languages, preview
from engine.synth.dictionaries import dictionary
from engine.synth.fonts import bundled_fonts, fonts, fonts_by_id
from engine.synth.scripts import is_plain
from engine.synth.trdg.adapter import DICTIONARIES

DRAWABLE = {language.id: language for language in languages()}
FONTLESS = {language.id: language for language in fontless_languages()}
(LATO,) = fonts_by_id(["latin/Lato-Regular"])
WORDS, RENDERED = 400, 6
LEFT_OUT = {"ab": 0.2}
"""Shares of words that are never drawn: no bundled font has the Abkhaz letter ԥ."""


def words(language: str, count: int) -> list[str]:
    listed, throw = dictionary(language), Random(0)
    drawn = (listed.draw(throw, lambda word: 0 < len(word) <= 15) for _ in range(count))
    return [word for word in drawn if word is not None]


@functools.cache
def table(path: Path) -> frozenset[int]:
    with TTFont(path, lazy=True) as font:
        return frozenset(font.getBestCmap() or ())


@functools.lru_cache(maxsize=4096)
def shown(path: Path, character: str) -> tuple[tuple[int, int], bytes]:
    """A character as the shaping library draws it, apart from its place."""
    mask = ImageFont.truetype(str(path), 48).getmask(character)
    return mask.size, bytes(mask)  # pyright: ignore[reportArgumentType]


def lacking(path: Path, text: str) -> str:
    """The characters of a text that a font shows as the box of missing ones, or not at all."""
    box = shown(path, "\U0010ffff")
    return "".join(
        character
        for character in set(text) - {" "}
        if ord(character) not in table(path) or shown(path, character) == box or not any(shown(path, character)[1])
    )


def test_there_are_66_dictionaries_and_each_is_on_one_side():
    assert {path.stem for path in DICTIONARIES.glob("*.txt")} == {*DRAWABLE, *FONTLESS}
    assert len({*DRAWABLE, *FONTLESS}) == len(DRAWABLE) + len(FONTLESS) == 66


@pytest.mark.parametrize("language", sorted(DRAWABLE))
def test_nearly_all_words_of_a_drawable_dictionary_have_a_font_for_every_letter(language: str):
    tables = [table(font.path) for font in fonts(language)]
    drawn = words(language, WORDS)
    lost = [word for word in drawn if not any(all(ord(c) in known for c in word) for known in tables)]
    assert len(drawn) == WORDS
    assert len(lost) <= LEFT_OUT.get(language, 0) * WORDS


@pytest.mark.parametrize("language", sorted(DRAWABLE))
def test_words_of_a_drawable_dictionary_show_no_empty_box(language: str):
    for sample in preview(Recipe(texts=(Words(language=language, max_length=40),)), RENDERED, 0):
        (font,) = fonts_by_id([sample.factors["font"]])
        assert lacking(font.path, sample.label) == "", (font.id, sample.label)
        assert is_plain(sample.label)


@pytest.mark.parametrize("language", sorted(FONTLESS))
def test_another_dictionary_says_which_font_to_upload(language: str):
    texts = (Words(language=language),)
    with pytest.raises(ConfigError, match=f"Upload one that can, such as {FONTLESS[language].needs}"):
        preview(Recipe(texts=texts), 1, 0)
    latin = Recipe(texts=texts, looks=(Style(fonts=("latin/Lato-Regular",)),))
    with contextlib.suppress(ConfigError):  # never boxes, whatever font is chosen; some lists hold English words too
        assert lacking(LATO.path, preview(latin, 1, 0)[0].label) == ""


@pytest.mark.parametrize("language", sorted(FONTLESS))
def test_the_bundled_fonts_cannot_draw_another_dictionary(language: str):
    tables = [table(font.path) for font in bundled_fonts()]
    foreign = [word for word in words(language, 100) if not word.isascii()]
    drawable = [word for word in foreign if any(all(ord(c) in known for c in word) for known in tables)]
    assert len(drawable) < len(foreign) / 10, "a bundled font draws it: list it as drawable"
