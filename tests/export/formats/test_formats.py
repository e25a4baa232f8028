"""Each format reads as the lab does, by its own runtime, and the gate refuses what does not."""

from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np
import onnxruntime
import pytest
from PIL import Image

from engine.errors import ConfigError
from engine.export.formats.gate import GateImage, compare_readings
from engine.export.formats.other_readers import onnxtr_config, rapidocr_graph
from engine.export.formats.rapidocr import scaled_to_rows
from engine.export.formats.writers import SourceReader, write_format
from engine.models.network import Network
from glyphlab_read.bundles.entries import describe_graphs
from glyphlab_read.reading.preprocess import Preprocessing
from glyphlab_read.reading.reader import Reader
from tests.helpers.tiny_bundles import CHARSET, Kind, draw, draw_apart, graphs, manifest
from tests.helpers.tiny_datasets import draw_word

TEXTS = ["abcd", "ab", "d", "aabb", "dcba", "cabdabcd"]


def source(kind: Kind = "ctc") -> SourceReader:
    described = manifest(kind, graphs=describe_graphs(graphs(kind)))
    pictures = [draw_apart(text) for text in TEXTS]
    return SourceReader(described, graphs(kind), b"", Reader(described, graphs(kind)), no_network, pictures)


def no_network() -> Network:
    raise AssertionError("formats of ONNX need no Keras")


def compared(name, lab: SourceReader, folder: Path):
    written = write_format(name, lab, folder)
    images = [
        GateImage(written.as_handed_over(image), text) for image, text in zip(lab.calibration, TEXTS, strict=True)
    ]
    return written, compare_readings(lab.reader, written.read, images, lambda done: None)


def test_rapidocr_reads_as_the_lab_and_finds_its_characters_in_the_file(tmp_path: Path):
    _, result = compared("rapidocr", source(), tmp_path)
    assert result.same == len(TEXTS)
    session = onnxruntime.InferenceSession(tmp_path / "rapidocr.onnx", providers=["CPUExecutionProvider"])
    assert session.get_modelmeta().custom_metadata_map["character"].splitlines() == list(CHARSET)
    assert session.get_outputs()[0].shape[-1] == 1 + len(CHARSET) + 1  # the blank, and the space that it adds


def test_rapidocr_s_batch_of_several_widths_gives_what_each_image_gives_alone(tmp_path: Path):
    (tmp_path / "rapidocr.onnx").write_bytes(rapidocr_graph(source().manifest, graphs("ctc")["network"]))
    session = onnxruntime.InferenceSession(tmp_path / "rapidocr.onnx", providers=["CPUExecutionProvider"])
    batch = np.zeros((len(TEXTS), 3, 48, 320), np.float32)
    for row, text in zip(batch, TEXTS, strict=True):
        pixels = np.asarray(scaled_to_rows(draw_apart(text)))[:, :, ::-1].transpose(2, 0, 1)
        row[:, :, : pixels.shape[2]] = pixels / 127.5 - 1
    together = _logits(session, batch).argmax(axis=2)
    for row, classes in zip(batch, together, strict=True):
        alone = _logits(session, row[None])[0].argmax(axis=1)
        assert list(classes[: len(alone)]) == list(alone)
        assert not classes[len(alone) :].any()  # blank beyond the image


@pytest.mark.parametrize("ground", [0, 255])
@pytest.mark.parametrize(("channels", "widen_below"), [(1, 0), (3, 0), (3, 96)])
def test_images_are_prepared_in_the_graph_as_in_the_lab(channels: Literal[1, 3], widen_below: int, ground: int):
    preprocessing = Preprocessing(height=32, widen_below=widen_below, max_width=128, multiple=32, channels=channels)
    picture = draw_word("Wag").resize((90, 48))
    pixels = np.asarray(picture.convert("RGB")).astype(np.int64)
    pixels = (pixels if ground else 255 - pixels) // 2 + np.array([60, 40, 20])
    image = Image.fromarray(pixels.astype(np.uint8))
    model = rapidocr_graph(manifest("ctc", preprocessing=preprocessing), graphs("ctc")["network"])
    found = _prepared_by(model, image)
    expected = preprocessing.prepare(image).reshape(32, -1, channels).astype(int)
    assert np.abs(found[:, : expected.shape[1]] - expected).max() <= 4  # a level of rounding, its contrast stretched
    assert (found[:, expected.shape[1] :] == 128).all()


