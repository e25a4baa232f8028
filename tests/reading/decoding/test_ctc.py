"""CTC: greedy decoding by its definition, and prefix beam search against the sum over every path."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glyphlab_read.reading.decoding.ctc import ctc_beam, ctc_collapse, ctc_greedy, ctc_log_prob, ctc_posteriors
from glyphlab_read.reading.decoding.types import log_softmax

CLASSES = 3
BLANK = CLASSES - 1
TEXTS = st.lists(st.integers(0, BLANK - 1), max_size=6)


def collapsed(path):
    return [id for id, _, _ in ctc_collapse(path, BLANK)]


@st.composite
def expansions(draw):
    """A text and one legal frame-by-frame path of it."""
    text = draw(TEXTS)
    path = [BLANK] * draw(st.integers(0, 2))
    for index, id in enumerate(text):
        path += [id] * draw(st.integers(1, 3))
        repeated = index + 1 < len(text) and text[index + 1] == id
        path += [BLANK] * draw(st.integers(int(repeated), 2))
    return text, path


@given(expansions())
def test_collapsing_any_legal_expansion_gives_the_text(expansion):
    text, path = expansion
    assert collapsed(path) == text


def test_collapse_agrees_with_the_definition_on_every_short_path():
    for path in itertools.product(range(CLASSES), repeat=5):
        melted = [id for id, _ in itertools.groupby(path)]
        assert collapsed(path) == [id for id in melted if id != BLANK]


def test_equal_neighbours_need_a_blank_between():
    assert collapsed([0, 0]) == [0]
    assert collapsed([0, BLANK, 0]) == [0, 0]


@given(st.lists(st.integers(0, BLANK), max_size=12))
def test_spans_lie_in_order_and_hold_their_class(path):
    runs = ctc_collapse(path, BLANK)
    assert all(set(path[start:end]) == {id} for id, start, end in runs)
    assert all(a[2] <= b[1] for a, b in itertools.pairwise(runs))


@given(expansions().filter(lambda expansion: expansion[1]))
def test_greedy_ctc_reads_a_certain_path(expansion):
    text, path = expansion
    decoded = ctc_greedy(9.0 * np.eye(CLASSES, dtype=np.float32)[path])
    assert list(decoded.ids) == text
    assert all(0.99 < confidence <= 1 for confidence in decoded.confidences)


def test_a_characters_confidence_is_that_of_its_surest_frame():
    logits = np.log(np.array([[0.6, 0.2, 0.1, 0.1], [0.9, 0.05, 0.03, 0.02], [0.1, 0.1, 0.1, 0.7]], dtype=np.float32))
    decoded = ctc_greedy(logits)
    assert decoded.ids == (0,)
    assert decoded.confidences == pytest.approx((0.9,))
    assert decoded.spans == ((0, 2),)


@st.composite
def tables(draw, most=5):
    frames = draw(st.integers(1, most))
    numbers = draw(st.lists(st.floats(-6, 6, width=32), min_size=frames * CLASSES, max_size=frames * CLASSES))
    return np.array(numbers, dtype=np.float32).reshape(frames, CLASSES)


def every_text(logits: np.ndarray) -> dict[tuple[int, ...], float]:
    """Probability of each text that T frames can say, by all K^T paths."""
    logs = log_softmax(logits)
    found: dict[tuple[int, ...], float] = {}
    for path in itertools.product(range(CLASSES), repeat=len(logits)):
        text = tuple(id for id, _, _ in ctc_collapse(path, BLANK))
        found[text] = found.get(text, 0.0) + math.exp(sum(logs[frame, id] for frame, id in enumerate(path)))
    return found


@given(tables())
def test_a_beam_that_loses_nothing_finds_every_text_with_its_probability(logits):
    expected = every_text(logits)
    found = ctc_beam(logits, width=len(expected))
    assert {one.decoded.ids for one in found} == set(expected)
    for one in found:
        assert math.exp(one.log_prob) == pytest.approx(expected[one.decoded.ids], rel=1e-6)
    assert sum(math.exp(one.log_prob) for one in found) == pytest.approx(1)
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)


@given(tables(most=12), st.integers(1, 6))
def test_the_best_is_never_worse_than_the_greedy_reading(logits, width):
    greedy = ctc_log_prob(log_softmax(logits), ctc_greedy(logits).ids)
    found = ctc_beam(logits, width)
    assert 1 <= len(found) <= width
    assert found[0].score >= greedy
    assert len({one.decoded.ids for one in found}) == len(found)


@given(tables(most=12), st.integers(1, 4))
def test_characters_lie_in_order_within_the_frames(logits, width):
    for one in ctc_beam(logits, width):
        spans = one.decoded.spans
        assert len(spans) == len(one.decoded.confidences) == len(one.decoded.ids)
        assert all(0 <= start < end <= len(logits) for start, end in spans)
        assert all(a[1] <= b[0] for a, b in itertools.pairwise(spans))
        assert all(0 < confidence <= 1 + 1e-9 for confidence in one.decoded.confidences)


@given(st.lists(st.integers(0, BLANK), min_size=1, max_size=10))
def test_a_certain_path_is_read_as_greedy_decoding_does(path):
    logits = 12 * np.eye(CLASSES, dtype=np.float32)[path]
    [best] = ctc_beam(logits, 1)
    greedy = ctc_greedy(logits)
    assert (best.decoded.ids, best.decoded.spans) == (greedy.ids, greedy.spans)
    assert best.decoded.confidences == pytest.approx(greedy.confidences)


def test_many_weak_paths_to_one_text_beat_a_strong_one():
    """The example of Graves 2006: greedy decoding reads nothing, though `a` is likelier by all its paths."""
    logits = np.log(np.array([[0.4, 0.0001, 0.6], [0.4, 0.0001, 0.6]], dtype=np.float32))
    assert ctc_greedy(logits).ids == ()
    best, second = ctc_beam(logits, 2)
    assert (best.decoded.ids, second.decoded.ids) == ((0,), ())
    assert math.exp(best.score) == pytest.approx(0.64, abs=1e-3)


@given(tables())
def test_a_frame_writes_a_character_as_often_as_the_paths_of_the_text_do(logits):
    logs = log_softmax(logits)
    shares: dict[tuple[int, ...], np.ndarray] = {}
    for path in itertools.product(range(CLASSES), repeat=len(logits)):
        runs = ctc_collapse(path, BLANK)
        table = shares.setdefault(tuple(id for id, _, _ in runs), np.zeros((len(runs), len(logits))))
        for place, (_, start, end) in enumerate(runs):
            table[place, start:end] += math.exp(sum(logs[frame, id] for frame, id in enumerate(path)))
    for text, probability in every_text(logits).items():
        assert ctc_posteriors(logits, text) == pytest.approx(shares[text] / probability, rel=1e-4, abs=1e-6)
