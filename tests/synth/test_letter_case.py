"""Upper and lower case of words, in languages that have rules of their own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.config.recipe import Recipe
from engine.config.text_sources import CaseWeights, FrequentWords
from engine.synth.letter_case import capitalised, lower, upper
from engine.synth.samples import draw_label


@pytest.mark.parametrize(
    ("word", "capitals"),
    [
        ("πύργου", "ΠΥΡΓΟΥ"),
        ("Άνθρωπος", "ΑΝΘΡΩΠΟΣ"),
        ("μάιος", "ΜΑΪΟΣ"),
        ("προϊόν", "ΠΡΟΪΟΝ"),
        ("άυλος", "ΑΫΛΟΣ"),
        ("ευχή", "ΕΥΧΗ"),
        ("ΐ", "Ϊ"),
    ],
)
def test_greek_capitals_have_no_accents_but_keep_their_dots(word: str, capitals: str):
    assert upper(word) == upper(word, "el") == capitals


def test_a_greek_name_keeps_the_accent_of_its_first_letter():
    assert capitalised("άννα") == "Άννα"
    assert lower("ΛΟΓΟΣ") == "λογος"


@pytest.mark.parametrize("language", ["tr", "az"])
def test_the_turkish_i_keeps_its_dot(language: str):
    assert upper("istanbul ışık", language) == "İSTANBUL IŞIK"
    assert lower("İSTANBUL IŞIK", language) == "istanbul ışık"
    assert capitalised("izmir", language) == "İzmir"
    assert capitalised("IRMAK", language) == "Irmak"


@given(st.text(st.characters(codec="latin-1"), max_size=12))
def test_other_languages_are_as_python_has_them(word: str):
    assert upper(word, "de") == word.upper()
    assert lower(word, "de") == word.lower()
    assert capitalised(word, "de") == word[:1].upper() + word[1:].lower()


def test_drawn_texts_keep_to_it():
    source = FrequentWords(language="tr", case=CaseWeights(listed=0, upper=1))
    drawn = "".join(draw_label(Recipe(texts=(source,)), 0, index) for index in range(60))
    assert {"İ", "I", "Ş"} <= {*drawn}
