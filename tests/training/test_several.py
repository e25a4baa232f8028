"""One batch shared among several devices teaches what one device learns from it. Runs in test_jax, on virtual CPUs."""

import keras
import numpy as np
import pytest

from engine.config.reader import ReaderConfig
from engine.config.train import TrainConfig
from engine.models.losses import encode_targets, teacher_tokens
from engine.training.prefetch import Batch
from engine.training.trainer import Trainer

pytestmark = pytest.mark.skipif(
    keras.backend.backend() != "jax" or len(keras.distribution.list_devices("cpu")) < 2,
    reason="needs JAX and two devices",
)
CLASSES = 12


def a_batch(count: int, decoder: str) -> Batch:
    rng = np.random.default_rng(count)
    image = rng.integers(0, 255, (count, 16, 64, 3), dtype=np.uint8)
    frames = np.full(count, 16, np.int32)
    texts = [rng.integers(0, CLASSES - 1, rng.integers(1, 5)).astype(np.int32) for _ in range(count)]
    targets = encode_targets(texts, frames, 4)
    tokens = teacher_tokens(targets, CLASSES - 1) if decoder == "attention" else None
    return Batch(image, targets, frames, np.arange(count), tokens)


@pytest.mark.parametrize("decoder", ["ctc", "attention"])
def test_two_devices_learn_what_one_does(decoder):
    reader = ReaderConfig(height=16, max_width=64, max_length=8, scale=0.25, decoder=decoder, dropout=0.0)
    config = TrainConfig(
        dataset="0" * 26, reader=reader, batch=8, optimiser="adamw" if decoder == "attention" else "muon"
    )
    devices = keras.distribution.list_devices("cpu")[:2]
    one, two = (Trainer(config, CLASSES, "float32", names) for names in ((), devices))
    batch, rest = a_batch(8, decoder), a_batch(3, decoder)
    assert two.eval_step(rest) == pytest.approx(
        one.eval_step(rest), rel=1e-5
    )  # not shared evenly: judging needs not be
    losses = [[learner.train_step(batch, 1e-3) for _ in range(4)] for learner in (one, two)]
    assert losses[1] == pytest.approx(losses[0], rel=1e-4)
    assert losses[0][-1] < losses[0][0]
    assert two.eval_step(rest) == pytest.approx(one.eval_step(rest), rel=1e-3)
    assert [read[0].ids for read in two.read(rest)] == [read[0].ids for read in one.read(rest)]
    with pytest.raises(ValueError, match="evenly divide"):
        two.train_step(rest, 1e-3)
