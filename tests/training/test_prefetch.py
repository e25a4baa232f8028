"""Batches: what a network is handed, and the width that a text needs."""

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

import numpy as np
import pytest

from engine.config.generate import Split
from engine.config.reader import ReaderConfig, time_steps_needed
from engine.config.train import TrainConfig
from engine.datasets import open_dataset
from engine.errors import DatasetError
from engine.jobs import paths
from engine.models.losses import PAD
from engine.training.data import TrainingData, load_training_data
from engine.training.prefetch import make_batch, reading_batches
from engine.training.sampler import MixShares, Sampler
from engine.training.samples import DatasetPart, StoredSamples
from engine.workspace import Workspace
from glyphlab_read.charset import Charset
from tests.helpers.tiny_datasets import WORDS, save_dataset

CTC = ReaderConfig(max_length=8, max_width=128)
ATTENTION = CTC.changed(decoder="attention")


def material(workspace: Workspace, reader: ReaderConfig, words: Mapping[Split, Sequence[str]] = WORDS) -> TrainingData:
    config = settings(save_dataset(workspace, words), reader, validation_images=2)
    return load_training_data(config, lambda id: open_dataset(workspace.folder("datasets", id)))


def settings(dataset: str, reader: ReaderConfig = CTC, **values: Any) -> TrainConfig:
    return TrainConfig.parse({"dataset": dataset, "reader": reader.plain(), "batch": 4, "seed": 1, **values})


def source_of(rows: StoredSamples, config: TrainConfig) -> Sampler:
    return Sampler(lambda _: rows, MixShares(rows.sizes, rows.weights), config.batch, config.seed)


def test_rows_are_the_prepared_images_with_their_classes(workspace: Workspace):
    rows = material(workspace, CTC).training
    batch = make_batch(rows, range(4), CTC, end=3)
    assert batch.image.shape[:2] == (4, 32)
    assert batch.image.dtype == np.uint8
    for number in range(4):
        row = rows.image(number)
        assert np.array_equal(batch.image[number, :, : row.shape[1]], row)
        label = batch.targets[number, 1:]
        assert label[label != PAD].tolist() == ["abc".index(character) for character in rows.texts[number]]
    assert batch.tokens is None
    assert batch.inputs.keys() == {"image"}
    assert batch.count == sum(len(text) for text in rows.texts[:4])


def test_a_long_text_on_a_narrow_image_gets_the_time_steps_it_needs(workspace: Workspace):
    words: Mapping[Split, Sequence[str]] = {**WORDS, "train": ["aaaaaaa", "b"]}
    rows = material(workspace, CTC.changed(height=16), words).training
    batch = make_batch(rows, [0], CTC.changed(height=16), end=2)
    assert batch.targets[0, 0] >= time_steps_needed("aaaaaaa") == 13
    assert batch.image.shape[2] >= 4 * 13


def test_a_watched_image_is_as_wide_as_bundles_read_it_whatever_its_text(workspace: Workspace):
    dataset = open_dataset(workspace.folder("datasets", save_dataset(workspace, {"train": ["a" * 8, "b", "xy"]})))
    reader = CTC.changed(height=16)
    rows = StoredSamples([DatasetPart(dataset, dataset.frame())], Charset("ab"), reader, as_bundles=True)
    assert rows.fits.tolist() == [False, True, False]
    batch = make_batch(rows, [0], reader, end=2)
    assert batch.targets[0, 0] == reader.time_steps_at(rows.image(0).shape[1]) < time_steps_needed("a" * 8)


def test_attention_gets_the_text_and_counts_its_end(workspace: Workspace):
    rows = material(workspace, ATTENTION).training
    batch = make_batch(rows, [0, 1], ATTENTION, end=3)
    assert batch.tokens is not None
    assert batch.tokens[:, 0].tolist() == [3, 3]
    assert batch.tokens.shape == batch.targets.shape
    assert batch.count == sum(len(text) + 1 for text in rows.texts[:2])


def test_a_stream_goes_on_from_any_step(workspace: Workspace):
    rows = material(workspace, CTC).training
    config = settings("0" * 26, augment=0.5)
    source = source_of(rows, config)
    straight = list(islice(reading_batches(source, config, 3, 0), 9))
    later = list(islice(reading_batches(source, config, 3, 5), 4))
    assert all(np.array_equal(a.indices, b.indices) for a, b in zip(straight[5:], later, strict=True))
    assert all(np.array_equal(a.image, b.image) for a, b in zip(straight[5:], later, strict=True))
    plain = next(reading_batches(source, config.changed(augment=0), 3, 0))
    assert not np.array_equal(plain.image, straight[0].image)
    assert np.array_equal(plain.targets, straight[0].targets)


def test_a_damaged_record_ends_the_stream_with_its_name(workspace: Workspace):
    rows = material(workspace, CTC).training
    (shard,) = workspace.root.glob(f"datasets/*/{paths.SHARDS}/train-*")
    content = bytearray(shard.read_bytes())
    content[len(content) // 2] ^= 1
    shard.write_bytes(content)
    config = settings("0" * 26)
    with pytest.raises(DatasetError, match="train-00000"):
        list(islice(reading_batches(source_of(rows, config), config, 3, 0), 4))


def test_validation_takes_the_same_few_each_time(workspace: Workspace):
    assert len(material(workspace, CTC).validation) == 2
