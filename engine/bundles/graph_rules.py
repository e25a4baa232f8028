"""Rules of a graph that somebody else may have made: what it may hold, and that its sizes follow from its inputs'.

Every operator here computes its outputs from its inputs in a time that their sizes decide. None loops, branches, draws
at random, opens a file or an image, or calls code. This module runs nothing.
"""

from collections.abc import Iterator
from typing import Any

import onnx
from google.protobuf.message import DecodeError

_NAMES = """
Abs Add And ArgMax ArgMin AveragePool BatchNormalization Cast Ceil Clip Concat Constant ConstantOfShape Conv
ConvTranspose Cos Div Elu Equal Erf Exp Expand Flatten Floor Gather GatherElements GatherND Gelu Gemm
GlobalAveragePool GlobalMaxPool Greater GreaterOrEqual GRU HardSigmoid HardSwish Identity InstanceNormalization
LayerNormalization LeakyRelu Less LessOrEqual Log LogSoftmax LSTM MatMul Max MaxPool Mean Min Mod Mul Neg Not Or Pad
Pow PRelu Range Reciprocal ReduceL2 ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum Relu Reshape Resize Round Selu
Shape Sigmoid Sign Sin Size Slice Softmax Softplus Softsign Split Sqrt Squeeze Sub Sum Tan Tanh Tile TopK Transpose
Trilu Unsqueeze Where Xor
"""
OPERATORS = frozenset(_NAMES.split())
"""Those that exports write, and others of arithmetic that an export may come to need."""

_SIZING = {"ConstantOfShape", "Expand", "Pad", "Range", "Resize", "Tile"}  # take the size of their output as a value
_SIZES = {"Shape", "Size"}
_MAX_NODES = 20_000  # ResNet-50 with attention has 500


class GraphFault(ValueError):
    """The fault of a graph, in a few words."""


def check_rules(content: bytes) -> None:
    """Check the bytes of an ONNX file. Raises GraphFault."""
    try:
        model = onnx.load_from_string(content)
    except DecodeError:
        raise GraphFault("it is no ONNX file") from None
    if not model.graph.node:
        raise GraphFault("it is no ONNX file")
    if model.functions or model.training_info or any(opset.domain not in _DOMAINS for opset in model.opset_import):
        raise GraphFault("it brings functions or operators of its own")
    graph: Any = model.graph
    if len(graph.node) > _MAX_NODES:
        raise GraphFault(f"it has {len(graph.node):,} nodes; {_MAX_NODES:,} are the most")
    if graph.sparse_initializer or any(not _is_inside(tensor) for tensor in _tensors(graph)):
        raise GraphFault("its weights are not all numbers inside the file")
    for node in graph.node:
        if node.domain not in ("", "ai.onnx") or node.op_type not in OPERATORS:
            raise GraphFault(f"it holds the operator {node.op_type[:40]!r}, which no bundle of ours has")
        if any(attribute.HasField("g") or attribute.graphs for attribute in node.attribute):
            raise GraphFault(f"its operator {node.op_type!r} holds a graph")
    _check_sizes(graph)


_DOMAINS = ("", "ai.onnx", "ai.onnx.ml")  # tf2onnx names the third and uses nothing of it


def _tensors(graph: Any) -> Iterator[Any]:
    yield from graph.initializer
    for node in graph.node:
        for attribute in node.attribute:
            yield from ([attribute.t] if attribute.HasField("t") else []) + list(attribute.tensors)


def _is_inside(tensor: Any) -> bool:
    return tensor.data_location == onnx.TensorProto.DEFAULT and tensor.data_type != onnx.TensorProto.STRING


def _check_sizes(graph: Any) -> None:
    """Refuse sizes that the values of an input decide: those of one image would be tried, and another's be anything."""
    tainted = {value.name for value in graph.input} - {tensor.name for tensor in graph.initializer}
    for node in graph.node:  # in the order of their computation, which ONNX demands
        values = tainted & set(node.input)
        sizes = values if node.op_type in ("ConstantOfShape", "Range") else values & set(node.input[1:])
        if node.op_type in _SIZING and sizes:
            raise GraphFault(f"the values of its inputs decide the size of an output of {node.op_type!r}")
        if values and node.op_type not in _SIZES:
            tainted |= set(node.output)
