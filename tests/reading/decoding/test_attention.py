"""Beam search over an attention decoder, whose answers come from a table of its own for each text so far."""

import itertools
import math
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.reading.decoding.attention import attention_beam, log_softmax
from engine.reading.decoding.types import attention_greedy

CLASSES, END, LONGEST, FRAMES = 3, 2, 3, 6
SEEDS = st.lists(st.integers(0, 10**6), min_size=1, max_size=3)


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


def mean_logarithm(seed: int, text: tuple[int, ...]) -> float:
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
        assert found[0].score >= mean_logarithm(seed, one.ids) - 1e-9
        assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)


@given(SEEDS, st.integers(1, 4))
def test_every_score_is_the_mean_over_its_characters(seeds, width):
    for seed, found in zip(seeds, beam(seeds, width), strict=True):
        for one in found:
            ids = one.decoded.ids
            assert one.score == pytest.approx(mean_logarithm(seed, ids), abs=1e-6)
            assert one.logarithm == pytest.approx(one.score * (len(ids) + (len(ids) < LONGEST)), abs=1e-6)
            assert len(one.decoded.spans) == len(one.decoded.confidences) == len(ids) <= LONGEST


@given(st.integers(0, 10**6))
def test_a_beam_that_loses_nothing_finds_the_best_of_all_texts(seed):
    lengths = range(LONGEST + 1)
    texts = [text for length in lengths for text in itertools.product(range(END), repeat=length)]
    [found] = beam([seed], width=len(texts))
    assert {one.decoded.ids for one in found} == set(texts)
    assert found[0].score == pytest.approx(max(mean_logarithm(seed, text) for text in texts))


@given(SEEDS, st.integers(1, 4))
def test_a_reading_does_not_depend_on_its_neighbours(seeds, width):
    together = beam(seeds, width)
    for seed, found in zip(seeds, together, strict=True):
        [alone] = beam([seed], width)
        assert [one.decoded for one in found] == [one.decoded for one in alone]
        assert math.isclose(found[0].score, alone[0].score)
