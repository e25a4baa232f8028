"""The losses against independent oracles: all alignments, and plain logarithms. Runs on any Keras backend."""

import itertools
import math

import keras
import numpy as np
import pytest

from engine.models.losses import PAD, encode_targets, mean_loss, summed_loss, teacher_tokens
from engine.training.validation import perplexity

CASES = [
    (1, [0], "one step, one character"),
    (3, [0], "room to repeat and to leave out"),
    (4, [0, 1], "two characters"),
    (3, [1, 1], "a double letter fills every step: it needs the blank between"),
    (4, [1, 1], "a double letter with one step to spare"),
    (4, [], "the empty text is all blanks"),
    (4, [0, 1, 0, 1], "no step to spare"),
]


def log_softmax(logits: np.ndarray) -> np.ndarray:
    shifted = logits - logits.max(-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(-1, keepdims=True))


def brute_force_ctc(logits: np.ndarray, text: list[int]) -> float:
    """Minus the logarithm of the sum over every path that collapses to the text; logits (T, K)."""
    steps, classes = logits.shape
    logs = log_softmax(logits.astype(np.float64))
    total = 0.0
    for path in itertools.product(range(classes), repeat=steps):
        if [key for key, _ in itertools.groupby(path) if key != classes - 1] == text:
            total += math.exp(sum(logs[step, key] for step, key in enumerate(path)))
    return -math.log(total)


@pytest.mark.parametrize(("steps", "text", "why"), CASES)
def test_ctc_is_the_sum_over_all_alignments(steps: int, text: list[int], why: str):
    logits = np.random.default_rng(steps).normal(0, 2, (1, steps, 3)).astype(np.float32)
    targets = encode_targets([np.array(text, np.int32)], np.array([steps], np.int32))
    sums, counts = summed_loss("ctc", targets, logits)
    assert float(sums[0]) == pytest.approx(brute_force_ctc(logits[0], text), rel=1e-4), why
    assert float(counts[0]) == len(text)


def test_ctc_ignores_steps_over_the_padding():
    logits = np.random.default_rng(0).normal(size=(2, 5, 3)).astype(np.float32)
    texts = [np.array([0], np.int32), np.array([1, 0], np.int32)]
    sums, _ = summed_loss("ctc", encode_targets(texts, np.array([3, 5], np.int32)), logits)
    assert float(sums[0]) == pytest.approx(brute_force_ctc(logits[0, :3], [0]), rel=1e-4)
    assert float(sums[1]) == pytest.approx(brute_force_ctc(logits[1], [1, 0]), rel=1e-4)


def test_attention_is_the_cross_entropy_up_to_the_end_token():
    logits = np.random.default_rng(1).normal(size=(2, 9, 4)).astype(np.float32)
    texts = [np.array([0, 2], np.int32), np.array([1], np.int32)]
    targets = encode_targets(texts, np.array([9, 9], np.int32))
    logs = log_softmax(logits)
    sums, counts = summed_loss("attention", targets, logits)
    assert float(sums[0]) == pytest.approx(-(logs[0, 0, 0] + logs[0, 1, 2] + logs[0, 2, 3]), rel=1e-5)
    assert float(sums[1]) == pytest.approx(-(logs[1, 0, 1] + logs[1, 1, 3]), rel=1e-5)
    assert np.asarray(counts).tolist() == [3, 2]


@pytest.mark.parametrize("smoothing", [0.0, 0.1, 1.0])
def test_smoothing_is_the_cross_entropy_against_a_truth_that_is_spread_out(smoothing: float):
    logits = np.random.default_rng(3).normal(size=(2, 9, 4)).astype(np.float32)
    texts = [np.array([0, 2], np.int32), np.array([1], np.int32)]
    truth = (1 - smoothing) * np.eye(4)[[0, 2, 3]] + smoothing / 4
    sums, counts = summed_loss("attention", encode_targets(texts, np.array([9, 9], np.int32)), logits, smoothing)
    assert float(sums[0]) == pytest.approx(-(truth * log_softmax(logits)[0, :3]).sum(), rel=1e-5)
    assert np.asarray(counts).tolist() == [3, 2], "steps after the end count nothing, smoothed or not"


def test_ctc_ignores_smoothing():
    logits = np.random.default_rng(4).normal(size=(1, 4, 3)).astype(np.float32)
    targets = encode_targets([np.array([0, 1], np.int32)], np.array([4], np.int32))
    assert float(mean_loss("ctc", targets, logits, smoothing=0.3)) == float(mean_loss("ctc", targets, logits))


@pytest.mark.parametrize("decoder", ["ctc", "attention"])
def test_the_mean_over_a_batch_is_that_of_its_parts_weighted_by_their_counts(decoder):
    logits = np.random.default_rng(2).normal(size=(3, 9, 4)).astype(np.float32)
    texts = [np.array(text, np.int32) for text in ([0, 1, 2], [2], [1, 1])]
    targets = encode_targets(texts, np.array([9, 9, 9], np.int32))
    parts = [summed_loss(decoder, targets[i : i + 1], logits[i : i + 1]) for i in range(3)]
    expected = sum(float(sums[0]) for sums, _ in parts) / sum(float(counts[0]) for _, counts in parts)
    assert float(mean_loss(decoder, targets, logits)) == pytest.approx(expected, rel=1e-5)


def test_perplexity_is_the_exponential_of_the_loss():
    uniform = np.zeros((1, 9, 7), np.float32)
    targets = encode_targets([np.array([0, 1, 2], np.int32)], np.array([9], np.int32))
    loss = float(mean_loss("attention", targets, uniform))
    assert perplexity(loss) == pytest.approx(7, rel=1e-5)  # torn between all seven classes
    assert perplexity(0.0) == 1.0
    assert math.isfinite(perplexity(1e9))


def test_targets_are_filled_up_and_tokens_begin_with_the_start():
    targets = encode_targets(
        [np.array([4, 5], np.int32), np.array([6], np.int32)], np.array([7, 8], np.int32), multiple=4
    )
    assert targets.tolist() == [[7, 4, 5, PAD, PAD], [8, 6, PAD, PAD, PAD]]
    assert teacher_tokens(targets, end=9).tolist() == [[9, 4, 5, 9, 9], [9, 6, 9, 9, 9]]


def test_losses_are_differentiable_where_a_text_just_fits():
    """An infinite loss here would be a NaN in the weights one step later."""
    logits = keras.ops.zeros((1, 3, 3))
    targets = encode_targets([np.array([1, 1], np.int32)], np.array([3], np.int32))
    assert float(mean_loss("ctc", targets, logits)) == pytest.approx(3 * math.log(3) / 2, rel=1e-4)


@pytest.mark.parametrize("gap", [50.0, 90.0, 1000.0])
def test_a_network_that_is_sure_of_something_wrong_has_a_finite_loss_and_unlearns_it(gap: float):
    logits = np.zeros((1, 6, 4), np.float32)
    logits[..., 2] = gap
    network = keras.Sequential([keras.Input((6, 4)), keras.layers.Dense(4, kernel_initializer="identity")])
    network.compile(
        keras.optimizers.SGD(0.1), lambda truth, seen: mean_loss("ctc", keras.ops.cast(truth, "int32"), seen)
    )
    targets = encode_targets([np.array([0, 1], np.int32)], np.array([6], np.int32))
    before = float(network.train_on_batch(logits, targets))
    assert 100 < before < math.inf
    bias = np.asarray(keras.ops.convert_to_tensor(network.weights[1]))
    assert bias[2] < 0, "the bias of the wrong class falls"
