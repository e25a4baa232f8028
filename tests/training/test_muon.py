import keras
import numpy as np
import pytest

from engine.training.muon import Muon

pytestmark = pytest.mark.heavy


@pytest.mark.parametrize(
    ("rows", "columns", "decay"),
    [
        (48, 20, 0.0),  # tall, as flattened kernels of convolutions are
        (20, 48, 0.0),  # wide
        (32, 32, 0.0),
        (48, 20, 6.0),  # directions a million times weaker than others, as of momenta late in a run
    ],
)
def test_the_small_iteration_gives_what_that_of_keras_gives(rows, columns, decay):
    dice = np.random.default_rng(rows)
    matrix = dice.standard_normal((rows, columns)) * 10 ** -np.linspace(0, decay, columns)
    given = keras.ops.convert_to_tensor(matrix.astype(np.float32))
    ours = np.asarray(Muon(0.01, 0.0).zeropower_via_newtonschulz5(given, 5))
    theirs = np.asarray(keras.optimizers.Muon(0.01).zeropower_via_newtonschulz5(given, 5))
    assert np.abs(ours - theirs).max() < 0.005
    assert np.linalg.svd(ours, compute_uv=False).max() < 1.3
