"""Features of word images in which drawn and real ones are compared: their measures, and what a reader's network sees.

Three of the network's convolutions are pooled over each image's own columns: the mean and the standard deviation of
every channel. The network sees what it would read, contrast stretched and at its own height, so the measures say what
that hides. Legend: N images, C channels, H rows, W columns, F features.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import onnx
from PIL import Image

from engine.errors import BundleError
from engine.reading.bundle import newest_bundle
from engine.synth.photo_fit.measured import measured
from engine.workspace import Workspace
from glyphlab_read.bundles.session import open_session
from glyphlab_read.reading.bundle import load_graphs
from glyphlab_read.reading.preprocess import Preprocessing, valid_frames

Floats = npt.NDArray[np.float32]

_LAYERS = 3
_IMAGE_GRAPHS = ("network", "encoder")  # graphs that take an image, of CTC and of attention readers


@dataclass(frozen=True)
class FeatureNetwork:
    """A reader's network with some layers as its outputs; can be sent to another process.

    Attributes:
        graph: the ONNX file's bytes.
        layers: names of the outputs that are pooled.
        preprocessing: of images.
    """

    graph: bytes
    layers: tuple[str, ...]
    preprocessing: Preprocessing


def open_feature_network(workspace: Workspace, run: str) -> FeatureNetwork:
    """Return the network of a run's newest reader, or of the starter.

    Raises:
        BundleError: there is no such reader, or its network has no convolutions.
    """
    bundle = newest_bundle(workspace, run)
    name, graph = next((name, graph) for name, graph in load_graphs(bundle).items() if name in _IMAGE_GRAPHS)
    model = onnx.load_model_from_string(graph)
    found = [node.output[0] for node in model.graph.node if node.op_type == "Conv"]
    if not found:
        raise BundleError(f"{name}.onnx has no convolution to compare images by. Choose the starter.")
    layers = tuple(dict.fromkeys(found[len(found) * (2 * part + 1) // (2 * _LAYERS)] for part in range(_LAYERS)))
    del model.graph.output[:]
    model.graph.output.extend(onnx.ValueInfoProto(name=layer) for layer in layers)
    return FeatureNetwork(model.SerializeToString(), layers, bundle.manifest.preprocessing)


class FeatureExtractor:
    """Features of images; opens the network, so one is made for each process."""

    def __init__(self, network: FeatureNetwork) -> None:
        self._network = network
        self._session = open_session("network", network.graph, 1)

    def features(self, images: Sequence[Image.Image]) -> tuple[Floats, ...]:
        """Return the measures, float32 (N, 13), NaN where one has no meaning, and each layer's pooled channels."""
        own = np.array([measured(image) for image in images], np.float32)
        return own, *self._layers(images)

    def _layers(self, images: Sequence[Image.Image]) -> Iterator[Floats]:
        prepared = [self._network.preprocessing.prepare(image) for image in images]
        by_width: defaultdict[int, list[int]] = defaultdict(list)
        for index, pixels in enumerate(prepared):
            by_width[self._network.preprocessing.padded_width(pixels.shape[1])].append(index)
        pooled: dict[int, list[Floats]] = {}
        for indices in by_width.values():
            batch, widths = self._network.preprocessing.pad_batch([prepared[index] for index in indices])
            outputs: list[Floats] = self._session.run(list(self._network.layers), {"image": batch})  # pyright: ignore[reportAssignmentType]
            for row, index in enumerate(indices):
                pooled[index] = [_pooled(output[row], widths[row : row + 1], batch.shape[2]) for output in outputs]
        for layer in range(len(self._network.layers)):
            yield np.array([pooled[index][layer] for index in range(len(images))], np.float32)


def _pooled(channels: Floats, width: npt.NDArray[np.int32], padded: int) -> Floats:
    """Return mean and standard deviation of each channel, (2 C,), of (C, H, W) over the columns of the image itself."""
    own = channels[..., : int(valid_frames(width, padded, channels.shape[-1])[0])]
    return np.concatenate([own.mean(axis=(1, 2)), own.std(axis=(1, 2))])
