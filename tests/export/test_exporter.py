"""Networks export, and ONNX Runtime reads what Keras reads. Runs on any Keras backend."""

from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import keras
import numpy as np
import onnx
import pytest

from engine.config.reader import Decoder, Encoder, ReaderConfig
from engine.errors import BundleError
from engine.export.exporter import Exporter
from engine.export.graphs import copy_weights, float32_copy, onnx_graphs
from engine.export.parity import compare
from engine.jobs import paths
from engine.models.inference import decode_best
from engine.models.network import Network, build_network
from engine.reading.bundle import open_bundle, open_reader
from engine.training.ngram import learn
from engine.workspace import Workspace, new_id
from glyphlab_read.bundles.entries import TrainedOn
from glyphlab_read.charset import Charset
from glyphlab_read.reading.bundle import load_graphs
from glyphlab_read.reading.preprocess import Preprocessing, valid_frames
from tests.helpers.tiny_datasets import draw_word

CHARSET = Charset("abc")
WORDS = ["ab", "cab", "abca", "b", "ccc", "bac"]
PREPROCESSING = Preprocessing(height=32, max_width=128, multiple=32, channels=3)


def some_network(
    encoder: Encoder = "light", decoder: Decoder = "ctc", recurrent: int = 0, precision: Any = "float32"
) -> Network:
    """A network with large random weights: fresh ones would often read nothing."""
    config = ReaderConfig(
        encoder=encoder, decoder=decoder, recurrent=recurrent, scale=0.125, max_width=128, max_length=8, dropout=0.0
    )
    network = build_network(config, CHARSET.classes, seed=1, precision=precision)
    random = np.random.default_rng(3)
    for variable in network.training.trainable_variables:
        variable.assign(array(variable) + random.normal(0, 0.2, variable.shape))
    return network


def array(variable: Any) -> np.ndarray:
    return np.asarray(keras.ops.convert_to_tensor(variable))


def exporter(workspace: Workspace, network: Network) -> Exporter:
    run = workspace.folder("runs", new_id())
    run.mkdir()
    rows = [PREPROCESSING.prepare(draw_word(word)) for word in WORDS]
    trained_on = TrainedOn(dataset="0" * 26, hash="none")
    return Exporter(run, network, CHARSET, PREPROCESSING, trained_on, rows, [CHARSET.encode(word) for word in WORDS])


@pytest.mark.parametrize("decoder", get_args(Decoder))  # with every encoder in test_pairs.py
def test_a_network_is_exported_and_reads_the_same_strings(workspace: Workspace, decoder: Decoder):
    network = some_network(decoder=decoder, recurrent=8 if decoder == "attention" else 0)
    made = exporter(workspace, network)
    manifest = made.export(7, {"validation": {"word_accuracy": 0.5}})
    assert manifest.parity.counts
    assert manifest.parity.same_strings == manifest.parity.images == len(WORDS)
    assert manifest.parity.max_logit_difference < 1e-3
    reader = open_reader(made.run / paths.BUNDLES / "7", workspace)
    texts = [reading.text for reading in reader.read_many([draw_word(word) for word in WORDS])]
    assert texts == [keras_reading(network, row) for row in made.images]
    assert any(texts)


def keras_reading(network: Network, row: np.ndarray) -> str:
    image, widths = PREPROCESSING.pad_batch([row])
    frames = valid_frames(widths, image.shape[2], network.config.time_steps_at(image.shape[2]))
    return CHARSET.decode(decode_best(network, image, frames)[0].ids)


def test_a_weight_of_likely_texts_decides_whether_they_are_in_the_bundle(workspace: Workspace):
    ngram = learn([CHARSET.encode(word) for word in WORDS], len(CHARSET), 0.6)
    made = replace(exporter(workspace, some_network()), ngram=ngram)
    listed = made.export(1, {}, 0.4).language
    assert listed
    assert listed.weight == 0.4
    assert made.export(2, {}, 0.0).language is None
    assert not (made.run / paths.BUNDLES / "2" / listed.file).exists()


def test_a_bfloat16_network_is_exported_in_float32(workspace: Workspace):
    made = exporter(workspace, some_network(precision="bfloat16"))
    manifest = made.export(1, {})
    assert manifest.parity.counts, "compared with its float32 copy"
    bundle = open_bundle(made.run / paths.BUNDLES / "1", workspace)
    assert b"bfloat16" not in load_graphs(bundle)["network"]


def test_a_network_that_reads_differently_does_not_count(workspace: Workspace):
    network = some_network()
    made = exporter(workspace, network)
    made.export(1, {})
    reader = open_reader(made.run / paths.BUNDLES / "1", workspace)
    assert compare(network, reader, made.images, made.labels).counts
    kernel = network.training.trainable_variables[-2]
    kernel.assign(array(kernel) * 1.01)
    parity = compare(network, reader, made.images, made.labels)
    assert not parity.counts
    assert parity.max_logit_difference > 1e-3


def test_large_logits_are_compared_by_their_size(workspace: Workspace):
    network = some_network()
    kernel = network.training.trainable_variables[-2]
    kernel.assign(array(kernel) * 1e5)
    parity = exporter(workspace, network).export(1, {}).parity
    assert parity.max_logit_difference > 1e-3
    assert parity.counts


def test_a_bundle_that_does_not_count_is_kept_but_not_opened(workspace: Workspace, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("engine.export.parity.TOLERANCE", -1.0)
    made = exporter(workspace, some_network())
    assert not made.export(3, {}).parity.counts
    assert (made.run / paths.BUNDLES / "3" / paths.MANIFEST).is_file()
    with pytest.raises(BundleError, match="does not count"):
        open_bundle(made.run / paths.BUNDLES / "3", workspace)


def test_a_second_export_has_the_newer_weights(workspace: Workspace):
    network = some_network()
    made = exporter(workspace, network)
    first = made.export(1, {})
    kernel = network.training.trainable_variables[0]
    kernel.assign(array(kernel) * 1.5)
    second = made.export(2, {})
    assert second.parity.counts
    assert first.graphs["network"].sha256 != second.graphs["network"].sha256


def test_a_float32_copy_has_the_weights_and_the_running_means(tmp_path: Path):
    network = some_network()
    for variable in network.training.non_trainable_variables:
        if variable.dtype == "float32":
            variable.assign(np.full(variable.shape, 0.5))
    copy = float32_copy(network)
    copy_weights(network.training, copy.training)
    pairs = zip(network.training.weights, copy.training.weights, strict=True)
    assert all(np.array_equal(array(theirs), array(ours)) for theirs, ours in pairs)
    assert onnx_graphs(copy).keys() == {"network"}


def test_light_exports_as_few_operations():
    [content] = onnx_graphs(some_network()).values()
    nodes = onnx.load_from_string(content).graph.node
    assert sum(node.op_type == "Conv" for node in nodes) == 8
    assert len(nodes) < 110  # 234 where its dilated convolutions are taken apart
