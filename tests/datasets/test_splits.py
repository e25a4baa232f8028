"""A text belongs to one split, by the text alone, and shares are honest."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.config.generate import Split
from engine.datasets import SPLITS, split_of
from engine.datasets.splits import LEAST, filled, filled_each


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


@given(st.sets(st.text(max_size=8), max_size=60), st.floats(0, 0.4), st.floats(0, 0.4))
def test_no_split_with_a_share_is_empty_by_chance(texts, validation, test):
    by_hash: dict[str, Split] = {text: split_of(text, validation, test) for text in texts}
    found = filled(by_hash, validation, test)
    assert found == filled(dict(sorted(by_hash.items())), validation, test)
    moved = {text for text in texts if found[text] != by_hash[text]}
    assert all(by_hash[text] == "train" for text in moved)
    train = list(by_hash.values()).count("train")
    for split, share in (("validation", validation), ("test", test)):
        if share and train >= 2 * LEAST:
            assert split in found.values()
    if {"validation", "test"} <= set(by_hash.values()):
        assert not moved


def test_few_texts_and_shares_of_nothing_are_left_as_they_are():
    few: dict[str, Split] = {f"text {number}": "train" for number in range(LEAST - 1)}
    assert filled(few, 0.1, 0.1) == few
    many: dict[str, Split] = {f"text {number}": "train" for number in range(100)}
    assert filled(many, 0.0, 0.0) == many
    assert sorted(filled(many, 0.05, 0.1).values()).count("validation") == 5
    assert sorted(filled(many, 0.05, 0.1).values()).count("test") == 10


def test_only_training_images_move_where_a_text_is_in_several_splits():
    both: list[tuple[str, Split]] = [(f"text {n}", split) for n in range(100) for split in ("train", "test")]
    for images in (both, both[::-1]):
        found = filled_each(images, 0.05, 0.0)
        assert [split for (_, was), split in zip(images, found, strict=True) if was == "test"] == ["test"] * 100
        assert sorted(found).count("validation") == 5
    with_all = [*both, ("text 1", "validation")]
    assert filled_each(with_all, 0.05, 0.1) == [split for _, split in with_all]
