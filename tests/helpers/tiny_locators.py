"""Tiny locators made by hand, of real ONNX graphs, whose maps can be told beforehand: bright pixels are text.

The pyramid has a cell for two pixels along each side, with the maps "kernel" and "line": how far the mean of the cell
and the mean of the cells around it are above a half. The mask sees every photo at 128 × 128 px and gives 8 × 8 cells
with the map "region". No training and no Keras is needed.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Literal

import cv2
import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper
from PIL import Image

from engine.jobs import paths
from engine.location.bundle import save_locator_bundle
from engine.workspace import STARTER, Workspace, new_id
from glyphlab_read.bundles.entries import describe_graphs
from glyphlab_read.location.bundle import LocatorBundle
from glyphlab_read.location.manifest import LocatorManifest
from glyphlab_read.regions.quads import Points

LocatorKind = Literal["pyramid", "mask"]
_AROUND = 9  # cells along each side whose mean makes the map of lines


def paint(size: tuple[int, int], outlines: Sequence[Points], grey: int = 255) -> Image.Image:
    """Return a black photo of a size (width, height) with outlines filled, which the tiny locators take for text."""
    pixels = np.zeros((size[1], size[0], 3), np.uint8)
    for outline in outlines:
        cv2.fillPoly(pixels, [outline.round().astype(np.int32)], (grey, grey, grey))
    return Image.fromarray(pixels)


def locator_graphs(kind: LocatorKind = "pyramid") -> dict[str, bytes]:
    """Return the ONNX file of a tiny locator."""
    return {"network": _pyramid() if kind == "pyramid" else _mask()}


def locator_manifest(kind: LocatorKind = "pyramid", **changes: Any) -> LocatorManifest:
    """Return the manifest of a tiny locator, with top-level values changed."""
    tuned = {"thresholds": {"binary": 0.5, "box": 0.5, "smallest": 2.0}, "tuned_on": "bars", "scenes": 4, "h_mean": 1.0}
    fixed = {"mode": "fixed", "width": 128, "height": 128}
    values = {
        "run": STARTER,
        "step": 7,
        "created": datetime(2026, 1, 1, tzinfo=UTC),
        "locator": {"network": "tiny"},
        "preprocessing": {"side": 256} if kind == "pyramid" else fixed,
        "maps": ["kernel", "line"] if kind == "pyramid" else ["region"],
        "shrink": 1.0,
        "thresholds": {"word": tuned, "line": tuned} if kind == "pyramid" else {"word": tuned},
        "graphs": describe_graphs(locator_graphs(kind)),
        "parity": {"images": 4, "largest_difference": 0.0, "same_boxes": 4, "counts": True},
        "trained_on": {"dataset": "none", "hash": "none"},
    }
    return LocatorManifest.model_validate(values | changes)


def save_locator(
    workspace: Workspace, kind: LocatorKind = "pyramid", run: str = "", step: int = 7, **changes: Any
) -> LocatorBundle:
    """Write a tiny locator as that of a run (a new id unless given)."""
    run = run or new_id()
    folder = workspace.folder("runs", run) / paths.BUNDLES / str(step)
    folder.parent.mkdir(parents=True, exist_ok=True)
    return save_locator_bundle(folder, locator_manifest(kind, run=run, step=step, **changes), locator_graphs(kind))


def _brightness(cell: int) -> list[Any]:
    """Nodes from `image` (N, H, W, 3) uint8 to `cells` (N, 1, h, w) float32, 0…1: the mean of each cell."""
    return [
        helper.make_node("Cast", ["image"], ["pixels"], to=TensorProto.FLOAT),
        helper.make_node("ReduceMean", ["pixels"], ["grey"], axes=[3], keepdims=1),
        helper.make_node("Transpose", ["grey"], ["planes"], perm=[0, 3, 1, 2]),
        helper.make_node("Div", ["planes", "white"], ["light"]),
        helper.make_node("AveragePool", ["light"], ["cells"], kernel_shape=[cell, cell], strides=[cell, cell]),
    ]


def _pyramid() -> bytes:
    around: Any = {"kernel_shape": [_AROUND, _AROUND], "pads": [_AROUND // 2] * 4, "strides": [1, 1]}
    nodes = [
        *_brightness(2),
        helper.make_node("AveragePool", ["cells"], ["near"], count_include_pad=0, **around),
        helper.make_node("Concat", ["cells", "near"], ["both"], axis=1),
        helper.make_node("Transpose", ["both"], ["maps"], perm=[0, 2, 3, 1]),
    ]
    return _model(nodes, ["N", "H", "W", 3], ["N", "h", "w", 2])


def _mask() -> bytes:
    nodes = [*_brightness(16), helper.make_node("Transpose", ["cells"], ["maps"], perm=[0, 2, 3, 1])]
    return _model(nodes, ["N", 128, 128, 3], ["N", 8, 8, 1])


def _model(nodes: list[Any], image: list[Any], maps: list[Any]) -> bytes:
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info("image", TensorProto.UINT8, image)],
        [helper.make_tensor_value_info("maps", TensorProto.FLOAT, maps)],
        [numpy_helper.from_array(np.array(255, dtype=np.float32), "white")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    checker.check_model(model)
    return model.SerializeToString()
