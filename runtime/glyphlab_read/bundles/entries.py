"""Parts of a manifest that every kind of bundle has: its files, the data of its run, and the hash over all of it.

This module opens no files.
"""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from glyphlab_read.parsing import canonical_json
from glyphlab_read.settings import ClosedModel, setting

_MAX_BYTES = 1 << 30


class BundleFile(ClosedModel):
    """One file of a bundle beside its manifest."""

    file: str = setting(..., help="Its name in the bundle's folder.")
    sha256: str = setting(..., pattern=r"^[0-9a-f]{64}$", help="Hash of its bytes.")
    bytes: int = setting(..., ge=1, le=_MAX_BYTES, unit="bytes", help="Its size.")


class Graph(BundleFile):
    """One ONNX file."""

    file: str = setting(..., pattern=r"^[a-z]+\.onnx$", help="Its name in the bundle's folder.")


class TrainedOn(ClosedModel):
    """The dataset of the bundle's run."""

    dataset: str = setting(..., help="Its id or, for the starter, its name.")
    hash: str = setting(..., help="Its manifest's hash.")


def describe_graphs(graphs: Mapping[str, bytes]) -> dict[str, Graph]:
    """Return the manifest's entries for the ONNX files of a bundle."""
    return {
        name: Graph(file=f"{name}.onnx", sha256=sha256(content).hexdigest(), bytes=len(content))
        for name, content in graphs.items()
    }


def check_graphs(graphs: Mapping[str, Graph], needed: frozenset[str], kind: str) -> None:
    """Raise ValueError unless a bundle of a kind holds exactly the graphs that it needs, each under its own name."""
    if set(graphs) != needed:
        raise ValueError(f"A bundle of kind {kind} holds the graphs {sorted(needed)}, no more, no less")
    if any(graph.file != f"{name}.onnx" for name, graph in graphs.items()):
        raise ValueError("Graph `name` is the file `name`.onnx")


def content_hash(values: Mapping[str, Any]) -> str:
    """Return the SHA-256 over a manifest's values but `hash`; it finds a flipped letter of a charset, for instance.

    It is taken of the values as they are written, so that a field that came later does not void older bundles.
    """
    return sha256(canonical_json({name: value for name, value in values.items() if name != "hash"})).hexdigest()
