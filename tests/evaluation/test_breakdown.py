"""Breakdowns of errors: laws over edit paths, and tables of a few readings."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from engine.evaluation.breakdown import Edit, by_character, by_factor, by_length, edits
from engine.evaluation.metrics import wilson

TEXTS = st.text("abcé", max_size=12)


@pytest.fixture
def readings() -> pd.DataFrame:
    return pd.DataFrame({"truth": ["O0O", "lab", "a", "ab"], "text": ["OOO", "1ab", "a", "abb"]})


@given(TEXTS, TEXTS)
def test_a_path_is_as_long_as_the_distance_and_leads_to_the_reading(truth: str, reading: str):
    path = edits(truth, reading)
    assert len(path) == Levenshtein.distance(truth, reading)
    left = sum(len(edit.truth) for edit in path)
    added = sum(len(edit.read) for edit in path)
    assert len(truth) - left + added == len(reading)
    assert [edit.place for edit in path] == sorted(edit.place for edit in path)
    assert all(not edit.truth or truth[edit.place] == edit.truth for edit in path)


def test_edits_say_what_was_read_instead():
    assert edits("O0O", "OOO") == [Edit(1, "0", "O")]
    assert edits("ab", "b") == [Edit(0, "a", "")]
    assert edits("ab", "abb") == [Edit(1, "", "b")] or edits("ab", "abb") == [Edit(2, "", "b")]
    assert edits("e\u0301", "é") == []


def test_characters_come_the_worst_first(readings: pd.DataFrame):
    table = by_character(readings)
    assert table["character"].tolist()[:2] in (["0", "l"], ["l", "0"])
    row = table.set_index("character").loc["O"]
    assert (row["images"], row["accuracy"]) == (2, 1.0)
    assert list(row["low":"high"]) == list(wilson(2, 2))


def test_accuracy_by_length(readings: pd.DataFrame):
    table = by_length(readings).set_index("length")
    assert table["images"].to_dict() == {1: 1, 2: 1, 3: 2}
    assert table["accuracy"].to_dict() == {1: 1.0, 2: 0.0, 3: 0.0}
    assert table.loc[3, "cer"] == pytest.approx(2 / 6)


def test_factors_are_words_or_bins_of_numbers(readings: pd.DataFrame):
    fonts = by_factor(readings, pd.Series(["A", "A", "B", "B"], name="font", index=[7, 8, 9, 10]))
    assert fonts["font"].tolist() == ["A", "B"]
    assert fonts["accuracy"].tolist() == [0.0, 0.5]
    many = pd.DataFrame({"truth": ["a"] * 100, "text": ["a"] * 50 + ["b"] * 50})
    blurs = by_factor(many, pd.Series([i / 10 for i in range(100)], name="blur"))
    assert len(blurs) == 5
    assert blurs["images"].sum() == 100
    assert blurs["accuracy"].iloc[0] == 1
    assert blurs["accuracy"].iloc[-1] == 0
    assert by_factor(many, pd.Series([None] * 100, name="none", dtype=object)).empty


def test_tables_of_nothing_have_their_columns():
    nothing = pd.DataFrame({"truth": [], "text": []})
    assert by_length(nothing).columns.tolist() == ["length", "images", "accuracy", "low", "high", "cer"]
    assert by_character(nothing).empty
