"""Operators of ONNX, added to a list one by one: what goes before and behind an exported network is written with it.

This module knows no network and checks no types; ONNX Runtime does when it loads the graph.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
from onnx import NodeProto, TensorProto, helper, numpy_helper

Value = str | int | float | list[int] | npt.NDArray[Any]
"""The name of a value in the graph, or a constant: integers become int64, other numbers float32."""

FLOAT, DOUBLE, INTEGER, BYTE = TensorProto.FLOAT, TensorProto.DOUBLE, TensorProto.INT64, TensorProto.UINT8


class Operators:
    """Nodes and constants of a graph, each with a name of its own below `prefix`."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self.nodes: list[NodeProto] = []
        self.constants: list[TensorProto] = []

    def add(self, operator: str, *inputs: Value, **attributes: Any) -> str:
        """Add an operator, and return the name of its (first) output."""
        return self.add_named(self._name(operator), operator, *inputs, **attributes)

    def add_named(self, output: str, operator: str, *inputs: Value, **attributes: Any) -> str:
        """Add an operator whose output has a name that others know."""
        names = [one if isinstance(one, str) else self.constant(one) for one in inputs]
        outputs = [output, self._name("indices")] if operator == "TopK" else [output]
        self.nodes.append(helper.make_node(operator, names, outputs, **attributes))
        return output

    def constant(self, value: Any) -> str:
        """Add a constant, and return its name."""
        array = np.asarray(value)
        if not isinstance(value, np.ndarray):
            array = array.astype(np.int64 if array.dtype.kind == "i" else np.float32)
        name = self._name("constant")
        self.constants.append(numpy_helper.from_array(array, name))
        return name

    def cast(self, value: Value, to: int) -> str:
        """Return a value as numbers of another type."""
        return self.add("Cast", value, to=to)

    def length(self, value: str, axis: int) -> str:
        """Return the length of an axis, int64 ()."""
        return self.add("Squeeze", self.add("Shape", value, start=axis, end=axis + 1))

    def numbers(self, count: str) -> str:
        """Return 0, 1, … below a count that is int64 (), as float32."""
        return self.cast(self.add("Range", 0, count, 1), FLOAT)

    def _name(self, what: str) -> str:
        return f"{self._prefix}{what.lower()}_{len(self.nodes) + len(self.constants)}"
