"""Translate a network's graphs to ONNX, by tf2onnx.

Keras' TensorFlow backend is traced in this process; under any other backend a child process with TensorFlow does it
(`python -m engine.export.child`). This module checks nothing: see `parity`.
"""

import logging
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import keras
import numpy as np
import safetensors.numpy
from keras import layers

from engine.files import write_json
from engine.models.network import Network, build_network

OPSET = 17
_ROOT = Path(__file__).parent.parent.parent
_CHILD_SECONDS = 300


def twin_of(network: Network) -> Network:
    """Return a network of the same shape that computes in float32, which ONNX Runtime asks for."""
    return build_network(network.config, network.classes, precision="float32")


def copy_weights(source: Network, target: Network) -> None:
    """Give a twin the weights of the network it was made of."""
    for theirs, ours in zip(source.training.variables, target.training.variables, strict=True):
        # A copy: JAX gives a learner's arrays away at its next step.
        ours.assign(np.array(np.asarray(keras.ops.convert_to_tensor(theirs))))


def onnx_graphs(network: Network) -> dict[str, bytes]:
    """Return a float32 network's graphs as the bytes of ONNX files, by the bundle's graph names."""
    if keras.backend.backend() == "tensorflow":
        return {name: _traced(model) for name, model in network.graphs.items()}
    return _by_child(network)


class _Whole(layers.Layer):
    """Computes a dilated convolution in one operation, as ONNX has it.

    Keras has TensorFlow take it apart into batches for each phase of the dilation, which becomes sixty small operations
    of a graph and as long a time for a narrow image as the convolution itself.
    """

    def __init__(self, conv: layers.Conv2D) -> None:
        super().__init__(dtype=conv.dtype)
        self._conv = conv

    def call(self, x: Any) -> Any:
        """Convolve as the layer does."""
        import tensorflow as tf

        dilation, size = self._conv.dilation_rate, self._conv.kernel_size
        around = [[rate * (width - 1) // 2] * 2 for rate, width in zip(dilation, size, strict=True)]
        padding: Any = [[0, 0], *around, [0, 0]]
        return tf.nn.conv2d(x, self._conv.kernel, 1, padding, dilations=[1, *dilation, 1])

    def compute_output_shape(self, input_shape: Any) -> Any:
        """As the layer's."""
        return self._conv.compute_output_shape(input_shape)


def _whole(layer: layers.Layer) -> layers.Layer:
    """Return what takes the place of a layer in an export: the layer itself, unless TensorFlow would take it apart."""
    if isinstance(layer, layers.Conv2D) and max(layer.dilation_rate) > 1:
        return _Whole(layer)
    return layer


def _traced(model: keras.Model) -> bytes:
    import tensorflow as tf
    import tf2onnx

    logging.getLogger("tf2onnx").setLevel(logging.ERROR)
    name, model = _output_name(model), keras.models.clone_model(model, clone_function=_whole)
    inputs: dict[str, Any] = {x.name: x for x in model.inputs}
    signature = [tf.TensorSpec(x.shape, x.dtype, name=given) for given, x in inputs.items()]

    def run(*values: Any) -> dict[str, Any]:
        outputs = model(dict(zip(inputs, values, strict=True)), training=False)
        return outputs if isinstance(outputs, dict) else {name: outputs}

    function = tf.function(run, input_signature=signature)
    translated, _ = tf2onnx.convert.from_function(function, input_signature=signature, opset=OPSET)
    return translated.SerializeToString()


def _output_name(model: keras.Model) -> str:
    return "memory" if model.name == "encoder" else "logits"


def _by_child(network: Network) -> dict[str, bytes]:
    environment = {**os.environ, "KERAS_BACKEND": "tensorflow", "CUDA_VISIBLE_DEVICES": ""}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        weights = [np.asarray(keras.ops.convert_to_tensor(variable)) for variable in network.training.variables]
        named = {f"{number:04d}": weight for number, weight in enumerate(weights)}
        (folder / "weights.safetensors").write_bytes(safetensors.numpy.save(named))
        write_json(folder / "network.json", {"reader": network.config.plain(), "classes": network.classes})
        command = [sys.executable, "-m", "engine.export.child", str(folder)]
        subprocess.run(command, cwd=_ROOT, env=environment, check=True, timeout=_CHILD_SECONDS)
        return {graph: (folder / f"{graph}.onnx").read_bytes() for graph in network.graphs}
