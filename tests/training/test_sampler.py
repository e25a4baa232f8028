"""The order of samples: each once a round, the same for the same seed, never the same twice."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pytest

from engine.training.sampler import MixShares, draw_round


def one_part(widths: npt.NDArray[np.integer], batch: int, seed: int, round: int = 0) -> npt.NDArray[np.int64]:
    return draw_round(widths, MixShares([len(widths)], [1.0]), batch, seed, round)


@pytest.mark.parametrize(("samples", "batch"), [(1, 1), (7, 7), (8, 8), (30, 8), (64, 16)])
def test_a_round_shows_each_sample_at_most_once_in_full_batches(samples: int, batch: int):
    batches = one_part(np.random.default_rng(0).integers(1, 9, samples), batch, seed=3)
    assert batches.shape == (samples // batch, batch)
    assert len(np.unique(batches)) == batches.size


def test_the_order_is_a_function_of_seed_and_round():
    widths = np.random.default_rng(0).integers(1, 9, 50)
    assert np.array_equal(one_part(widths, 8, 3, 7), one_part(widths, 8, 3, 7))
    assert not np.array_equal(one_part(widths, 8, 3), one_part(widths, 8, 4))


def test_each_round_has_its_own_order_and_leaves_out_others():
    rounds = [one_part(np.arange(50) % 4, 8, 0, round) for round in range(6)]
    assert len({batches.tobytes() for batches in rounds}) == 6
    assert set(np.concatenate(rounds).ravel().tolist()) == set(range(50))


def test_like_widths_share_a_batch():
    widths = np.repeat([32, 64, 96], 20)
    assert all(len(set(widths[batch].tolist())) == 1 for batch in one_part(widths, 4, 0))


@pytest.mark.parametrize(
    ("sizes", "weights", "counts"),
    [
        ([100, 10], [1.0, 0.5], [100, 50]),
        ([100, 300], [1.0, 1.0], [100, 100]),
        ([40, 7, 9], [2.0, 1.0, 0.01], [40, 20, 1]),
    ],
)
def test_parts_are_seen_by_their_weights(sizes: Sequence[int], weights: Sequence[float], counts: Sequence[int]):
    shares = MixShares(sizes, weights)
    assert shares.counts == counts
    shown = draw_round(np.ones(sum(sizes), int), shares, 1, 0, 0).ravel()
    part = np.searchsorted(np.cumsum(sizes), shown, side="right")
    assert np.bincount(part, minlength=len(sizes)).tolist() == counts
    for number, size in enumerate(sizes):  # each sample of a small part as often as the others, give or take one
        seen = np.bincount(shown[part == number] - sum(sizes[:number]), minlength=size)
        assert seen.max() - seen.min() <= 1
