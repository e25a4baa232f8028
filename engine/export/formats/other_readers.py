"""A CTC reader as RapidOCR and OnnxTR take one: the bundle's network between operators that follow their conventions.

RapidOCR: x float32 (N, 3, 48, W), blue, green, red, from -1 to 1, 0 to the right of an image; returns probabilities
(N, T, K + 1) with the blank first and the space last. The characters between are in the file's metadata. OnnxTR: x
float32 (N, 3, H, W), red, green, blue, from 0 to 1 as its config.json says, 0 to the right of an image; returns logits
(N, T, K) with the blank last. This module runs nothing.
"""

from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper

from engine.errors import ConfigError
from engine.export.formats.operators import FLOAT, Operators
from engine.export.formats.preparation import PreparedBatch, add_preparation
from glyphlab_read.charset import Charset
from glyphlab_read.reading.manifest import BundleManifest

RAPIDOCR_ROWS = 48
_SURE = 50.0  # logit of the blank beyond an image
_PREFIX = "outside_"  # no name that tf2onnx gives begins so


def rapidocr_graph(manifest: BundleManifest, network: bytes) -> bytes:
    """Return the ONNX file for RapidOCR.

    Raises:
        ConfigError: the reader has attention, or a character that cannot stand in a list of lines.
    """
    charset = _checked(manifest)
    ops = Operators(_PREFIX)
    levels = ops.add("Round", ops.add("Mul", ops.add("Add", "x", 1.0), 127.5))
    rgb = ops.add("Gather", levels, [2, 1, 0], axis=1)
    inside = ops.add("ReduceMax", ops.add("Abs", "x"), axes=[1, 2], keepdims=0)
    prepared = add_preparation(ops, rgb, _is_more(ops, inside, 0.0), RAPIDOCR_ROWS, manifest.preprocessing)
    behind = Operators(f"{_PREFIX}behind_")
    over_image = _over_image(behind, prepared)
    probs = behind.add("Softmax", "logits", axis=2)
    letters = [place for place, character in enumerate(charset.characters) if character != " "]
    probs = behind.add("Pad", probs, [0, 0, 0, 0, 0, 1])  # a space that is never read, where the reader knows none
    space = charset.characters.find(" ") if " " in charset.characters else charset.classes
    ordered = behind.add("Gather", probs, [charset.blank, *letters, space], axis=2)
    only_blank = np.eye(1, len(letters) + 2, dtype=np.float32)[None]
    behind.add_named("softmax", "Where", over_image, ordered, only_blank)
    model = _joined(network, ops, behind, prepared, ("softmax", len(letters) + 2), RAPIDOCR_ROWS, "W")
    listed = "\n".join(charset.characters[place] for place in letters)
    helper.set_model_props(model, {"character": listed})
    return model.SerializeToString()


def onnxtr_graph(manifest: BundleManifest, network: bytes) -> bytes:
    """Return the ONNX file for OnnxTR. Raises ConfigError likewise."""
    charset = _checked(manifest)
    ops = Operators(_PREFIX)
    rgb = ops.add("Round", ops.add("Mul", "x", 255.0))
    inside = _is_more(ops, ops.add("ReduceMax", rgb, axes=[1, 2], keepdims=0), 0.5)
    rows = manifest.preprocessing.height
    prepared = add_preparation(ops, rgb, inside, rows, manifest.preprocessing)
    behind = Operators(f"{_PREFIX}behind_")
    only_blank = np.zeros((1, 1, charset.classes), np.float32)
    only_blank[..., charset.blank] = _SURE
    behind.add_named("preds", "Where", _over_image(behind, prepared), "logits", only_blank)
    return _joined(
        network, ops, behind, prepared, ("preds", charset.classes), rows, _onnxtr_columns(manifest)
    ).SerializeToString()


def onnxtr_config(manifest: BundleManifest) -> dict[str, Any]:
    """Return the contents of OnnxTR's config.json; its architecture is the one whose texts are decoded by CTC."""
    return {
        "mean": [0.0, 0.0, 0.0],
        "std": [1.0, 1.0, 1.0],
        "input_shape": [3, manifest.preprocessing.height, _onnxtr_columns(manifest)],
        "vocab": manifest.charset,
        "url": None,
        "url_8_bit": None,
        "arch": "crnn_vgg16_bn",
        "task": "recognition",
    }


def _onnxtr_columns(manifest: BundleManifest) -> int:
    return manifest.preprocessing.padded_width(manifest.preprocessing.max_width)


def _checked(manifest: BundleManifest) -> Charset:
    if manifest.decoder.kind != "ctc":
        raise ConfigError(
            f"This reader's decoder is {manifest.decoder.kind}; RapidOCR and OnnxTR take the texts of its kind by CTC "
            "only. Choose the format saved-model, or train a reader with the decoder ctc."
        )
    breaking = [character for character in manifest.charset if len(f"a{character}a".splitlines()) > 1]
    if breaking:
        raise ConfigError(
            f"The charset holds {breaking[0]!r}, which ends a line, and RapidOCR takes a character a line. "
            "Choose another format, or train a reader without it."
        )
    return Charset(manifest.charset)


def _is_more(ops: Operators, value: str, than: float) -> str:
    return ops.cast(ops.add("Greater", value, than), FLOAT)


def _over_image(ops: Operators, prepared: PreparedBatch) -> str:
    """Return which frames lie over the images, (N, T, 1); see `valid_frames`."""
    count = ops.length("logits", 1)
    frames = ops.cast(count, FLOAT)
    # A whole number of frames may come out a hair above itself.
    exact = ops.add("Sub", ops.add("Div", ops.add("Mul", prepared.widths, frames), prepared.columns), 1e-4)
    places = ops.add("Unsqueeze", ops.numbers(count), [0])
    return ops.add("Unsqueeze", ops.add("Less", places, ops.add("Ceil", exact)), [2])


def _joined(
    network: bytes,
    front: Operators,
    behind: Operators,
    prepared: PreparedBatch,
    output: tuple[str, int],
    rows: int,
    columns: str | int,
) -> onnx.ModelProto:
    """Return a network with operators before and behind it as one model."""
    inner = onnx.load_from_string(network)
    front.add_named(inner.graph.input[0].name, "Identity", prepared.image)
    graph = helper.make_graph(
        [*front.nodes, *inner.graph.node, *behind.nodes],
        "reader",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", 3, rows, columns])],
        [helper.make_tensor_value_info(output[0], TensorProto.FLOAT, ["N", "T", output[1]])],
        [*front.constants, *inner.graph.initializer, *behind.constants],
    )
    model = helper.make_model(graph, opset_imports=list(inner.opset_import), ir_version=inner.ir_version)
    onnx.checker.check_model(model)
    return model
