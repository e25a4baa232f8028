"""Every encoder goes with every decoder, at every legal size. Runs on any Keras backend."""

from typing import get_args

import keras
import numpy as np
import pytest

from engine.config.reader import Decoder, Encoder, ReaderConfig
from engine.config.train import TrainConfig
from engine.models.attention import AttentionCell, TeacherForcing
from engine.models.encoders.blocks import BatchNormalization, RowConv2D
from engine.models.inference import decode_best
from engine.models.losses import encode_targets, teacher_tokens
from engine.models.network import build_network
from engine.training.prefetch import Batch
from engine.training.trainer import Trainer

ENCODERS, DECODERS = get_args(Encoder), get_args(Decoder)
# Learning takes the longest to compile, so not every pair: tests/export/test_pairs.py takes steps with each.
LEARNING = [("light", "ctc"), ("light", "attention"), ("cnn8", "attention")]
SIZES = [(16, 32, 1), (24, 48, 2), (32, 64, 4), (48, 112, 6), (96, 160, 8)]
CLASSES = 5


def tiny(encoder, decoder, **values) -> ReaderConfig:
    fixed = {"max_length": 4, "max_width": 64, "scale": 0.125, "dropout": 0.0}
    return ReaderConfig(encoder=encoder, decoder=decoder, **(fixed | values))


def some_batch(config: ReaderConfig, seed: int = 0) -> Batch:
    """Four images of noise with four texts."""
    random = np.random.default_rng(seed)
    image = random.integers(0, 256, (4, config.height, config.max_width, config.channels), dtype=np.uint8)
    texts = [np.array(text, np.int32) for text in ([0, 1], [2], [3, 3, 0], [1])]
    frames = np.full(4, config.time_steps, np.int32)
    targets = encode_targets(texts, frames)
    tokens = teacher_tokens(targets, CLASSES - 1) if config.decoder == "attention" else None
    return Batch(image, targets, frames, np.arange(4), tokens)


@pytest.mark.parametrize("encoder", ENCODERS)
@pytest.mark.parametrize(("place", "size"), list(enumerate(SIZES)))
def test_any_legal_size_gives_its_time_steps(encoder, place, size):
    height, width, length = size
    decoder = DECODERS[(place + ENCODERS.index(encoder)) % 2]  # each gets the smallest or the largest size
    colour = place % 3 > 0  # both with each decoder
    config = tiny(encoder, decoder, height=height, max_width=width, max_length=length, colour=colour)
    network = build_network(config, CLASSES)
    (first, *_) = network.graphs.values()
    shape = first.compute_output_spec({"image": keras.KerasTensor((2, height, width, config.channels), "uint8")}).shape
    assert shape[:2] == (2, config.time_steps)
    steps = length + 1 if decoder == "attention" else None
    assert network.training.output_shape == (None, steps and None, CLASSES)


@pytest.mark.parametrize(("encoder", "decoder"), LEARNING)
def test_a_pair_learns_a_few_samples_and_reads_them(encoder, decoder):
    aocr = (encoder, decoder) == ("cnn8", "attention")
    config = tiny(encoder, decoder, recurrent=8 if aocr else 0, height=16, max_width=32)
    rate = 0.02 if encoder == "light" else 0.005
    values = {"dataset": "0" * 26, "reader": config, "weight_decay": 0.0, "optimiser": "adamw"}
    trainer = Trainer(TrainConfig.parse(values), CLASSES, "float32")
    batch = some_batch(config)
    assert trainer.network.training(batch.inputs).shape == (4, 9 if decoder == "attention" else 8, CLASSES)
    first = trainer.train_step(batch, rate)
    for _ in range(60):
        last = trainer.train_step(batch, rate)
    assert last < first / 3
    assert len(decode_best(trainer.network, batch.image, batch.frames)) == 4


# Compiled, one of them; tests/export/test_pairs.py takes a step with each, and both are cut out by the same code.
def test_what_stems_from_keras_applications_takes_a_step():
    config = tiny("resnet50", "ctc", height=16, max_width=32)
    trainer = Trainer(TrainConfig(dataset="0" * 26, reader=config, optimiser="adamw"), CLASSES, "float32")
    batch = some_batch(config)
    before = trainer.eval_step(batch)
    assert np.isfinite(trainer.train_step(batch, 0.002))
    assert trainer.eval_step(batch) != before


