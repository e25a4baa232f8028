"""The learner: every optimiser steps, and every number comes out and goes back in."""

from typing import Literal

import keras
import numpy as np
import pytest

from engine.config.reader import ReaderConfig
from engine.config.train import TrainConfig
from engine.errors import CheckpointError
from engine.export.graphs import copy_weights, float32_copy
from engine.models.losses import encode_targets
from engine.training.prefetch import Batch
from engine.training.trainer import GROUPS, Trainer, best_weights, numbered

CLASSES = 5
READER = ReaderConfig(scale=0.125, height=16, max_width=32, max_length=4, dropout=0.5)


def learner(precision: Literal["float32", "bfloat16"] = "float32", **values) -> Trainer:
    return Trainer(TrainConfig.parse({"dataset": "0" * 26, "reader": READER.plain(), **values}), CLASSES, precision)


def some_batch(width: int = 32) -> Batch:
    image = np.random.default_rng(0).integers(0, 256, (2, 16, width, READER.channels), dtype=np.uint8)
    frames = np.full(2, width // 4, np.int32)
    targets = encode_targets([np.array([0, 1], np.int32), np.array([2], np.int32)], frames)
    return Batch(image, targets, frames, np.arange(2), None)


@pytest.mark.usefixtures("eagerly")
def test_what_comes_out_goes_back_in_dropouts_randomness_too():
    """Straight on, and from a copy of the numbers in a learner of another seed: the same losses, bit for bit."""
    one, other, batch = learner(seed=1), learner(seed=2), some_batch()
    one.train_step(batch, 0.01)
    for group in GROUPS:
        other.restore(group, one.tensors(group))
    assert [one.train_step(batch, 0.01) for _ in range(3)] == [other.train_step(batch, 0.01) for _ in range(3)]


@pytest.mark.usefixtures("eagerly")
def test_the_mean_of_the_weights_is_what_is_read_with_and_begun_with_and_goes_on_exactly():
    one, other, batch = learner(average=0.5), learner(seed=2, average=0.5), some_batch()
    for _ in range(3):
        one.train_step(batch, 0.01)
    kept = one.tensors("network")
    means = best_weights(kept)
    assert any(not np.array_equal(means[name], kept[name]) for name in means)
    with one.averaged():
        assert all(np.array_equal(tensor, means[name]) for name, tensor in numbered(one.network.training).items())
    assert all(np.array_equal(tensor, kept[name]) for name, tensor in numbered(one.network.training).items())
    for group in GROUPS:
        other.restore(group, one.tensors(group))
    for ours in (one, other):
        ours.train_step(batch, 0.01)
    ends = (ours.tensors("network") for ours in (one, other))
    assert all(np.array_equal(left, right) for left, right in zip(*(end.values() for end in ends), strict=True))


@pytest.mark.usefixtures("eagerly")
def test_a_share_of_the_first_weights_stays_in_those_that_are_read_with_and_goes_on_exactly():
    one, other, batch = learner(), learner(seed=2), some_batch()
    first = one.tensors("network")
    name = next(name for name, tensor in first.items() if tensor.shape[-1:] == (CLASSES,))  # the last layer's
    fresh = np.zeros(first[name].shape, bool)
    fresh[..., 1] = True
    one.keep_start(0.25, {name: fresh})
    for _ in range(3):
        one.train_step(batch, 0.01)
    last = numbered(one.network.training)
    with one.averaged():
        read = numbered(one.network.training)
    mixed = 0.75 * last[name] + 0.25 * first[name]
    assert read[name][~fresh] == pytest.approx(mixed[~fresh], abs=1e-6)
    assert np.array_equal(read[name][fresh], last[name][fresh])  # of a character that nothing had learned before
    assert all(np.array_equal(tensor, last[name]) for name, tensor in numbered(one.network.training).items())
    kept = one.tensors("network")
    assert all(np.array_equal(tensor, read[name]) for name, tensor in best_weights(kept).items())
    for group in GROUPS:
        other.restore(group, one.tensors(group))
    assert one.train_step(batch, 0.01) == other.train_step(batch, 0.01)
    ends = (best_weights(ours.tensors("network")) for ours in (one, other))
    assert all(np.array_equal(left, right) for left, right in zip(*(end.values() for end in ends), strict=True))


def test_a_step_rounds_alike_whichever_sizes_came_before():
    """bfloat16 rounds coarsely, so that a graph built otherwise would show."""
    straight, resumed = learner("bfloat16"), learner("bfloat16")
    for width in (32, 64):
        straight.train_step(some_batch(width), 0.01)
    for group in GROUPS:
        resumed.restore(group, straight.tensors(group))
    for ours in (straight, resumed):
        ours.train_step(some_batch(96), 0.01)
    for group in GROUPS:
        left, right = straight.tensors(group), resumed.tensors(group)
        assert all(np.array_equal(left[name], right[name]) for name in left)
    assert straight.eval_step(some_batch(64)) == resumed.eval_step(some_batch(64))


def test_judging_learns_nothing():
    ours, batch = learner(), some_batch()
    before = ours.tensors("network")
    assert ours.eval_step(batch) == ours.eval_step(batch)
    assert all(np.array_equal(tensor, before[name]) for name, tensor in ours.tensors("network").items())


@pytest.mark.parametrize(("optimiser", "rate"), [("muon", 0.01), ("adamw", 0.01), ("sgd", 0.01), ("adadelta", 1.0)])
def test_every_optimiser_learns(optimiser: str, rate: float):
    ours, batch = learner(optimiser=optimiser, clip=0.0 if optimiser == "sgd" else 5.0), some_batch()
    before = ours.eval_step(batch)
    for _ in range(15):
        ours.train_step(batch, rate)
    assert ours.train_step(batch, rate) < before


@pytest.mark.parametrize("damage", ["shape", "type", "missing"])
def test_numbers_of_another_network_are_refused(damage: str):
    ours = learner()
    tensors = ours.tensors("network")
    if damage == "shape":
        tensors["0000"] = tensors["0000"][..., :1]
    elif damage == "type":
        tensors["0000"] = tensors["0000"].astype(np.float64)
    else:
        del tensors["0000"]
    with pytest.raises(CheckpointError, match=r"another network.*start a new run"):
        ours.restore("network", tensors)


def test_a_twin_outlives_the_learners_next_step():
    """JAX gives a learner's arrays away at each step; what was exported must not go with them."""
    ours, batch = learner(), some_batch()
    twin = float32_copy(ours.network)
    ours.train_step(batch, 0.01)
    copy_weights(ours.network.training, twin.training)
    copied = ours.tensors("network")
    ours.train_step(batch, 0.01)
    values = [np.asarray(keras.ops.convert_to_tensor(variable)) for variable in twin.training.variables]
    assert all(np.array_equal(value, tensor) for value, tensor in zip(values, copied.values(), strict=True))
