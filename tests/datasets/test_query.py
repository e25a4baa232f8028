"""Filters against a filter that looks at every sample, and what can be filtered by."""

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.datasets import Dataset
from engine.datasets.query import Between, Contains, OneOf, columns, select
from engine.errors import DatasetError
from glyphlab_read.charset import normalise
from tests.datasets.written import Drawn, write_dataset

LABELS = ["apple", "Apple pie", "42", "ÄRGER", "straße", "STRASSE", "a.c", "abc", "日本", "(", "%_", "é"]
FACTORS = [{"font": font, "blur": blur} for font, blur in [("x", 0.0), ("y", 0.5), ("y", None), ("Z", 2.0)]]


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    samples = [
        Drawn(label, ("train", "validation", "test")[i % 3], 10 * i, 20 + i % 5, factors=FACTORS[i % 4])  # pyright: ignore[reportArgumentType]
        for i, label in enumerate(LABELS)
    ]
    return write_dataset(tmp_path_factory.mktemp("data"), samples, shard=100)


texts = st.sampled_from([*LABELS, "", "a", "P", "ss", "ß", "E", ".", "no such"])
conditions = st.one_of(
    st.builds(Contains, st.sampled_from(["label", "font"]), texts, st.booleans()),
    st.builds(Between, st.sampled_from(["length", "blur", "width"]), st.floats(-1, 30), st.floats(-1, 30)),
    st.builds(OneOf, st.just("split"), st.lists(st.sampled_from(["train", "test", "none"])).map(tuple)),
    st.builds(OneOf, st.just("width"), st.lists(st.integers(18, 26)).map(tuple)),
)


def meets(row: Any, condition: Contains | Between | OneOf) -> bool:
    value = row[condition.column]
    if isinstance(condition, Contains):
        fold = str if condition.case else str.casefold
        return isinstance(value, str) and fold(condition.text) in fold(value)
    if isinstance(condition, Between):
        return condition.low <= value <= condition.high
    return value in condition.values


@given(asked=st.lists(conditions, max_size=3))
@settings(max_examples=150, deadline=None)
def test_a_filter_finds_what_looking_at_every_sample_finds(dataset: Dataset, asked: list[Any]):
    rows = dataset.frame().to_dict("records")
    expected = [i for i, row in enumerate(rows) if all(meets(row, condition) for condition in asked)]
    assert select(dataset.frame(), asked).tolist() == expected


@given(
    labels=st.lists(
        st.text(st.characters(categories=["L", "N", "P"]), min_size=1).map(normalise), min_size=1, max_size=8
    ),
    part=st.text(max_size=2),
)
@settings(max_examples=25, deadline=None)
def test_any_text_is_found_in_any_labels(labels: list[str], part: str):
    with tempfile.TemporaryDirectory() as folder:
        dataset = write_dataset(Path(folder), [Drawn(label) for label in labels], shard=100)
        for label in labels:
            assert label in [dataset.label(i) for i in select(dataset.frame(), [Contains("label", label, case=True)])]
        found = set(select(dataset.frame(), [Contains("label", part, case=True)]).tolist())
        assert found <= set(select(dataset.frame(), [Contains("label", part)]).tolist())


@pytest.mark.parametrize("descending", [False, True])
def test_order_is_by_the_column_with_missing_values_last(dataset: Dataset, descending: bool):
    blur = dataset.frame()["blur"].iloc[select(dataset.frame(), order="blur", descending=descending)].tolist()
    known = [value for value in blur if value == value]
    assert known == sorted(known, reverse=descending)
    assert all(value != value for value in blur[len(known) :])


def test_order_keeps_equal_samples_as_stored(dataset: Dataset):
    split = dataset.frame()["split"]
    numbers = select(dataset.frame(), order="split").tolist()
    assert numbers == sorted(range(len(dataset)), key=lambda i: (split[i], i))


def test_columns_say_what_can_be_filtered_by(dataset: Dataset):
    known = {column.name: column for column in columns(dataset.frame())}
    assert list(known) == ["split", "label", "length", "width", "font", "blur"]
    assert (known["split"].kind, known["label"].kind) == ("choice", "text")
    assert known["font"].choices[0] == "y"
    assert (known["blur"].low, known["blur"].high) == (0.0, 2.0)


def test_a_column_that_is_not_there_is_named_with_those_that_are(dataset: Dataset):
    with pytest.raises(DatasetError, match=r"no column 'colour'.*font"):
        select(dataset.frame(), [Contains("colour", "#")])
    with pytest.raises(DatasetError, match="words, not numbers"):
        select(dataset.frame(), [Between("font", 0, 1)])