def test_attention_alignments_sum_to_one_and_texts_stay_in_bounds():
    config = tiny("light", "attention")
    network = build_network(config, CLASSES)
    batch = some_batch(config)
    decoded = decode_best(network, batch.image, batch.frames)
    assert all(len(text.ids) <= config.max_length for text in decoded)
    memory = network.graphs["encoder"].predict_on_batch({"image": batch.image})
    states = {name: np.zeros((4, size), np.float32) for name, size in network.states.items()}
    outputs = network.graphs["step"].predict_on_batch(
        {"token": np.full(4, CLASSES - 1, np.int32), "memory": memory, **states}
    )
    assert np.allclose(outputs["alignment"].sum(axis=1), 1, atol=1e-5)
    assert {f"next_{name}" for name in states} < outputs.keys()


def test_step_by_step_gives_the_logits_of_teacher_forcing():
    config = tiny("light", "attention")
    network = build_network(config, CLASSES, seed=3)
    batch = some_batch(config)
    assert batch.tokens is not None
    expected = np.asarray(network.training(batch.inputs))
    memory = network.graphs["encoder"].predict_on_batch({"image": batch.image})
    states = {name: np.zeros((4, size), np.float32) for name, size in network.states.items()}
    for place in range(4):
        outputs = network.graphs["step"].predict_on_batch({"token": batch.tokens[:, place], "memory": memory, **states})
        states = {name: outputs[f"next_{name}"] for name in states}
        assert np.allclose(outputs["logits"], expected[:, place], atol=1e-4)


def test_the_same_seed_builds_the_same_weights():
    def weights(seed: int) -> np.ndarray:
        network = build_network(tiny("light", "ctc"), CLASSES, seed=seed)
        return np.concatenate([np.ravel(variable) for variable in network.training.weights])

    assert np.array_equal(weights(1), weights(1))
    assert not np.array_equal(weights(1), weights(2))


def test_bfloat16_computes_in_it_and_keeps_weights_and_logits_in_float32():
    config = tiny("light", "attention")
    network = build_network(config, CLASSES, precision="bfloat16")
    assert {keras.backend.standardize_dtype(variable.dtype) for variable in network.training.weights} == {"float32"}
    logits = network.training(some_batch(config).inputs)
    assert keras.backend.standardize_dtype(logits.dtype) == "float32"
    assert keras.config.dtype_policy().name == "float32"


def test_our_layers_are_registered_and_survive_their_config():
    cell = AttentionCell(CLASSES, 16, name="cell")
    again = TeacherForcing.from_config(TeacherForcing(cell).get_config())
    assert again.cell.get_config() == cell.get_config()
    assert keras.saving.get_registered_object("glyphlab>AttentionCell") is AttentionCell
    assert keras.saving.get_registered_object("glyphlab>TeacherForcing") is TeacherForcing


def test_the_default_light_reader_stays_small():
    assert build_network(ReaderConfig(), 100).training.count_params() <= 1_000_000


@pytest.mark.parametrize("shape", [(4, 6, 8, 5), (4, 48, 5)])
def test_normalisation_in_one_kernel_is_keras_own(shape: tuple[int, ...]):
    seen = np.random.default_rng(0).normal(3, 2, shape).astype(np.float32)
    fused, plain = BatchNormalization(momentum=0.9), keras.layers.BatchNormalization(momentum=0.9)
    for training in (True, True, False):
        ours, theirs = (np.asarray(layer(seen, training=training)) for layer in (fused, plain))
        assert ours == pytest.approx(theirs, abs=2e-2 if not training else 1e-4)
    for ours, theirs in zip(fused.weights, plain.weights, strict=True):
        assert np.asarray(ours.value) == pytest.approx(np.asarray(theirs.value), rel=1e-2)


@pytest.mark.parametrize("columns", [1, 4])
def test_rows_are_convolved_alike_while_it_learns_and_when_it_reads(columns: int):
    layer = RowConv2D(7, (3, 1), padding="same", use_bias=False)
    seen = np.random.default_rng(0).normal(0, 1, (2, 9, columns, 5)).astype(np.float32)
    learning, reading = (np.asarray(layer(seen, training=training)) for training in (True, False))
    assert learning == pytest.approx(reading, abs=1e-5)
