"""A writer for each format: it writes a reader's files into a folder and gives the function that reads with them.

Files that are for people only (README.txt, differences) are the job's; see `engine.training.model_conversion`.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from PIL import Image

from engine.config.exporting import ModelFormatName
from engine.errors import ConfigError
from engine.export.formats.coarse_numbers import fp16_graph, int8_graph
from engine.export.formats.gate import GateResult, Read
from engine.export.formats.onnxtr import ONNXTR_CONFIG, ONNXTR_MODEL, onnxtr_read, scaled_into
from engine.export.formats.other_readers import onnxtr_config, onnxtr_graph, rapidocr_graph
from engine.export.formats.rapidocr import rapidocr_read, scaled_to_rows
from engine.export.logits import onnx_logits
from engine.reading.bundle import save_bundle
from glyphlab_read.bundles.entries import describe_graphs
from glyphlab_read.reading.manifest import BundleManifest, Parity
from glyphlab_read.reading.reader import Reader

if TYPE_CHECKING:  # Keras takes seconds to load, and formats of ONNX do without it
    from engine.models.network import Network

_COMPARED = 16  # images whose logits are compared
_UNCHECKED = Parity(images=0, same_strings=0, max_logit_difference=0.0, counts=False)


@dataclass(frozen=True)
class SourceReader:
    """The reader that leaves the lab.

    Attributes:
        manifest, graphs, ngram: of its bundle.
        reader: opened to read by the image alone, on one core.
        network: builds it in Keras, float32, with its weights; only some formats need it.
        calibration: images whose readings are not compared.
    """

    manifest: BundleManifest
    graphs: dict[str, bytes]
    ngram: bytes
    reader: Reader
    network: Callable[[], "Network"]
    calibration: Sequence[Image.Image]


@dataclass(frozen=True)
class WrittenFormat:
    """A format whose files are written.

    Attributes:
        read: reads one image with them.
        as_handed_over: the image as the other program hands it over, which resizes it in its own way.
        finish: called when the gate is passed, to write what needs its figures.
        others: further files of it, for other programs: each has to read as the lab does, too.
    """

    read: Read
    as_handed_over: Callable[[Image.Image], Image.Image] = lambda image: image
    finish: Callable[[GateResult], None] = lambda result: None
    others: tuple["WrittenFormat", ...] = ()


def write_format(name: ModelFormatName, source: SourceReader, folder: Path) -> WrittenFormat:
    """Write a reader in a format into an empty folder.

    Raises:
        ConfigError: the format cannot hold this reader.
    """
    return _WRITERS[name](source, folder)


def _rapidocr(source: SourceReader, folder: Path) -> WrittenFormat:
    network = source.graphs.get("network", b"")
    (folder / "rapidocr.onnx").write_bytes(rapidocr_graph(source.manifest, network))
    onnxtr, config = folder / "onnxtr", onnxtr_config(source.manifest)
    onnxtr.mkdir()
    (onnxtr / ONNXTR_MODEL).write_bytes(onnxtr_graph(source.manifest, network))
    (onnxtr / ONNXTR_CONFIG).write_text(json.dumps(config, ensure_ascii=False, indent=2), encoding="utf-8")
    _, rows, columns = config["input_shape"]
    other = WrittenFormat(onnxtr_read(onnxtr), lambda image: scaled_into(image, (rows, columns)))
    return WrittenFormat(rapidocr_read(folder / "rapidocr.onnx"), scaled_to_rows, others=(other,))


def _fp16(source: SourceReader, folder: Path) -> WrittenFormat:
    return _as_bundle(source, {name: fp16_graph(content) for name, content in source.graphs.items()}, folder)


def _int8(source: SourceReader, folder: Path) -> WrittenFormat:
    """Quantise what sees the image; the step of an attention decoder is small and stays as it is."""
    seeing = "network" if "network" in source.graphs else "encoder"
    preprocessing = source.manifest.preprocessing
    batches = (preprocessing.pad_batch([preprocessing.prepare(image)])[0] for image in source.calibration)
    return _as_bundle(source, {**source.graphs, seeing: int8_graph(source.graphs[seeing], batches)}, folder)


def _as_bundle(source: SourceReader, graphs: dict[str, bytes], folder: Path) -> WrittenFormat:
    manifest = source.manifest.changed(graphs=describe_graphs(graphs), parity=_UNCHECKED, hash="")
    reader = Reader(manifest, graphs)

    def finish(result: GateResult) -> None:
        difference = max(_logit_difference(source.reader, reader, image) for image in source.calibration[:_COMPARED])
        parity = Parity(images=result.images, same_strings=result.same, max_logit_difference=difference, counts=True)
        save_bundle(folder / "bundle", manifest.changed(parity=parity), graphs, source.ngram)

    return WrittenFormat(lambda image: reader.read_as_they_lie([image])[0].text, finish=finish)


def _logit_difference(ours: Reader, theirs: Reader, image: Image.Image) -> float:
    """Return the largest difference of a logit; of attention, over the characters that the first of them reads."""
    prepared = ours.manifest.preprocessing.prepare(image)
    batch, _ = ours.manifest.preprocessing.pad_batch([prepared])
    ids = ours.charset.encode(ours.read_batch([prepared])[0].text)
    tokens: npt.NDArray[np.int32] = np.array([[ours.charset.end, *ids]], np.int32)
    return float(np.abs(onnx_logits(ours, batch, tokens) - onnx_logits(theirs, batch, tokens)).max())


def _saved_model(source: SourceReader, folder: Path) -> WrittenFormat:
    from engine.export.formats import tensorflow_files, tensorflow_reading  # others need not wait for Keras to load

    tensorflow_files.write_saved_model(source.network(), source.manifest.charset, source.manifest.preprocessing, folder)
    return WrittenFormat(tensorflow_reading.saved_model_read(folder / tensorflow_files.SAVED_MODEL))


def _litert(source: SourceReader, folder: Path) -> WrittenFormat:
    if source.manifest.decoder.kind != "ctc":
        raise ConfigError(
            f"This reader's decoder is {source.manifest.decoder.kind}, which goes on from character to character; a "
            "LiteRT file is run once for each image. Choose saved-model, or train a reader with the decoder ctc."
        )
    from engine.export.formats import tensorflow_files, tensorflow_reading  # likewise

    tensorflow_files.write_litert(source.network(), source.manifest.preprocessing, folder)
    preprocessing = json.dumps(source.manifest.preprocessing.plain(), indent=2)
    (folder / "preprocessing.json").write_text(preprocessing, encoding="utf-8")
    (folder / "characters.txt").write_text("\n".join(source.manifest.charset), encoding="utf-8")
    return WrittenFormat(tensorflow_reading.litert_read(folder / tensorflow_files.LITERT, source.manifest))


_WRITERS: dict[ModelFormatName, Callable[[SourceReader, Path], WrittenFormat]] = {
    "rapidocr": _rapidocr,
    "onnx-fp16": _fp16,
    "onnx-int8": _int8,
    "saved-model": _saved_model,
    "litert": _litert,
}
