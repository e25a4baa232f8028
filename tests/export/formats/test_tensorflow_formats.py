"""A SavedModel as clients of aocr ask it, and a LiteRT file in LiteRT: both read as their network's bundle does."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from engine.config.reader import Decoder
from engine.export.formats.gate import GateImage, compare_readings
from engine.export.formats.writers import SourceReader, write_format
from engine.export.graphs import onnx_graphs
from glyphlab_read.bundles.entries import describe_graphs
from glyphlab_read.reading.reader import Reader
from tests.export.test_exporter import CHARSET, PREPROCESSING, WORDS, some_network
from tests.helpers.tiny_bundles import manifest
from tests.helpers.tiny_datasets import draw_word

tensorflow = pytest.importorskip("tensorflow")


def source(decoder: Decoder = "ctc", widen_below: int = 0) -> SourceReader:
    network = some_network(decoder=decoder)
    graphs = onnx_graphs(network)
    states = [{"name": name, "shape": [size]} for name, size in network.states.items()]
    described = {"kind": decoder, "max_length": network.config.max_length, **({"states": states} if states else {})}
    about = manifest(
        decoder,
        charset=CHARSET.characters,
        preprocessing=PREPROCESSING.changed(widen_below=widen_below),
        decoder=described,
        graphs=describe_graphs(graphs),
    )
    pictures = [coloured(word, number) for number, word in enumerate(WORDS)]
    return SourceReader(about, graphs, b"", Reader(about, graphs), lambda: network, pictures)


def coloured(word: str, number: int) -> Image.Image:
    """Draw a word in another size and colour each time, some light on dark."""
    image = draw_word(word)
    pixels = np.asarray(image.resize((image.width + 7 * number, 30 + 9 * number))).astype(int)
    pixels = 255 - pixels if number % 2 else pixels
    return Image.fromarray((pixels[..., None] * np.array([0.9, 0.7, 0.5]) + 20).astype(np.uint8))


@pytest.mark.parametrize(("decoder", "widen_below"), [("ctc", 0), ("ctc", 96), ("attention", 0)])
def test_a_saved_model_answers_image_files_as_aocr_did(decoder: Decoder, widen_below: int, tmp_path: Path):
    lab = source(decoder, widen_below)
    written = write_format("saved-model", lab, tmp_path)
    result = compare_readings(lab.reader, written.read, [GateImage(one) for one in lab.calibration], lambda done: None)
    assert result.same == len(WORDS)
    loaded: Any = tensorflow.saved_model.load(str(tmp_path / "saved_model"))
    answered = loaded.signatures["serving_default"](input=tensorflow.constant([png(one) for one in lab.calibration]))
    assert [text.decode() for text in answered["prediction"].numpy()] == [
        one.text for one in lab.reader.read_many(lab.calibration)
    ]
    assert answered["probability"].dtype == tensorflow.float64
    assert all(0 < probability <= 1 for probability in answered["probability"].numpy())
    alone = loaded.signatures["serving_default"](input=tensorflow.constant(png(lab.calibration[0])))
    assert alone["prediction"].shape == ()


def png(image: Image.Image) -> bytes:
    content = io.BytesIO()
    image.save(content, "PNG")
    return content.getvalue()


def test_a_litert_file_reads_in_litert(tmp_path: Path):
    lab = source()
    written = write_format("litert", lab, tmp_path)
    result = compare_readings(lab.reader, written.read, [GateImage(one) for one in lab.calibration], lambda done: None)
    assert result.same == len(WORDS)
    assert (tmp_path / "characters.txt").read_text(encoding="utf-8").splitlines() == list(CHARSET.characters)
