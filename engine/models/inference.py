"""Decoding with a Keras network, by the same decoders that read bundles in ONNX Runtime.

For validation while training, and for the parity check of an export. This module knows neither characters nor files.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.models.network import Network
from glyphlab_read.reading.decoding.attention import attention_greedy
from glyphlab_read.reading.decoding.ctc import ctc_best_by_weight, ctc_greedy
from glyphlab_read.reading.decoding.ngram import NgramModel
from glyphlab_read.reading.decoding.types import Decoded, Floats


def decode_best(network: Network, image: npt.NDArray[np.uint8], frames: npt.NDArray[np.int32]) -> list[Decoded]:
    """Decode N images, greedily.

    Args:
        network: the network to read with.
        image: uint8 (N, H, W, C).
        frames: the time steps that lie over each image, int32 (N,); CTC ignores the others.
    """
    if network.config.decoder == "ctc":
        return [ctc_greedy(logits) for logits in _ctc_logits(network, image, frames)]
    memory = np.asarray(network.graphs["encoder"].predict_on_batch({"image": image}))
    first = {name: np.zeros((len(memory), size), np.float32) for name, size in network.states.items()}

    def step(tokens: npt.NDArray[np.int32], states: dict[str, Floats]) -> tuple[Floats, dict[str, Floats], Floats]:
        outputs: Any = network.graphs["step"].predict_on_batch({"token": tokens, "memory": memory, **states})
        return outputs["logits"], {name: outputs[f"next_{name}"] for name in states}, outputs["alignment"]

    return attention_greedy(step, first, len(memory), network.classes - 1, network.config.max_length)


def decode_by_weight(
    network: Network,
    image: npt.NDArray[np.uint8],
    frames: npt.NDArray[np.int32],
    ngram: NgramModel,
    weights: Sequence[float],
) -> list[list[Decoded]]:
    """Decode N images with a network that ends in CTC, once for each weight of the n-gram model: N times W readings.

    Args:
        network: the network to read with.
        image: uint8 (N, H, W, C).
        frames: the time steps that lie over each image, int32 (N,).
        ngram: its weight is above 0.
        weights: W of them; see `ctc_best_by_weight`.
    """
    return [ctc_best_by_weight(logits, ngram, weights) for logits in _ctc_logits(network, image, frames)]


def _ctc_logits(network: Network, image: npt.NDArray[np.uint8], frames: npt.NDArray[np.int32]) -> list[Floats]:
    """Return the logits of each image's own frames, each (T_i, K)."""
    logits = np.asarray(network.graphs["network"].predict_on_batch({"image": image}))
    return [row[:count] for row, count in zip(logits, frames, strict=True)]
