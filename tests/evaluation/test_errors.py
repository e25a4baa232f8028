"""The errors of one reader: which images are wrong, in which order, what is taken for what, what stands out."""

import pandas as pd
import pytest

from engine.datasets.query import columns, select
from engine.evaluation.errors import (
    ORDERS,
    confusion_counts,
    errors_words,
    hard_characters,
    holds_confusion,
    wrong_readings,
)
from tests.helpers.readings import readings

SAID = {
    "a": ("cat", "cat"),
    "b": ("dog", "dag"),
    "c": ("o", ""),
    "d": ("zoo", "zaa1"),
    "e": ("cafe\u0301", "café"),
    "f": ("word", "world"),
}


@pytest.fixture
def table() -> pd.DataFrame:
    found = readings(SAID)
    found["confidence"] = [0.9, 0.2, 0.4, 0.8, 0.5, 0.6]
    return found


def test_only_wrong_images_are_listed_with_their_length_and_edits(table: pd.DataFrame):
    wrong = wrong_readings(table, None)
    assert wrong[["label", "read", "edits", "length"]].to_dict("index") == {
        "b": {"label": "dog", "read": "dag", "edits": 1, "length": 3},
        "c": {"label": "o", "read": "", "edits": 1, "length": 1},
        "d": {"label": "zoo", "read": "zaa1", "edits": 3, "length": 3},
        "f": {"label": "word", "read": "world", "edits": 1, "length": 4},
    }
    assert errors_words(table) == "4 of 6 images are read wrong (66.7 %), by 6 edits."


@pytest.mark.parametrize(
    ("name", "order"),
    [
        ("Surest first", "dfcb"),
        ("Least sure first", "bcfd"),
        ("Most edits", "dbcf"),
        ("Longest", "fbdc"),
        ("Shortest", "cbdf"),
    ],
)
def test_errors_are_sorted_by_confidence_edits_and_length(table: pd.DataFrame, name: str, order: str):
    wrong, by = wrong_readings(table, None), ORDERS[name]
    assert "".join(wrong.index[select(wrong, (), by.column, by.descending)]) == order
    assert {"label", "length"} <= {column.name for column in columns(wrong)}


def test_confusions_are_counted_by_image_over_the_images_that_hold_the_character(table: pd.DataFrame):
    counted = confusion_counts(table)
    assert counted.iloc[0].tolist() == ["o", "a", 2, 4]
    by_pair = {(truth, read): (images, of) for truth, read, images, of in counted.itertuples(index=False)}
    assert by_pair["o", ""] == (1, 4)
    assert by_pair["", "l"] == (1, 6)
    wrong = wrong_readings(table, None)
    assert wrong.index[holds_confusion(wrong, "o", "a")].tolist() == ["b", "d"]
    assert not holds_confusion(wrong, "q", "x").any()


def test_characters_stand_out_when_they_are_wrong_more_often_than_others():
    said = {str(place): ("a0b", "a8b" if place % 2 else "a0b") for place in range(40)}
    found = readings(said)
    assert hard_characters(found, wrong_readings(found, None)) == "0"
    alike = readings({str(place): ("ab", "xy") for place in range(40)})
    assert hard_characters(alike, wrong_readings(alike, None)) == ""
    right = readings({"1": ("ab", "ab")})
    assert wrong_readings(right, None).empty
    assert confusion_counts(right).empty
    assert hard_characters(right, wrong_readings(right, None)) == ""
