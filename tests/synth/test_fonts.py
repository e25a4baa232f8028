"""Fonts say truly what they can draw, and the offered dictionaries are those that can be drawn."""

import string
import unicodedata

import pytest

from engine.errors import ConfigError
from engine.synth.dictionaries import Dictionary, is_plain, languages
from engine.synth.fonts import fonts, fonts_by_id
from engine.synth.trdg.adapter import DICTIONARIES

LAW = string.ascii_letters + string.digits + ".,-/$%&#"


def test_the_latin_fonts_draw_the_seed_project_but_for_the_known_gap():
    gaps = {font.id: "".join(c for c in LAW if not font.can_draw(c)) for font in fonts()}
    assert len(gaps) == 100
    assert {id: gap for id, gap in gaps.items() if gap} == {"latin/SEASRN__": "%#"}


@pytest.mark.parametrize(
    ("text", "drawn"), [("two words", True), ("敵", False), ("\u200b", False), ("\u00a0", False), ("", True)]
)
def test_a_latin_font_draws_latin(text: str, drawn: bool):
    (lato,) = fonts_by_id(["latin/Lato-Regular"])
    assert lato.can_draw(text) == drawn


def test_chinese_and_japanese_have_fonts_of_their_own():
    assert [font.id for font in fonts("cn")] == ["cn/SourceHanSans-Normal"]
    assert [font.id for font in fonts("ja")] == ["ja/TakaoMincho"]
    assert fonts("cn")[0].can_draw("敵")


def test_a_font_that_is_not_there_is_refused_by_name():
    with pytest.raises(ConfigError, match=r"latin/\.\./\.\./x"):
        fonts_by_id(["latin/../../x"])


def drawable(path) -> bool:
    """Judge a dictionary by forty words spread over it: does some font draw most of them?"""
    words = Dictionary(path)
    spread = [words[line] for line in range(0, len(words), max(1, len(words) // 40))]
    plain = [word for word in spread if is_plain(word)]
    return any(sum(map(font.can_draw, plain)) > len(plain) / 2 for font in fonts(path.stem))


def test_the_offered_dictionaries_are_those_that_the_fonts_draw():
    assert {language.id for language in languages()} == {p.stem for p in DICTIONARIES.glob("*.txt") if drawable(p)}
    labels = [language.label for language in languages()]
    assert labels == sorted(set(labels))


@pytest.mark.parametrize(
    ("text", "plain"), [("á", True), ("a\u0301", False), ("a\u200bb", False), ("a\tb", False), ("", False)]
)
def test_a_plain_text_has_one_glyph_for_each_code_point(text: str, plain: bool):
    assert is_plain(text) == plain


def test_a_dictionary_gives_the_lines_of_its_file():
    path = DICTIONARIES / "vi.txt"
    words = Dictionary(path)
    lines = path.read_text(encoding="utf-8", errors="ignore").split("\n")
    assert len(words) == len(lines)
    for line in (0, 1, 700, len(lines) - 1):
        assert words[line] == unicodedata.normalize("NFC", lines[line].strip())
