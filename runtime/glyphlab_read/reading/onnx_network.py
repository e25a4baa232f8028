"""A bundle's network in ONNX Runtime: its graphs loaded, checked against the format, and run.

Here is, too, how much a network is given at once. This module knows neither images nor texts.
"""

from collections.abc import Mapping
from typing import Any

import numpy.typing as npt
import onnxruntime

from glyphlab_read.bundles.session import open_session
from glyphlab_read.charset import Charset
from glyphlab_read.errors import BundleError
from glyphlab_read.reading.manifest import BundleManifest

BATCH = 32
"""Most images handed to the network at once; see `batch_size`."""

WIDEST_BEAM = 32
"""Largest beam width: time grows with it, and wider beams have not read better."""

_COLUMNS = 256 * BATCH  # of all images handed to the network at once


class OnnxNetwork:
    """The graphs of one bundle; several threads may run them at once.

    Args:
        manifest: describes the graphs.
        graphs: the ONNX files' bytes by graph name, already checked.
        threads: cores that one call may use.

    Raises:
        BundleError: a graph cannot be run, or its inputs and outputs are not those of the format.
    """

    def __init__(self, manifest: BundleManifest, graphs: Mapping[str, bytes], threads: int) -> None:
        self._sessions = {name: open_session(name, content, threads) for name, content in graphs.items()}
        states = {state.name for state in getattr(manifest.decoder, "states", ())}
        for name, session in self._sessions.items():
            _check(name, session, states, Charset(manifest.charset).classes)

    def run(self, graph: str, **inputs: npt.NDArray[Any]) -> dict[str, npt.NDArray[Any]]:
        """Run one graph and return its outputs by name."""
        session = self._sessions[graph]
        names = [output.name for output in session.get_outputs()]
        outputs: Any = session.run(names, {node.name: inputs[node.name] for node in session.get_inputs()})
        return dict(zip(names, outputs, strict=True))


def batch_size(width: int) -> int:
    """Return how many images of a padded width are handed to the network at once: fewer where they are wide."""
    return max(1, min(BATCH, _COLUMNS // width))


def trials(manifest: BundleManifest) -> list[dict[str, tuple[int, ...]]]:
    """Return the inputs' shapes for a bundle's first readings, those that take most first.

    They are as many images as may be read at once, each with as many texts as the widest beam follows: of the widest,
    of the widest of which BATCH may be, and of the narrowest. Then one image of the widest and one of the narrowest,
    each with one text. So what a graph takes is seen whether it grows or shrinks with the images and their width; one
    that takes most somewhere between is not found out.
    """
    preprocessing = manifest.preprocessing
    widest = preprocessing.padded_width(preprocessing.max_width)
    full = min(widest, preprocessing.multiple * max(_COLUMNS // BATCH // preprocessing.multiple, 1))
    narrowest = min(preprocessing.padded_width(preprocessing.height // 2), widest)
    most = [(batch_size(width), width, WIDEST_BEAM) for width in sorted({narrowest, full, widest}, reverse=True)]
    single = [(1, width, 1) for width in sorted({narrowest, widest}, reverse=True)]
    found = []
    for images, width, beam in [*most, *single]:
        texts = images * beam
        shapes = {"image": (images, preprocessing.height, width, preprocessing.channels), "token": (texts,)}
        states = {state.name: (texts, *state.shape) for state in getattr(manifest.decoder, "states", ())}
        found.append({name: tuple(shape) for name, shape in {**shapes, **states}.items()})
    return found


def _check(name: str, session: onnxruntime.InferenceSession, states: set[str], classes: int) -> None:
    """Compare a graph's inputs and outputs with the format. Raises BundleError."""
    inputs, outputs = {node.name for node in session.get_inputs()}, {node.name for node in session.get_outputs()}
    wanted_inputs, wanted_outputs = {
        "network": ({"image"}, {"logits"}),
        "encoder": ({"image"}, {"memory"}),
        "step": ({"token", "memory"} | states, {"logits", "alignment"} | {f"next_{state}" for state in states}),
    }[name]
    if inputs != wanted_inputs or not wanted_outputs <= outputs:
        raise BundleError(
            f"{name}.onnx takes {sorted(inputs)} and returns {sorted(outputs)}; the format says "
            f"{sorted(wanted_inputs)} and {sorted(wanted_outputs)}. Export the run again."
        )
    for node in session.get_outputs():
        if node.name == "logits" and node.shape[-1] != classes:
            raise BundleError(
                f"{name}.onnx distinguishes {node.shape[-1]} classes, its charset {classes}. Export the run again."
            )
