"""Two tiny readers made by hand, of real ONNX graphs, whose readings can be told beforehand.

Both see an image as frames of four columns and look only at a frame's mean grey: each of the charset's characters has
a grey of its own, white is the blank (CTC) or the end of the text (attention). No training and no Keras is needed.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper
from PIL import Image

from engine.jobs import paths
from engine.reading.bundle import save_bundle
from engine.workspace import STARTER, Workspace, new_id
from glyphlab_read.bundles.entries import describe_graphs
from glyphlab_read.reading.bundle import Bundle
from glyphlab_read.reading.manifest import BundleManifest
from glyphlab_read.reading.preprocess import Preprocessing
from glyphlab_read.reading.reader import Reader

CHARSET = "abcd"
FRAME = 4
GREYS = {"a": 0, "b": 64, "c": 128, "d": 192}
WHITE = 255
SHARPNESS = 0.02

Kind = Literal["ctc", "attention"]


def draw(text: str, frames_each: int = 2) -> Image.Image:
    """Draw an image that the tiny readers read as `text`, each character `frames_each` frames wide.

    CTC melts equal neighbours, and attention reads a character for each frame.
    """
    return _drawn([GREYS[character] for character in text for _ in range(frames_each)])


def draw_apart(text: str) -> Image.Image:
    """Draw `text` with a white frame after each character, as CTC needs between equal neighbours."""
    return _drawn([grey for character in text for grey in (GREYS[character], WHITE)])


def _drawn(greys: list[int]) -> Image.Image:
    """Draw frames under a black row, which holds the contrast, between white ones, which make the ground light."""
    filled = [*greys, WHITE, *[WHITE] * (3 - len(greys))]
    pixels = np.tile(np.repeat(np.array(filled, dtype=np.uint8), FRAME), (32, 1))
    pixels[1] = 0
    pixels[[0, -1]] = WHITE
    return Image.fromarray(pixels)


def graphs(kind: Kind) -> dict[str, bytes]:
    """Return the ONNX files of a tiny reader."""
    if kind == "ctc":
        return {"network": _ctc_network()}
    return {"encoder": _encoder(), "step": _step()}


def manifest(kind: Kind, **changes: Any) -> BundleManifest:
    """Return the manifest of a tiny reader, with top-level values changed."""
    states = [{"name": "position", "shape": [1]}]
    decoder = {"kind": "attention", "max_length": 12, "states": states} if kind == "attention" else {"max_length": 12}
    values = {
        "run": STARTER,
        "step": 7,
        "created": datetime(2026, 1, 1, tzinfo=UTC),
        "reader": {"encoder": "tiny", "decoder": kind},
        "charset": CHARSET,
        "preprocessing": Preprocessing(height=32, max_width=128, multiple=32),
        "decoder": {"kind": kind, **decoder},
        "graphs": describe_graphs(graphs(kind)),
        "parity": {"images": 8, "same_strings": 8, "max_logit_difference": 0.0, "counts": True},
        "trained_on": {"dataset": "none", "hash": "none"},
    }
    return BundleManifest.model_validate(values | changes)


def tiny_reader(kind: Kind, **changes: Any) -> Reader:
    """Return the reader of these graphs. It reads images as they lie: in level views its greys stand for nothing."""
    reader = Reader(manifest(kind, **changes), graphs(kind))
    reader.deskew = False
    return reader


def save_run_bundle(workspace: Workspace, kind: Kind = "ctc", run: str = "", step: int = 7, **changes: Any) -> Bundle:
    """Write a tiny bundle as that of a run (a new id unless given)."""
    run = run or new_id()
    folder = workspace.folder("runs", run) / paths.BUNDLES / str(step)
    folder.parent.mkdir(parents=True, exist_ok=True)
    return save_bundle(folder, manifest(kind, run=run, step=step, **changes), graphs(kind))


def save_labelled_folder(folder: Path, texts: Mapping[str, str]) -> Path:
    """Write a folder of images and its labels.tsv: image name -> what is drawn; returns labels.tsv."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        draw_apart(text).save(folder / name)
    labels = folder / "labels.tsv"
    labels.write_text("".join(f"{name}\t{text}\n" for name, text in texts.items()), encoding="utf-8")
    return labels


