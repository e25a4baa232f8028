import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.reading.decoding.types import attention_greedy, ctc_collapse, ctc_greedy, softmax

CLASSES = 4
BLANK = CLASSES - 1
TEXTS = st.lists(st.integers(0, BLANK - 1), max_size=6)


def collapsed(path):
    return [id for id, _, _ in ctc_collapse(path, BLANK)]


def one_hot(path, height=9.0):
    return height * np.eye(CLASSES, dtype=np.float32)[list(path)]


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
    decoded = ctc_greedy(one_hot(path))
    assert list(decoded.ids) == text
    assert all(0.99 < confidence <= 1 for confidence in decoded.confidences)


def test_a_characters_confidence_is_that_of_its_surest_frame():
    logits = np.log(np.array([[0.6, 0.2, 0.1, 0.1], [0.9, 0.05, 0.03, 0.02], [0.1, 0.1, 0.1, 0.7]], dtype=np.float32))
    decoded = ctc_greedy(logits)
    assert decoded.ids == (0,)
    assert decoded.confidences == pytest.approx((0.9,))
    assert decoded.spans == ((0, 2),)


@given(st.lists(st.floats(-50, 50, width=32), min_size=2, max_size=9))
def test_softmax_sums_to_one_and_ignores_a_shift(logits):
    row = np.array(logits, dtype=np.float32)
    assert softmax(row).sum() == pytest.approx(1, abs=1e-5)
    assert softmax(row) == pytest.approx(softmax(row + 3), abs=1e-4)


def scripted(texts, end, frames=8):
    """A decoder that writes given texts and checks that it is fed its own last token."""

    def step(tokens, position):
        expected = [end if position == 0 else (text + [end] * 20)[position - 1] for text in texts]
        running = [position <= len(text) for text in texts]
        assert [token for token, on in zip(tokens, running, strict=True) if on] == [
            token for token, on in zip(expected, running, strict=True) if on
        ]
        logits = one_hot([text[position] if position < len(text) else end for text in texts])
        alignment = np.zeros((len(texts), frames), dtype=np.float32)
        alignment[:, position % frames] = 1
        return logits, position + 1, alignment

    return step


@given(st.lists(TEXTS, min_size=1, max_size=4))
def test_greedy_attention_reads_each_image_to_its_own_end(texts):
    decoded = attention_greedy(scripted(texts, BLANK), 0, len(texts), end=BLANK, max_length=6)
    assert [list(one.ids) for one in decoded] == texts
    for one in decoded:
        assert one.spans == tuple((index, index + 1) for index in range(len(one.ids)))


@given(st.lists(st.integers(0, BLANK - 1), min_size=3, max_size=6))
def test_greedy_attention_stops_at_the_longest_text(text):
    decoded = attention_greedy(scripted([text], BLANK), 0, 1, end=BLANK, max_length=2)
    assert list(decoded[0].ids) == text[:2]


@given(st.lists(st.floats(0, 1, width=32), min_size=1, max_size=20).filter(lambda row: sum(row) > 0.01))
def test_a_span_of_attention_lies_within_the_frames(row):
    alignment = np.array([row], dtype=np.float32) / np.float32(sum(row))
    decoded = attention_greedy(lambda tokens, state: (one_hot([0]), state, alignment), None, 1, BLANK, 1)
    start, end = decoded[0].spans[0]
    assert 0 <= start < end <= len(row)
    assert alignment[0, start:end].sum() >= 0.79
