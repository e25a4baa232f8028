"""Translation of a network's graphs to ONNX, by tf2onnx.

Keras' TensorFlow backend is traced in this process; under any other backend a child process with TensorFlow does it
(`python -m engine.export.graphs FOLDER`, no command for users): it reads network.json and weights.safetensors from the
folder and writes the ONNX files beside them. This module checks nothing: see `parity`.
"""

import contextlib
import logging
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import safetensors.numpy

from engine.config.locator import LocatorConfig
from engine.config.reader import ReaderConfig
from engine.export.stable_names import name_by_first_use
from engine.files import read_json, write_json
from engine.models.locators import build_locator
from engine.models.network import Network, build_network
from glyphlab_read.processes import dying_with_this

OPSET = 17
_ROOT = Path(__file__).parent.parent.parent
_CHILD_SECONDS = 300


def float32_copy(network: Network) -> Network:
    """Return a network of the same shape with fresh weights that computes in float32, as ONNX Runtime needs."""
    return build_network(network.config, network.classes, precision="float32")


def copy_weights(source: keras.Model, target: keras.Model) -> None:
    """Copy all weights to a model of the same shape."""
    for theirs, ours in zip(source.variables, target.variables, strict=True):
        # A copy: JAX donates a trainer's arrays to its next step.
        ours.assign(np.array(np.asarray(keras.ops.convert_to_tensor(theirs))))


def onnx_graphs(network: Network) -> dict[str, bytes]:
    """Return a float32 network's graphs as the bytes of ONNX files, by the bundle's graph names."""
    if keras.backend.backend() == "tensorflow":
        return {name: _trace(model) for name, model in network.graphs.items()}
    described = {"reader": network.config.plain(), "classes": network.classes}
    return _trace_in_child(network.training.variables, described, network.graphs)


def onnx_locator(locator: keras.Model, config: LocatorConfig) -> bytes:
    """Return a float32 locator as the bytes of an ONNX file, its output "maps" the probabilities of its maps."""
    if keras.backend.backend() == "tensorflow":
        return _trace(keras.Model(locator.input, keras.layers.Activation("sigmoid")(locator.output), name="locator"))
    return _trace_in_child(locator.variables, {"locator": config.plain()}, ["network"])["network"]


def _trace(model: keras.Model) -> bytes:
    """Translate one graph under Keras' TensorFlow backend."""
    import tensorflow as tf
    import tf2onnx

    logging.getLogger("tf2onnx").setLevel(logging.ERROR)
    inputs: dict[str, Any] = {x.name: x for x in model.inputs}
    signature = [tf.TensorSpec(x.shape, x.dtype, name=name) for name, x in inputs.items()]

    only_output = {"encoder": "memory", "locator": "maps"}.get(model.name, "logits")

    def run(*values: Any) -> dict[str, Any]:
        outputs = model(dict(zip(inputs, values, strict=True)), training=False)
        return outputs if isinstance(outputs, dict) else {only_output: outputs}

    function = tf.function(run, input_signature=signature)
    translated, _ = tf2onnx.convert.from_function(function, input_signature=signature, opset=OPSET)
    return name_by_first_use(translated).SerializeToString()


def _trace_in_child(variables: Sequence[Any], described: dict[str, Any], graphs: Iterable[str]) -> dict[str, bytes]:
    """Translate all graphs in a process with TensorFlow."""
    with in_tensorflow(variables, described, "engine.export.graphs") as folder:
        return {graph: (folder / f"{graph}.onnx").read_bytes() for graph in graphs}


@contextlib.contextmanager
def in_tensorflow(variables: Sequence[Any], described: dict[str, Any], module: str) -> Iterator[Path]:
    """Run a module in a process with TensorFlow, on the CPU, and give the folder that it wrote into.

    It finds `described` there as network.json, and the variables' values as weights.safetensors.
    """
    environment = {**os.environ, "KERAS_BACKEND": "tensorflow", "CUDA_VISIBLE_DEVICES": "", **dying_with_this()}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        weights = [np.asarray(keras.ops.convert_to_tensor(variable)) for variable in variables]
        named = {f"{number:04d}": weight for number, weight in enumerate(weights)}
        (folder / "weights.safetensors").write_bytes(safetensors.numpy.save(named))
        write_json(folder / "network.json", described)
        command = [sys.executable, "-m", module, str(folder)]
        subprocess.run(command, cwd=_ROOT, env=environment, check=True, timeout=_CHILD_SECONDS)
        yield folder


def main(folder: Path) -> None:
    """Translate the network that is described in a folder: the child's side of `_trace_in_child`."""
    described = read_json(folder / "network.json")
    if "locator" in described:
        config = LocatorConfig.parse(described["locator"])
        locator = build_locator(config)
        _assign(locator, safetensors.numpy.load_file(folder / "weights.safetensors"))
        (folder / "network.onnx").write_bytes(onnx_locator(locator, config))
        return
    for graph, content in onnx_graphs(load_network(folder, described)).items():
        (folder / f"{graph}.onnx").write_bytes(content)


def load_network(folder: Path, described: dict[str, Any]) -> Network:
    """Return the reader's network that `in_tensorflow` described in a folder."""
    network = build_network(ReaderConfig.parse(described["reader"]), described["classes"])
    _assign(network.training, safetensors.numpy.load_file(folder / "weights.safetensors"))
    return network


def _assign(model: keras.Model, weights: dict[str, Any]) -> None:
    for variable, name in zip(model.variables, sorted(weights), strict=True):
        variable.assign(weights[name])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
