"""Parity check: an exported reader against the network it was made of, texts and logits over real samples.

"95 % in training, garbage in use" is the commonest complaint in this field; a bundle counts only if nothing differs.
Legend: N images, H rows, W columns, T time steps, L characters, K classes. This module writes nothing.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from engine.export.logits import onnx_logits
from engine.models.inference import decode_best
from engine.models.losses import encode_targets, teacher_tokens
from engine.models.network import Network
from glyphlab_read.reading.manifest import Parity
from glyphlab_read.reading.preprocess import valid_frames
from glyphlab_read.reading.reader import Reader

TOLERANCE = 1e-3
_LARGE = 100.0
"""Logits above it are compared by their size: float32 holds seven digits, and sums lose two of them."""
_BATCH = 16

Images = Sequence[npt.NDArray[np.uint8]]
Labels = Sequence[npt.NDArray[np.int32]]


def compare(network: Network, reader: Reader, images: Images, labels: Labels) -> Parity:
    """Compare a float32 network with the reader that was exported from it.

    Args:
        network: with the exported weights.
        reader: the export, in ONNX Runtime.
        images: prepared, each uint8 (H, W_i).
        labels: the classes of each, int32 (L_i,).
    """
    same, difference, largest = 0, 0.0, 0.0
    widths = np.array([reader.manifest.preprocessing.padded_width(image.shape[1]) for image in images])
    for width in np.unique(widths):
        chosen = np.flatnonzero(widths == width)
        for start in range(0, len(chosen), _BATCH):
            batch = chosen[start : start + _BATCH]
            equal, apart, size = _compare_batch(network, reader, [images[i] for i in batch], [labels[i] for i in batch])
            same, difference, largest = same + equal, max(difference, apart), max(largest, size)
    counts = same == len(images) and difference <= TOLERANCE * max(1.0, largest / _LARGE)
    return Parity(images=len(images), same_strings=same, max_logit_difference=difference, counts=counts)


def _compare_batch(network: Network, reader: Reader, images: Images, labels: Labels) -> tuple[int, float, float]:
    """Return the number of equal texts of a batch, the largest difference of a logit (1e30 for NaN), and its size."""
    image, widths = reader.manifest.preprocessing.pad_batch(images)
    frames = valid_frames(widths, image.shape[2], network.config.time_steps_at(image.shape[2]))
    expected = [reader.charset.decode(decoded.ids) for decoded in decode_best(network, image, frames)]
    found = [reading.text for reading in reader.read_batch(images)]
    tokens = teacher_tokens(encode_targets(list(labels), frames), reader.charset.end)
    theirs, ours = _keras_logits(network, image, tokens), onnx_logits(reader, image, tokens)
    distance = float(np.abs(theirs - ours).max())
    equal = sum(a == b for a, b in zip(expected, found, strict=True))
    return (equal, distance, float(np.abs(theirs).max())) if np.isfinite(distance) else (equal, 1e30, 0.0)


def _keras_logits(
    network: Network, image: npt.NDArray[np.uint8], tokens: npt.NDArray[np.int32]
) -> npt.NDArray[np.float32]:
    inputs = {"image": image} if network.config.decoder == "ctc" else {"image": image, "tokens": tokens}
    return np.asarray(network.training.predict_on_batch(inputs))
