"""Attention decoding: greedy over a scripted decoder, beam search over one that answers each text by its own table."""

import itertools
import math
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glyphlab_read.reading.decoding.attention import attention_beam, attention_greedy
from glyphlab_read.reading.decoding.types import log_softmax

CLASSES, END, LONGEST, FRAMES = 3, 2, 3, 6
SEEDS = st.lists(st.integers(0, 10**6), min_size=1, max_size=3)
TEXTS = st.lists(st.integers(0, END - 1), max_size=6)


@cache
def logits_after(seed: int, text: tuple[int, ...]) -> np.ndarray:
    """A decoder's answer to an image (its seed) after a text."""
    random = np.random.default_rng([seed, *(id + 1 for id in text)])
    return random.normal(0, 2, CLASSES).astype(np.float32)


def decoder(seeds: list[int], width: int):
    """A decoder over len(seeds) · width rows that keeps each row's text as its state."""

    def step(tokens, states):
        texts = states["text"]
        begun = states["length"][:, 0] > 0
        texts = np.where(begun[:, None], np.concatenate([texts[:, 1:], tokens[:, None]], axis=1), texts)
        logits, alignment = [], np.zeros((len(tokens), FRAMES), np.float32)
        for row, (text, length) in enumerate(zip(texts, states["length"][:, 0], strict=True)):
            so_far = tuple(int(id) for id in text[len(text) - int(length) :]) if length else ()
            logits.append(logits_after(seeds[row // width], so_far))
            alignment[row, int(length)] = 1
        return np.array(logits), {"text": texts, "length": states["length"] + 1}, alignment

    rows = len(seeds) * width
    return step, {"text": np.full((rows, LONGEST + 1), -1.0), "length": np.zeros((rows, 1))}


def beam(seeds: list[int], width: int):
    step, states = decoder(seeds, width)
    return attention_beam(step, states, len(seeds), END, LONGEST, width)


def greedy(seeds: list[int]):
    step, states = decoder(seeds, 1)
    return attention_greedy(step, states, len(seeds), END, LONGEST)


def mean_log_prob(seed: int, text: tuple[int, ...]) -> float:
    """The score of a text by its definition; one that is as long as may be has no end token."""
    written = text if len(text) == LONGEST else (*text, END)
    return sum(log_softmax(logits_after(seed, text[:place]))[id] for place, id in enumerate(written)) / len(written)


@given(SEEDS)
def test_a_beam_of_one_is_greedy_decoding(seeds):
    for [found], expected in zip(beam(seeds, 1), greedy(seeds), strict=True):
        assert (found.decoded.ids, found.decoded.spans) == (expected.ids, expected.spans)
        assert found.decoded.confidences == pytest.approx(expected.confidences)


@given(SEEDS, st.integers(2, 5))
def test_the_best_is_never_worse_than_the_greedy_reading(seeds, width):
    for seed, found, one in zip(seeds, beam(seeds, width), greedy(seeds), strict=True):
        assert 1 <= len(found) <= width
        assert found[0].score >= mean_log_prob(seed, one.ids) - 1e-9
        assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)


@given(SEEDS, st.integers(1, 4))
def test_every_score_is_the_mean_over_its_characters(seeds, width):
    for seed, found in zip(seeds, beam(seeds, width), strict=True):
        for one in found:
            ids = one.decoded.ids
            assert one.score == pytest.approx(mean_log_prob(seed, ids), abs=1e-6)
            assert one.log_prob == pytest.approx(one.score * (len(ids) + (len(ids) < LONGEST)), abs=1e-6)
            assert len(one.decoded.spans) == len(one.decoded.confidences) == len(ids) <= LONGEST


@given(st.integers(0, 10**6))
def test_a_beam_that_loses_nothing_finds_the_best_of_all_texts(seed):
    lengths = range(LONGEST + 1)
    texts = [text for length in lengths for text in itertools.product(range(END), repeat=length)]
    [found] = beam([seed], width=len(texts))
    assert {one.decoded.ids for one in found} == set(texts)
    assert found[0].score == pytest.approx(max(mean_log_prob(seed, text) for text in texts))


@given(SEEDS, st.integers(1, 4))
def test_a_reading_does_not_depend_on_its_neighbours(seeds, width):
    together = beam(seeds, width)
    for seed, found in zip(seeds, together, strict=True):
        [alone] = beam([seed], width)
        assert [one.decoded for one in found] == [one.decoded for one in alone]
        assert math.isclose(found[0].score, alone[0].score)


def one_hot(ids):
    return 9.0 * np.eye(CLASSES, dtype=np.float32)[ids]


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
    decoded = attention_greedy(scripted(texts, END), 0, len(texts), end=END, max_length=6)
    assert [list(one.ids) for one in decoded] == texts
    for one in decoded:
        assert one.spans == tuple((index, index + 1) for index in range(len(one.ids)))


@given(st.lists(st.integers(0, END - 1), min_size=3, max_size=6))
def test_greedy_attention_stops_at_the_longest_text(text):
    decoded = attention_greedy(scripted([text], END), 0, 1, end=END, max_length=2)
    assert list(decoded[0].ids) == text[:2]


@given(st.lists(st.floats(0, 1, width=32), min_size=1, max_size=20).filter(lambda row: sum(row) > 0.01))
def test_a_span_of_attention_lies_within_the_frames(row):
    alignment = np.array([row], dtype=np.float32) / np.float32(sum(row))
    decoded = attention_greedy(lambda tokens, state: (one_hot([0]), state, alignment), None, 1, END, 1)
    start, end = decoded[0].spans[0]
    assert 0 <= start < end <= len(row)
    assert alignment[0, start:end].sum() >= 0.79
