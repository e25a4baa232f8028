"""The order of samples: each once an epoch, the same for the same seed, never the same twice."""

import numpy as np
import pytest

from engine.training.order import Order


@pytest.mark.parametrize(("samples", "batch"), [(1, 8), (7, 8), (8, 8), (30, 8), (64, 16)])
def test_an_epoch_shows_each_sample_at_most_once_in_full_batches(samples: int, batch: int):
    order = Order(np.random.default_rng(0).integers(1, 9, samples), batch, seed=3)
    size = min(samples, batch)
    epoch = [order.indices(step) for step in range(order.steps_an_epoch)]
    assert {len(indices) for indices in epoch} == {size}
    shown = np.concatenate(epoch)
    assert len(set(shown.tolist())) == len(shown) == samples // size * size


def test_the_order_is_a_function_of_seed_and_step():
    widths = np.random.default_rng(0).integers(1, 9, 50)
    one, other = Order(widths, 8, seed=3), Order(widths, 8, seed=3)
    assert np.array_equal(other.indices(100), one.indices(100))  # without what came before
    assert all(np.array_equal(one.indices(step), other.indices(step)) for step in range(40))
    different = Order(widths, 8, seed=4)
    assert any(not np.array_equal(one.indices(step), different.indices(step)) for step in range(6))


def test_each_epoch_has_its_own_order_and_leaves_out_others():
    order = Order(np.arange(50) % 4, 8, seed=0)
    epochs = [
        np.concatenate([order.indices(epoch * order.steps_an_epoch + place) for place in range(order.steps_an_epoch)])
        for epoch in range(6)
    ]
    assert len({epoch.tobytes() for epoch in epochs}) == 6
    assert set(np.concatenate(epochs).tolist()) == set(range(50))


def test_like_widths_share_a_batch():
    widths = np.repeat([32, 64, 96], 20)
    order = Order(widths, 4, seed=0)
    assert all(len(set(widths[order.indices(step)].tolist())) == 1 for step in range(order.steps_an_epoch))
