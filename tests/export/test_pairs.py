"""Every encoder with every decoder, with and without a BiLSTM: trains a step, saves, exports, and reads as it did."""

import itertools
from typing import get_args

import numpy as np
import pytest

from engine.config.reader import Decoder, Encoder, ReaderConfig
from engine.config.train import TrainConfig
from engine.export.exporter import Exporter
from engine.jobs import paths
from engine.models.losses import encode_targets, teacher_tokens
from engine.reading.bundle import open_reader
from engine.training.prefetch import Batch
from engine.training.trainer import GROUPS, Trainer
from engine.workspace import Workspace, new_id
from glyphlab_read.bundles.entries import TrainedOn
from glyphlab_read.charset import Charset
from glyphlab_read.reading.preprocess import Preprocessing
from tests.helpers.tiny_datasets import draw_word

PAIRS = list(itertools.product(get_args(Encoder), get_args(Decoder)))
CHARSET = Charset("abc")
WORDS = ["ab", "cab", "abca", "b"]
pytestmark = pytest.mark.usefixtures("eagerly")
PREPROCESSING = Preprocessing(height=16, max_width=64, multiple=32, channels=3)


def make_trainer(encoder: Encoder, decoder: Decoder) -> Trainer:
    recurrent = 8 if len(encoder) % 2 == (decoder == "ctc") else 0
    reader = ReaderConfig(
        encoder=encoder, decoder=decoder, recurrent=recurrent, scale=0.125, height=16, max_width=64, max_length=8
    )
    return Trainer(TrainConfig(dataset="0" * 26, reader=reader, optimiser="adamw"), CHARSET.classes, "float32")


def batch_of(trainer: Trainer, rows: list[np.ndarray], texts: list[np.ndarray]) -> Batch:
    config = trainer.network.config
    image, _ = PREPROCESSING.pad_batch(rows, least=64)
    frames = np.full(len(rows), config.time_steps, np.int32)
    targets = encode_targets(texts, frames)
    tokens = teacher_tokens(targets, CHARSET.end) if config.decoder == "attention" else None
    return Batch(image, targets, frames, np.arange(len(rows)), tokens)


@pytest.mark.parametrize(("encoder", "decoder"), PAIRS)
def test_a_pair_learns_a_step_saves_exports_and_reads(workspace: Workspace, encoder: Encoder, decoder: Decoder):
    trainer = make_trainer(encoder, decoder)
    rows = [PREPROCESSING.prepare(draw_word(word)) for word in WORDS]
    texts = [CHARSET.encode(word) for word in WORDS]
    batch = batch_of(trainer, rows, texts)
    saved = {group: trainer.tensors(group) for group in GROUPS}
    loss = trainer.train_step(batch, 0.002)
    assert np.isfinite(loss)
    trainable = {id(weight) for weight in trainer.network.training.trainable_variables}
    still = [
        weight.path
        for weight, before, now in zip(
            trainer.network.training.variables,
            saved["network"].values(),
            trainer.tensors("network").values(),
            strict=True,
        )
        if id(weight) in trainable and np.array_equal(before, now)
    ]
    assert still == [], "every weight learns"
    for group in GROUPS:
        trainer.restore(group, saved[group])
    assert trainer.train_step(batch, 0.002) == loss, "dropout's randomness is restored, too"
    run = workspace.folder("runs", new_id())
    run.mkdir()
    trained_on = TrainedOn(dataset="0" * 26, hash="none")
    exporter = Exporter(run, trainer.network, CHARSET, PREPROCESSING, trained_on, rows, texts)
    parity = exporter.export(1, {}).parity
    assert parity.counts, parity
    reader = open_reader(run / paths.BUNDLES / "1", workspace)
    images = [draw_word(word) for word in WORDS]
    assert len(reader.read_many(images)) == len(reader.read_many(images, beam=2)) == len(WORDS)
