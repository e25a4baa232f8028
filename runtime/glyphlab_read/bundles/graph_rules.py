"""Rules of a graph that somebody else may have made: what it may hold, and that its sizes follow from its inputs'.

Every operator here computes its outputs from its inputs in a time that their sizes decide. None loops, branches, draws
at random, opens a file or an image, or calls code. Only those fields of ONNX's messages are declared here that rules
are about, so that no more than protobuf is needed, which ONNX Runtime brings. This module runs nothing.
"""

from collections.abc import Iterator
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.message import DecodeError

_NAMES = """
Abs Add And ArgMax ArgMin AveragePool BatchNormalization Cast Ceil Clip Concat Constant ConstantOfShape Conv
ConvTranspose Cos DequantizeLinear Div Elu Equal Erf Exp Expand Flatten Floor Gather GatherElements GatherND Gelu Gemm
GlobalAveragePool GlobalMaxPool Greater GreaterOrEqual GRU HardSigmoid HardSwish Identity InstanceNormalization
LayerNormalization LeakyRelu Less LessOrEqual Log LogSoftmax LSTM MatMul Max MaxPool Mean Min Mod Mul Neg Not Or Pad
Pow PRelu QuantizeLinear Range Reciprocal ReduceL2 ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum Relu Reshape
Resize Round Selu Shape Sigmoid Sign Sin Size Slice Softmax Softplus Softsign Split Sqrt Squeeze Sub Sum Tan Tanh Tile
TopK Transpose Trilu Unsqueeze Where Xor
"""
OPERATORS = frozenset(_NAMES.split())
"""Those that exports write, and others of arithmetic that an export may come to need."""

_SIZING = {"ConstantOfShape", "Expand", "Pad", "Range", "Resize", "Tile"}  # take the size of their output as a value
_SIZES = {"Shape", "Size"}
_MAX_NODES = 20_000  # ResNet-50 with attention has 500


_IN_THE_FILE, _STRINGS = 0, 8  # TensorProto.DataLocation.DEFAULT, TensorProto.DataType.STRING

_MESSAGES: dict[str, dict[str, tuple[int, str]]] = {
    "Model": {
        "graph": (7, "Graph"),
        "opset_import": (8, "Opset*"),
        "training_info": (20, "Unread*"),
        "functions": (25, "Unread*"),
    },
    "Opset": {"domain": (1, "string")},
    "Graph": {
        "node": (1, "Node*"),
        "initializer": (5, "Tensor*"),
        "input": (11, "Value*"),
        "sparse_initializer": (15, "Unread*"),
    },
    "Node": {
        "input": (1, "string*"),
        "output": (2, "string*"),
        "op_type": (4, "string"),
        "attribute": (5, "Attribute*"),
        "domain": (7, "string"),
    },
    "Attribute": {
        "t": (5, "Tensor"),
        "g": (6, "Unread"),
        "tensors": (10, "Tensor*"),
        "graphs": (11, "Unread*"),
        "sparse_tensor": (22, "Unread"),
        "sparse_tensors": (23, "Unread*"),
    },
    "Tensor": {"data_type": (2, "int32"), "name": (8, "string"), "data_location": (14, "int32")},
    "Value": {"name": (1, "string")},
    "Unread": {},
}
"""Fields of onnx.proto by their numbers; a star marks a list."""


def _declare() -> type[Any]:
    """Return the class of models, declared in a pool of its own beside `onnx`, should that be loaded, too."""
    field = descriptor_pb2.FieldDescriptorProto
    kinds = {"string": field.TYPE_STRING, "int32": field.TYPE_INT32}
    file = descriptor_pb2.FileDescriptorProto(name="rules.proto", package="rules")
    for message, fields in _MESSAGES.items():
        declared = file.message_type.add(name=message)
        for name, (number, kind) in fields.items():
            one = kind.removesuffix("*")
            label = field.LABEL_REPEATED if kind.endswith("*") else field.LABEL_OPTIONAL
            added = declared.field.add(name=name, number=number, label=label, type=kinds.get(one, field.TYPE_MESSAGE))
            if one not in kinds:
                added.type_name = f".rules.{one}"
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("rules.Model"))


_MODEL = _declare()


class GraphFault(ValueError):
    """The fault of a graph, in a few words."""


def check_rules(content: bytes) -> None:
    """Check the bytes of an ONNX file. Raises GraphFault."""
    try:
        model: Any = _MODEL.FromString(content)
    except DecodeError:
        raise GraphFault("it is no ONNX file") from None
    if not model.graph.node:
        raise GraphFault("it is no ONNX file")
    if model.functions or model.training_info or any(opset.domain not in _DOMAINS for opset in model.opset_import):
        raise GraphFault("it brings functions or operators of its own")
    graph: Any = model.graph
    if len(graph.node) > _MAX_NODES:
        raise GraphFault(f"it has {len(graph.node):,} nodes; {_MAX_NODES:,} are the most")
    if _holds_sparse(graph) or any(not _is_inside(tensor) for tensor in _tensors(graph)):
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


def _holds_sparse(graph: Any) -> bool:
    attributes = (attribute for node in graph.node for attribute in node.attribute)
    return bool(graph.sparse_initializer) or any(
        one.HasField("sparse_tensor") or one.sparse_tensors for one in attributes
    )


def _is_inside(tensor: Any) -> bool:
    return tensor.data_location == _IN_THE_FILE and tensor.data_type != _STRINGS


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
