"""A recipe made of errors draws more of what was read wrong, stays a recipe, or says that nothing tells them apart."""

import pandas as pd
import pytest

from engine.config.recipe import Recipe
from engine.config.style import Style
from engine.config.text_sources import Characters, Digits, Words
from engine.errors import ConfigError
from engine.synth.emphasis import emphasise

RECIPE = Recipe(
    name="two", texts=(Words(weight=0.7), Digits(weight=0.3)), looks=(Style(weight=1), Style(weight=2, blur=3.0))
)


def samples(**columns: list) -> pd.DataFrame:
    whole = {"source": [0, 1] * 50, "look": [0] * 100, "font": ["a"] * 100, "label": ["word"] * 100} | columns
    return pd.DataFrame(whole)


def test_text_sources_and_looks_are_weighed_by_their_errors():
    table = samples(look=[0] * 50 + [1] * 50)
    wrong = table.index[(table["source"] == 1) & (table["look"] == 1)]
    found = emphasise(RECIPE, table, wrong)
    assert found.texts[0].weight < 0.7
    assert found.texts[1].weight > 0.3
    assert found.looks[0].weight < 1
    assert found.looks[1].weight > 2
    assert found.changed(texts=RECIPE.texts, looks=RECIPE.looks) == RECIPE


def test_fonts_that_stand_out_get_a_look_of_their_own():
    table = samples(font=["a"] * 70 + ["b"] * 30)
    found = emphasise(RECIPE, table, table.index[80:])
    assert [look.fonts for look in found.looks] == [(), (), ("b",)]
    assert found.looks[2].changed(fonts=[], weight=1) == RECIPE.looks[0]


def test_hard_characters_get_a_text_source_about_as_long_as_the_texts():
    table = samples(label=["abc", "abcdefghijklmnopqrstuvwxyz"] * 50)
    found = emphasise(RECIPE, table, table.index[:20], "0O\u0301 \n")
    *_, added = found.texts
    assert isinstance(added, Characters)
    assert (added.alphabet, added.min_length, added.max_length) == ("0Ó", 3, 15)
    assert added.weight == 0.5


@pytest.mark.parametrize(
    ("table", "wrong", "message"),
    [
        (samples(), range(100), "No text source, look, font or character"),
        (samples(), [], "do not tell"),
        (samples().drop(columns="look"), range(10), "do not tell"),
    ],
)
def test_where_nothing_tells_errors_from_the_rest_that_is_said(table: pd.DataFrame, wrong: object, message: str):
    with pytest.raises(ConfigError, match=message):
        emphasise(RECIPE, table, table.index[list(wrong)])  # pyright: ignore[reportArgumentType]
