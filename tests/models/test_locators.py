"""Networks of locators: their shapes and sizes, and losses that count what they should."""

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.config.locator import MAPS, STRIDES, LocatorConfig, LocatorNetwork
from engine.models.locators import LOCATORS, build_locator
from engine.models.locators.losses import locator_loss

pytestmark = pytest.mark.heavy


@pytest.mark.parametrize("name", LOCATORS)
def test_maps_come_at_their_stride_from_a_network_of_the_size_that_is_asked(name: LocatorNetwork):
    network = build_locator(LocatorConfig(network=name))
    height, width = (64, 96) if name == "pyramid" else (128, 128)
    logits = np.asarray(network({"image": np.zeros((2, height, width, 3), np.uint8)}))
    assert logits.shape == (2, height // STRIDES[name], width // STRIDES[name], len(MAPS[name]))
    assert np.isfinite(logits).all()
    assert network.count_params() <= 1_500_000
    if name != "pyramid":
        assert logits[0].size == 64  # outputs, as the second system had


def test_the_second_systems_networks_are_layered_as_its_notes_say():
    layers = {
        name: [type(layer).__name__ for layer in build_locator(LocatorConfig(network=name)).layers]
        for name in ("fc_mask", "conv_mask")
    }
    assert layers["fc_mask"].count("Conv2D") == 2
    assert layers["fc_mask"].count("Dense") == 3
    assert layers["conv_mask"].count("Conv2D") == 4
    assert layers["conv_mask"].count("Dense") == 1
    assert layers["conv_mask"].count("Dropout") == 1


def both(seed: int, text: float) -> tuple[np.ndarray, np.ndarray]:
    """Return targets of one map and logits."""
    rng = np.random.default_rng(seed)
    truth = (rng.random((2, 8, 8, 1)) < text).astype(np.uint8)
    valid = (rng.random((2, 8, 8, 1)) < 0.8).astype(np.uint8)
    return np.concatenate([truth, valid], axis=-1), rng.normal(0, 2, (2, 8, 8, 1)).astype(np.float32)


def loss(targets: np.ndarray, logits: np.ndarray, kind: str, negatives: str = "all") -> float:
    return float(keras.ops.convert_to_numpy(locator_loss(targets, logits, ("kernel",), kind, negatives)))  # pyright: ignore[reportArgumentType]


@given(st.integers(0, 10_000), st.floats(0, 1))
def test_losses_are_those_of_their_formulas(seed: int, text: float):
    targets, logits = both(seed, text)
    truth, valid = targets[..., 0].astype(float), targets[..., 1].astype(float)
    share = 1 / (1 + np.exp(-logits[..., 0].astype(float)))
    entropy = -(truth * np.log(share) + (1 - truth) * np.log(1 - share)) * valid
    positive = float((truth * valid).sum())
    assert loss(targets, logits, "bce") == pytest.approx(entropy.sum() / (4 * positive + 2000), rel=1e-4)
    shared = (share * truth * valid).sum()
    dice = 1 - (2 * shared + 1) / ((share * valid).sum() + positive + 1)
    assert loss(targets, logits, "dice") == pytest.approx(dice, rel=1e-4, abs=1e-5)


@given(st.integers(0, 10_000), st.sampled_from(["bce", "dice", "both"]), st.sampled_from(["all", "hard"]))
def test_pixels_that_do_not_count_change_nothing(seed: int, kind: str, negatives: str):
    targets, logits = both(seed, 0.3)
    other = np.where(targets[..., 1:] == 0, -logits * 3, logits).astype(np.float32)
    assert loss(targets, logits, kind, negatives) == pytest.approx(loss(targets, other, kind, negatives), rel=1e-5)


@pytest.mark.parametrize("negatives", ["all", "hard"])
def test_false_text_on_a_scene_without_text_costs(negatives: str):
    targets = np.concatenate([np.zeros((1, 8, 8, 1)), np.ones((1, 8, 8, 1))], axis=-1).astype(np.uint8)
    quiet, loud = np.full((1, 8, 8, 1), -6.0, np.float32), np.full((1, 8, 8, 1), 3.0, np.float32)
    for kind in ("bce", "dice", "both"):
        assert loss(targets, loud, kind, negatives) > 5 * loss(targets, quiet, kind, negatives)


def test_text_between_two_words_of_a_line_costs_five_times_as_much_as_elsewhere():
    truth, valid = np.zeros((1, 8, 8, 3), np.uint8), np.ones((1, 8, 8, 3), np.uint8)
    truth[0, 4, [0, 1, 4, 5], 0] = 1  # two words
    truth[0, 4, :6, 2] = 1  # their line
    targets = np.concatenate([truth, valid], axis=-1)

    def cost(row: int, column: int) -> float:
        logits = np.where(truth > 0, 6.0, -6.0).astype(np.float32)
        right = locator_loss(targets, logits, MAPS["pyramid"], "bce", "all")
        logits[0, row, column, 0] = 6.0
        wrong = locator_loss(targets, logits, MAPS["pyramid"], "bce", "all")
        return float(keras.ops.convert_to_numpy(wrong - right))  # pyright: ignore[reportArgumentType]

    assert cost(4, 2) == pytest.approx(5 * cost(1, 2), rel=1e-3)
