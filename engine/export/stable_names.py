"""Names within a graph that are the same whenever it is exported, so that equal networks make equal files.

tf2onnx numbers what it adds in the order of its hash tables, which differs from process to process, and keeps one or
another of equal constants. Here all is named and sorted by first use; nothing that is computed changes.
"""

import re

import onnx

_UNNAMED = re.compile(r"unk__\d+")  # a size, as tf2onnx names it
_NUMBER = re.compile(r"(__\d+)?(:\d+)?$")


def name_by_first_use(model: onnx.ModelProto) -> onnx.ModelProto:
    """Give the values and constants of a model names that follow from its nodes, and return it.

    Inputs and outputs keep theirs. A model with graphs inside of its nodes stays as it is.
    """
    graph = model.graph
    if any(attribute.HasField("g") or attribute.graphs for node in graph.node for attribute in node.attribute):
        return model
    names = {name: name for name in ("", *(value.name for value in (*graph.input, *graph.output)))}
    constants = {constant.name: constant for constant in graph.initializer}
    taken = set(names)

    def name_of(former: str) -> str:
        if former not in names:
            base = "constant" if former in constants else _NUMBER.sub("", former)
            number = next(number for number in range(len(taken) + 1) if f"{base}_{number}" not in taken)
            names[former] = f"{base}_{number}"
            taken.add(names[former])
        return names[former]

    for node in graph.node:
        node.input[:] = [name_of(name) for name in node.input]
        node.output[:] = [name_of(name) for name in node.output]
        node.name = node.output[0]
    ordered = [constants[former] for former in names if former in constants]
    for constant in ordered:
        constant.name = names[constant.name]
    copies = [onnx.TensorProto.FromString(constant.SerializeToString()) for constant in ordered]
    del graph.initializer[:]
    graph.initializer.extend(copies)
    del graph.value_info[:]
    graph.doc_string = ""  # the number of a function
    _name_sizes(graph)
    return model


def _name_sizes(graph: onnx.GraphProto) -> None:
    """Number the sizes that nobody named by their order in the inputs and outputs."""
    numbers: dict[str, int] = {}
    for value in (*graph.input, *graph.output):
        for size in value.type.tensor_type.shape.dim:
            if _UNNAMED.fullmatch(size.dim_param):
                size.dim_param = f"size_{numbers.setdefault(size.dim_param, len(numbers))}"
