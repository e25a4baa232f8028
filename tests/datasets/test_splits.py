"""A text belongs to one split, by the text alone, and shares are honest."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.datasets import SPLITS, split_of


@given(st.text(), st.floats(0, 0.5), st.floats(0, 0.4))
def test_a_text_has_one_split_however_its_letters_are_cased(text: str, validation: float, test: float):
    split = split_of(text, validation, test)
    assert split in SPLITS
    assert split_of(text.casefold(), validation, test) == split


@pytest.mark.parametrize(("validation", "test"), [(0.05, 0.1), (0.0, 0.5), (0.0, 0.0)])
def test_shares_of_texts_are_as_asked(validation: float, test: float):
    splits = [split_of(f"text {number}", validation, test) for number in range(10_000)]
    assert abs(splits.count("validation") / 10_000 - validation) < 0.02
    assert abs(splits.count("test") / 10_000 - test) < 0.02


def test_a_larger_test_share_keeps_the_texts_it_had():
    texts = [f"text {number}" for number in range(1000)]
    small = {text for text in texts if split_of(text, 0.05, 0.1) == "test"}
    assert small < {text for text in texts if split_of(text, 0.05, 0.2) == "test"}
