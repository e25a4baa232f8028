"""ONNX graphs with coarser numbers: weights in fp16, or weights and activations in int8.

fp16 is for storage alone: each weight is cast to float32 where the graph is loaded. int8 is static (QDQ), a scale for
each channel of a kernel, its activations calibrated on images. This module judges neither.
"""

import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

_LEAST = 256  # numbers of a tensor; smaller ones are no weight worth it
_QUANTISED = ["Conv", "MatMul", "Gemm"]


def fp16_graph(content: bytes) -> bytes:
    """Return a graph whose large float32 constants are stored in fp16."""
    model = onnx.load_from_string(content)
    casts = []
    for tensor in model.graph.initializer:
        if tensor.data_type != TensorProto.FLOAT or np.prod(tensor.dims) < _LEAST:
            continue
        name, stored = tensor.name, f"{tensor.name}_fp16"
        largest = float(np.finfo(np.float16).max)
        halved = np.clip(numpy_helper.to_array(tensor), -largest, largest).astype(np.float16)
        tensor.CopyFrom(numpy_helper.from_array(halved, stored))
        casts.append(helper.make_node("Cast", [stored], [name], to=TensorProto.FLOAT))
    nodes = [*casts, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    return model.SerializeToString()


def int8_graph(content: bytes, batches: Iterable[npt.NDArray[np.uint8]]) -> bytes:
    """Return a graph that computes its convolutions and products in int8.

    Args:
        content: of a graph whose one input is `image`.
        batches: images to calibrate by, each uint8 (N, H, W, C).
    """
    # Slow to load, and needed by this format only.
    from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static

    class Batches(CalibrationDataReader):
        def __init__(self) -> None:
            self._left = iter(batches)

        def get_next(self) -> Any:
            batch = next(self._left, None)
            return None if batch is None else {"image": batch}

    with tempfile.TemporaryDirectory() as name:
        written = Path(name) / "int8.onnx"
        quantize_static(
            onnx.load_from_string(content),
            written,
            Batches(),
            quant_format=QuantFormat.QDQ,
            op_types_to_quantize=_QUANTISED,
            per_channel=True,
            # 7 bits for weights: sums of 8 saturate on processors without VNNI, wherever the file is taken.
            reduce_range=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            extra_options={"WeightSymmetric": True},
        )
        return written.read_bytes()