def _frames() -> list[Any]:
    """Nodes from `image` (N, H, W, 1) uint8 to `greys` (N, T, 1) float32: the mean of each frame."""
    return [
        helper.make_node("Cast", ["image"], ["pixels"], to=TensorProto.FLOAT),
        helper.make_node("Transpose", ["pixels"], ["planes"], perm=[0, 3, 1, 2]),
        helper.make_node("AveragePool", ["planes"], ["pooled"], kernel_shape=[32, FRAME], strides=[32, FRAME]),
        helper.make_node("Squeeze", ["pooled", "axis_2"], ["rows"]),
        helper.make_node("Transpose", ["rows"], ["greys"], perm=[0, 2, 1]),
    ]


def _nearest(source: str) -> list[Any]:
    """Nodes from `source` (…, 1) to `logits` (…, K): minus the squared distance to each class's grey."""
    return [
        helper.make_node("Sub", [source, "levels"], ["apart"]),
        helper.make_node("Mul", ["apart", "apart"], ["squared"]),
        helper.make_node("Mul", ["squared", "sharpness"], ["logits"]),
    ]


def _constants() -> list[Any]:
    levels = np.array([*(GREYS[character] for character in CHARSET), WHITE], dtype=np.float32)
    levels = (29 * levels + 2 * WHITE) / 32  # of 32 rows one is black and two are white
    return [
        numpy_helper.from_array(levels, "levels"),
        numpy_helper.from_array(np.array(-SHARPNESS, dtype=np.float32), "sharpness"),
        numpy_helper.from_array(np.array([2], dtype=np.int64), "axis_2"),
    ]


def _ctc_network() -> bytes:
    return _model(
        [*_frames(), *_nearest("greys")],
        inputs={"image": (TensorProto.UINT8, ["N", 32, "W", 1])},
        outputs={"logits": (TensorProto.FLOAT, ["N", "T", len(CHARSET) + 1])},
        constants=_constants(),
    )


def _encoder() -> bytes:
    nodes = [*_frames(), helper.make_node("Identity", ["greys"], ["memory"])]
    return _model(
        nodes,
        inputs={"image": (TensorProto.UINT8, ["N", 32, "W", 1])},
        outputs={"memory": (TensorProto.FLOAT, ["N", "T", 1])},
        constants=_constants(),
    )


def _step() -> bytes:
    """Look at the frame `position` (N, 1), name its grey, go one frame on; the token is read but tells nothing."""
    nodes = [
        helper.make_node("Cast", ["token"], ["token_value"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["token_value", "axis_1"], ["token_column"]),
        helper.make_node("Mul", ["token_column", "zero"], ["nothing"]),
        helper.make_node("Add", ["position", "nothing"], ["here"]),
        helper.make_node("Add", ["here", "one"], ["next_position"]),
        helper.make_node("Shape", ["memory"], ["frames"], start=1, end=2),
        helper.make_node("Squeeze", ["frames", "axis_0"], ["count"]),
        helper.make_node("Range", ["start", "count", "stride"], ["indices"]),
        helper.make_node("Cast", ["here"], ["index"], to=TensorProto.INT64),
        helper.make_node("Equal", ["index", "indices"], ["looked_at"]),
        helper.make_node("Cast", ["looked_at"], ["alignment"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["alignment", "axis_1"], ["weights"]),
        helper.make_node("MatMul", ["weights", "memory"], ["context"]),
        helper.make_node("Squeeze", ["context", "axis_1"], ["grey"]),
        *_nearest("grey"),
    ]
    integers = {"axis_0": [0], "axis_1": [1], "start": 0, "stride": 1}
    numbers = {"zero": 0.0, "one": 1.0}
    constants = [
        *_constants(),
        *(numpy_helper.from_array(np.array(value, dtype=np.int64), name) for name, value in integers.items()),
        *(numpy_helper.from_array(np.array(value, dtype=np.float32), name) for name, value in numbers.items()),
    ]
    return _model(
        nodes,
        inputs={
            "token": (TensorProto.INT32, ["N"]),
            "memory": (TensorProto.FLOAT, ["N", "T", 1]),
            "position": (TensorProto.FLOAT, ["N", 1]),
        },
        outputs={
            "logits": (TensorProto.FLOAT, ["N", len(CHARSET) + 1]),
            "next_position": (TensorProto.FLOAT, ["N", 1]),
            "alignment": (TensorProto.FLOAT, ["N", "T"]),
        },
        constants=constants,
    )


def _model(nodes: list[Any], inputs: Mapping[str, Any], outputs: Mapping[str, Any], constants: list[Any]) -> bytes:
    used = {name for node in nodes for name in node.input}
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info(name, *spec) for name, spec in inputs.items()],
        [helper.make_tensor_value_info(name, *spec) for name, spec in outputs.items()],
        [constant for constant in constants if constant.name in used],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    checker.check_model(model)
    return model.SerializeToString()
