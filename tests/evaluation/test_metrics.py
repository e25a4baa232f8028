import functools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.evaluation.breakdown import edits
from engine.evaluation.metrics import Score, alphanumeric, score, wilson

SHORT = st.text(alphabet="abé", max_size=6)
PAIRS = st.lists(st.tuples(st.text(alphabet="aAbB-é", max_size=6), st.text(alphabet="aAbB-é", max_size=6)), max_size=8)


def edit_distance(truth: str, reading: str) -> int:
    return len(edits(truth, reading))


@functools.cache
def brute_force(a, b):
    if not a or not b:
        return len(a) + len(b)
    change = brute_force(a[1:], b[1:]) + (a[0] != b[0])
    return min(change, brute_force(a[1:], b) + 1, brute_force(a, b[1:]) + 1)


def of(pairs):
    return score([truth for truth, _ in pairs], [reading for _, reading in pairs])


@given(SHORT, SHORT)
def test_edit_distance_equals_brute_force(a, b):
    assert edit_distance(a, b) == brute_force(a, b)


@given(SHORT, SHORT, SHORT)
def test_edit_distance_is_a_metric(a, b, c):
    assert (edit_distance(a, b) == 0) == (a == b)
    assert edit_distance(a, b) == edit_distance(b, a)
    assert edit_distance(a, c) <= edit_distance(a, b) + edit_distance(b, c)
    assert abs(len(a) - len(b)) <= edit_distance(a, b) <= max(len(a), len(b))


@given(PAIRS, st.randoms(), st.integers(0, 8))
def test_order_batching_and_merging_do_not_change_a_score(pairs, random, cut):
    whole = of(pairs)
    merged = of(pairs[cut:]) + of(pairs[:cut])
    shuffled = random.sample(pairs, len(pairs))
    for other in (merged, of(shuffled)):
        assert other.normalised_edits == pytest.approx(whole.normalised_edits)
        assert (other.images, other.exact, other.any_case, other.alphanumeric, other.edits, other.characters) == (
            whole.images,
            whole.exact,
            whole.any_case,
            whole.alphanumeric,
            whole.edits,
            whole.characters,
        )
    assert whole + Score() == whole


@given(PAIRS.filter(bool))
def test_each_laxer_rule_finds_no_fewer_words_right(pairs):
    result = of(pairs)
    assert 0 <= result.word_accuracy <= result.any_case_accuracy <= result.alphanumeric_accuracy <= 1
    assert 0 <= result.ned <= 1
    assert result.interval[0] <= result.word_accuracy <= result.interval[1]


@pytest.mark.parametrize(
    ("truth", "reading", "exact", "any_case", "alnum", "edits"),
    [
        ("Word", "Word", 1, 1, 1, 0),
        ("Word", "word", 0, 1, 1, 1),
        ("don't", "DONT", 0, 0, 1, 5),
        ("e\u0301t\u00e9", "\u00e9te\u0301", 1, 1, 1, 0),  # two spellings of one accent
        ("", "", 1, 1, 1, 0),
        ("", "x", 0, 0, 0, 1),
        ("Stra\u00dfe", "STRASSE", 0, 1, 1, 6),  # case folding, not lower case
        ("12-34", "1234", 0, 0, 1, 1),
        ("Caf\u00e9-9", "CAFE\u03019!", 0, 0, 1, 5),
        ("&", "&", 1, 1, 1, 0),
        ("&", "", 0, 0, 0, 1),  # without letters or digits the whole text counts
        ("--", "!", 0, 0, 0, 2),
        ("\u24b6", "\u24d0", 0, 1, 1, 1),  # a circled letter is neither, and has a case
        ("\u4f60\u597d", "\u4f60", 0, 0, 0, 1),  # letters of every script count
    ],
)
def test_the_rules_by_example(truth, reading, exact, any_case, alnum, edits):
    result = score([truth], [reading])
    assert (result.exact, result.any_case, result.alphanumeric, result.edits) == (exact, any_case, alnum, edits)


def test_cer_is_edits_over_all_characters_not_a_mean_of_rates():
    assert of([("a", "b"), ("abcdefghi", "abcdefghi")]).cer == pytest.approx(0.1)


def test_alphanumeric_leaves_letters_and_digits():
    assert alphanumeric("It's 5 O'Clock!") == "its5oclock"


def test_one_side_longer_is_a_mistake():
    with pytest.raises(ValueError):
        score(["a"], [])


@pytest.mark.parametrize(
    ("successes", "total", "low", "high"),
    [  # Newcombe 1998, Statistics in Medicine 17, table I, method 3
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_the_wilson_interval_equals_the_published_table(successes, total, low, high):
    assert wilson(successes, total) == pytest.approx((low, high), abs=5e-5)


@given(st.integers(1, 2000), st.data())
def test_the_interval_mirrors_and_narrows(total, data):
    successes = data.draw(st.integers(0, total))
    low, high = wilson(successes, total)
    assert 0 <= low <= successes / total <= high <= 1
    assert (1 - high, 1 - low) == pytest.approx(wilson(total - successes, total))
    wider = wilson(successes, total), wilson(4 * successes, 4 * total)
    assert wider[1][1] - wider[1][0] < wider[0][1] - wider[0][0]


def test_nothing_scored_says_so():
    assert math.isnan(Score().word_accuracy)
    assert Score().plain() == {
        "images": 0,
        "word_accuracy": None,
        "any_case_accuracy": None,
        "alphanumeric_accuracy": None,
        "cer": None,
        "ned": None,
        "interval": [0.0, 1.0],
    }
