"""CTC's prefix beam search against the sum over every path."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.reading.decoding.attention import log_softmax
from engine.reading.decoding.ctc import ctc_beam, ctc_logarithm, ctc_posteriors
from engine.reading.decoding.types import ctc_collapse, ctc_greedy

CLASSES = 3
BLANK = CLASSES - 1


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
        assert math.exp(one.logarithm) == pytest.approx(expected[one.decoded.ids], rel=1e-6)
    assert sum(math.exp(one.logarithm) for one in found) == pytest.approx(1)
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)


@given(tables(most=12), st.integers(1, 6))
def test_the_best_is_never_worse_than_the_greedy_reading(logits, width):
    greedy = ctc_logarithm(log_softmax(logits), ctc_greedy(logits).ids)
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
