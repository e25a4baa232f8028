"""The child process that translates a network for a parent whose Keras does not run on TensorFlow.

`python -m engine.export.tf_process FOLDER`: reads network.json and weights.safetensors there, writes the ONNX files
beside them. It is no command for users.
"""

import sys
from pathlib import Path

import safetensors.numpy

from engine.config.reader import ReaderConfig
from engine.export.graphs import onnx_graphs
from engine.files import read_json
from engine.models.network import build_network


def main(folder: Path) -> None:
    """Translate the network that is described in a folder."""
    described = read_json(folder / "network.json")
    weights = safetensors.numpy.load_file(folder / "weights.safetensors")
    network = build_network(ReaderConfig.parse(described["reader"]), described["classes"])
    for variable, name in zip(network.training.variables, sorted(weights), strict=True):
        variable.assign(weights[name])
    for graph, content in onnx_graphs(network).items():
        (folder / f"{graph}.onnx").write_bytes(content)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
