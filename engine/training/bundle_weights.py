"""Weights of a Keras network out of a bundle's ONNX graph, where there is no checkpoint: the starter's.

An export folds each batch normalisation into a scale and a shift per channel, mostly those of the layer before. They
are put back with a mean of 0 and a variance of 1, so that the network computes what the graph does. What was folded
away are the running figures, which `transfer.settle` measures.
"""

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import onnx
from keras import layers
from onnx import numpy_helper

from engine.errors import ConfigError

_PASSED = {"Cast", "Identity", "Reshape", "Squeeze", "Transpose", "Unsqueeze"}  # values go through as they are
_KERNELS = {"Conv": (2, 3, 1, 0), "ConvTranspose": (2, 3, 1, 0), "MatMul": (0, 1)}  # the order of axes in Keras
_WITH_KERNEL = (layers.Conv2D, layers.Conv2DTranspose, layers.Dense)

Floats = npt.NDArray[np.floating[Any]]


@dataclass
class _Part:
    """One linear part of a graph: a kernel as Keras has it, then a scale and a shift per channel; None: without."""

    kernel: Floats | None = None
    scale: Floats | None = None
    shift: Floats | None = None

    @property
    def channels(self) -> int:
        """The size of its scale or its shift; 0 where it has neither."""
        known = self.scale if self.scale is not None else self.shift
        return 0 if known is None else len(known)


def load_graph_weights(graph: bytes, model: keras.Model) -> None:
    """Give a float32 network the weights of the graph that was exported from one of the same shape.

    Args:
        graph: the ONNX file's bytes, checked.
        model: of convolutions, dense layers and batch normalisations.

    Raises:
        ConfigError: the graph is of another network, or the network has layers of another kind.
    """
    parts, of_layer = _parts(graph), dict[str, _Part]()
    for layer in model.layers:
        built: Any = layer  # Keras declares no types of what a layer holds once it is built
        if isinstance(layer, _WITH_KERNEL):
            part = of_layer[layer.name] = _take(parts, built.kernel.shape, 0)
            built.kernel.assign(part.kernel)
            if built.use_bias:
                built.bias.assign(_shift(part))
        elif isinstance(layer, layers.BatchNormalization):
            _unfold(built, of_layer.get(_layer_before(built)) or _take(parts, (), built.gamma.shape[0]))
        elif layer.trainable_weights:
            raise _unlike()
    if parts:
        raise _unlike()


def _parts(graph: bytes) -> list[_Part]:
    """Return the linear parts of a graph, in the order of its computation."""
    model: Any = onnx.load_from_string(graph).graph
    constants = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.initializer}
    parts, behind = list[_Part](), dict[str, _Part]()
    for node in model.node:
        values = [name for name in node.input if name not in constants]
        known = [constants[name] for name in node.input if name in constants]
        before = behind.get(values[0]) if values else None  # a reshaping has its sizes besides
        if node.op_type in _KERNELS and known:
            part = _Part(kernel=known[0].transpose(_KERNELS[node.op_type]), shift=known[1] if known[1:] else None)
            parts.append(part)
        elif node.op_type in _PASSED and before:
            part = before
        elif node.op_type in ("Mul", "Add") and known and known[0].size > 1:
            part = before or _Part()
            if before is None:
                parts.append(part)
            _apply(part, node.op_type, known[0].reshape(-1))
        else:
            continue
        behind[node.output[0]] = part
    return parts


def _apply(part: _Part, operator: str, values: Floats) -> None:
    if operator == "Mul":
        part.scale = values if part.scale is None else part.scale * values
        part.shift = None if part.shift is None else part.shift * values
    else:
        part.shift = values if part.shift is None else part.shift + values


def _take(parts: list[_Part], kernel: tuple[int, ...], channels: int) -> _Part:
    """Take out the first part with a kernel of this shape, or without one and with so many channels.

    Layers of one shape follow each other in every network here, so that their order is the same in both.
    """
    for place, part in enumerate(parts):
        shape = () if part.kernel is None else part.kernel.shape
        if shape == tuple(kernel) and (kernel or part.channels == channels):
            return parts.pop(place)
    raise _unlike()


def _layer_before(layer: Any) -> str:
    return layer.input._keras_history.operation.name


def _unfold(layer: Any, part: _Part) -> None:
    """Let a batch normalisation compute a part's scale and shift."""
    layer.gamma.assign(np.ones(layer.gamma.shape) if part.scale is None else part.scale)
    layer.beta.assign(_shift(part))
    layer.moving_mean.assign(np.zeros(layer.gamma.shape))
    layer.moving_variance.assign(np.full(layer.gamma.shape, 1.0 - layer.epsilon))


def _shift(part: _Part) -> Floats:
    if part.shift is None:
        raise _unlike()
    return part.shift


def _unlike() -> ConfigError:
    return ConfigError(
        "start_from: the starter's graph cannot be taken over into a network that learns: it is of another version of "
        "Glyphlab. Start from a run, or from nothing."
    )