def _logits(session: onnxruntime.InferenceSession, batch: np.ndarray) -> np.ndarray:
    return np.asarray(session.run(None, {"x": batch})[0])


def _prepared_by(model: bytes, image: Image.Image) -> np.ndarray:
    """Return what the network inside a graph gets, int64 (h, w, C)."""
    import onnx

    loaded = onnx.load_from_string(model)
    keep = next(number for number, node in enumerate(loaded.graph.node) if node.output[0] == "image") + 1
    del loaded.graph.node[keep:]
    del loaded.graph.output[:]
    loaded.graph.output.append(onnx.helper.make_tensor_value_info("image", onnx.TensorProto.UINT8, None))
    session = onnxruntime.InferenceSession(loaded.SerializeToString(), providers=["CPUExecutionProvider"])
    batch = np.zeros((1, 3, 48, 320), np.float32)
    batch[0, :, :, : image.width] = np.asarray(image)[:, :, ::-1].transpose(2, 0, 1) / np.float32(127.5) - 1
    return _logits(session, batch)[0].astype(int)


def test_onnxtr_gets_its_vocabulary_and_a_fixed_width_and_reads_as_the_lab(tmp_path: Path):
    written, _ = compared("rapidocr", source(), tmp_path)
    session = onnxruntime.InferenceSession(tmp_path / "onnxtr" / "model.onnx", providers=["CPUExecutionProvider"])
    config = onnxtr_config(source().manifest)
    assert (session.get_inputs()[0].shape[1:], config["vocab"]) == (config["input_shape"], CHARSET)
    (onnxtr,) = written.others
    shown = [onnxtr.as_handed_over(draw_apart(text)) for text in TEXTS]
    assert [onnxtr.read(image) for image in shown] == TEXTS
    assert onnxtr.as_handed_over(draw_apart("abcd").resize((600, 60))).size == (128, 32)  # too wide: black below it


def test_attention_is_refused_for_rapidocr_with_the_reason(tmp_path: Path):
    with pytest.raises(ConfigError, match="decoder is attention"):
        write_format("rapidocr", source("attention"), tmp_path)


@pytest.mark.parametrize("kind", ["ctc", "attention"])
def test_fp16_weights_leave_a_bundle_that_the_package_opens(kind: Kind, tmp_path: Path):
    written, result = compared("onnx-fp16", source(kind), tmp_path)
    assert result.same == len(TEXTS)
    written.finish(result)
    reader = Reader.open(tmp_path / "bundle")
    assert reader.manifest.parity.same_strings == len(TEXTS)
    assert reader.read(draw("abcd", 1) if kind == "attention" else draw("abcd")).text == "abcd"


def test_int8_is_given_out_only_where_it_is_faster_and_reads_as_well(tmp_path: Path):
    lab = source()
    written, result = compared("onnx-int8", lab, tmp_path)
    written.finish(result)
    assert Reader.open(tmp_path / "bundle").read(draw_apart("abcd")).text
    slower = compare_readings(lab.reader, written.read, [GateImage(draw_apart("ab"), "ab")], lambda done: None)
    assert "faster" in replace(slower, milliseconds=9.0, lab_milliseconds=3.0).why_not_worth_it()
    assert "points" in replace(slower, right=0, lab_right=1, milliseconds=1.0, lab_milliseconds=3.0).why_not_worth_it()
    assert not replace(slower, right=1, lab_right=1, milliseconds=1.0, lab_milliseconds=3.0).why_not_worth_it()


def test_a_format_that_reads_otherwise_is_refused_and_its_images_are_listed(tmp_path: Path):
    lab = source()
    images = [GateImage(image, text) for image, text in zip(lab.calibration, TEXTS, strict=True)]
    result = compare_readings(lab.reader, lambda image: "ab", images, lambda done: None)
    assert "1 of 6 images as the lab does" in result.why_not_same()
    assert [one.lab for one in result.differences] == [text for text in TEXTS if text != "ab"]
