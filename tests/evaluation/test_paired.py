"""Whether two readers differ: the maths against published figures, brute force and simulated readers."""

import math
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from engine.errors import DatasetError
from engine.evaluation.paired import (
    Paired,
    confusion_change,
    holm,
    match,
    mcnemar,
    pair,
    pair_by,
    pair_by_character,
    pair_by_factor,
)
from tests.helpers.readings import readings


def tossed(first: int, second: int) -> float:
    """McNemar's p value from its definition: every toss of a fair coin that is no more likely by its split."""
    count = first + second
    as_far = [k for k in range(count + 1) if abs(2 * k - count) >= abs(first - second)]
    return float(Fraction(sum(math.comb(count, k) for k in as_far), 2**count))


@pytest.mark.parametrize(("first", "second"), [(0, 0), (1, 0), (3, 3), (5, 0), (2, 9), (40, 20), (300, 240), (0, 900)])
def test_the_exact_test_is_a_fair_coin_s(first: int, second: int):
    assert mcnemar(first, second) == pytest.approx(tossed(first, second), rel=1e-9)
    assert mcnemar(second, first) == mcnemar(first, second)


def test_the_exact_test_holds_for_large_sets():
    assert mcnemar(50_000, 50_000) == 1.0
    assert mcnemar(60_000, 40_000) == 0.0
    assert 0.04 < mcnemar(50_310, 49_690) < 0.06


@pytest.mark.parametrize(
    ("counts", "published"),
    [
        ((14, 5, 0, 22), (0.011, 0.226)),  # Altman et al., Statistics with Confidence (2000), table 6.2
        ((1, 1, 7, 12), (-0.507, -0.026)),  # Fagerland et al., Statistical Analysis of Contingency Tables (2017), 8.2
    ],
)
def test_the_interval_is_the_published_one(counts: tuple[int, int, int, int], published: tuple[float, float]):
    assert Paired(*counts).interval == pytest.approx(published, abs=5e-4)


def test_the_interval_holds_its_level_over_simulated_readers():
    """Of 2,000 pairs of readers with a known difference, about 95 in 100 intervals hold it."""
    draw = np.random.default_rng(3)
    chances = np.array([0.62, 0.13, 0.08, 0.17])
    counts = draw.multinomial(300, chances, size=2000)
    held = [low <= chances[1] - chances[2] <= high for low, high in (Paired(*map(int, row)).interval for row in counts)]
    assert 0.935 <= np.mean(held) <= 0.97


def test_noise_is_called_a_difference_less_than_once_in_twenty():
    draw = np.random.default_rng(4)
    significant = [
        Paired(*map(int, row)).significant for row in draw.multinomial(500, [0.6, 0.08, 0.08, 0.24], size=2000)
    ]
    assert np.mean(significant) < 0.05


def test_the_interval_is_symmetric_and_stays_within_its_bounds():
    for counts in [(0, 0, 0, 0), (5, 0, 0, 0), (0, 5, 0, 0), (0, 0, 0, 5), (3, 1, 4, 1), (50, 12, 3, 20)]:
        both, first, second, neither = counts
        low, high = Paired(*counts).interval
        back = Paired(both, second, first, neither).interval
        assert (-high, -low) == pytest.approx(back)
        assert -1 <= low <= high <= 1
        if sum(counts):
            assert low <= Paired(*counts).difference <= high


def test_holm_is_stepwise_and_keeps_the_order():
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.9, 0.8]) == [1.0, 1.0]
    assert holm([]) == []


def test_readings_are_matched_by_image_and_truth():
    first = readings({"1": ("cat", "cat"), "2": ("dog", "dag"), "3": ("old", "old"), "4": ("x", "x")})
    second = readings({"4": ("x", "y"), "2": ("dog", "dog"), "1": ("cat", "cat"), "3": ("new", "new"), "9": ("z", "z")})
    matched = match(first, second)
    assert matched.index.tolist() == ["1", "2", "4"]
    assert matched["text_second"].tolist() == ["cat", "dog", "y"]
    assert pair(matched) == Paired(both=1, first_only=1, second_only=1, neither=0)


def test_p_values_of_groups_are_adjusted_together():
    names = [str(number) for number in range(200)]
    first = readings(dict.fromkeys(names, ("a", "a")))
    second = readings({name: ("a", "b" if int(name) < 20 or int(name) == 150 else "a") for name in names})
    groups = pd.Series({name: "blurred" if int(name) < 100 else "sharp" for name in names})
    table = pair_by(match(first, second), groups).set_index("group")
    assert table["images"].tolist() == [100, 100]
    assert table.loc["blurred", "difference"] == pytest.approx(0.2)
    assert table["significant"].tolist() == [True, False]


def test_confusions_that_changed_come_first():
    first = readings({str(i): ("0", "O" if i < 12 else "0") for i in range(40)} | {"l": ("l", "1")})
    second = readings({str(i): ("0", "0") for i in range(40)} | {"l": ("l", "1")})
    table = confusion_change(match(first, second))
    assert table.iloc[0].tolist() == ["0", "O", 12, 0, -12, True]
    assert table.iloc[1].tolist() == ["l", "1", 1, 1, 0, False]
    assert confusion_change(match(second, second)).shape == (1, 6)


def test_a_character_is_right_where_no_edit_touches_it():
    first = readings({str(i): ("a0", "aO") for i in range(30)})
    second = readings({str(i): ("a0", "a0") for i in range(30)})
    table = pair_by_character(match(first, second)).set_index("group")
    assert table.loc["0", "difference"] == -1
    assert table.loc["a", "difference"] == 0
    assert table["significant"].to_dict() == {"0": True, "a": False}


def test_two_readers_are_compared_by_length_and_character_without_a_dataset():
    first = readings({str(i): ("ab" if i < 30 else "abc", "ab" if i < 30 else "abd") for i in range(60)})
    second = readings({name: (truth, truth) for name, truth in first[["name", "truth"]].itertuples(index=False)})
    matched = match(first, second)
    by_length = pair_by_factor("length", matched, None).set_index("group")
    assert by_length["difference"].to_dict() == {"2": 0.0, "3": -1.0}
    assert pair_by_factor("character", matched, None).set_index("group").loc["c", "significant"]
    with pytest.raises(DatasetError, match="dataset of these images is missing"):
        pair_by_factor("font", matched, None)


def test_readers_of_different_images_cannot_be_compared():
    with pytest.raises(DatasetError, match="no image in common"):
        match(readings({"1": ("a", "a")}), readings({"2": ("a", "a")}))
