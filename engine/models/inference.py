"""Decoding with a Keras network, by the same decoders that read bundles in ONNX Runtime.

For validation while training, and for the parity check of an export. This module knows neither characters nor files.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from engine.models.network import Network
from glyphlab_read.reading.decoding.attention import attention_greedy
from glyphlab_read.reading.decoding.ctc import ctc_best
from glyphlab_read.reading.decoding.ngram import NgramModel
from glyphlab_read.reading.decoding.types import Decoded, Floats


def decode_best(
    network: Network, image: npt.NDArray[np.uint8], frames: npt.NDArray[np.int32], ngram: NgramModel | None = None
) -> list[Decoded]:
    """Decode N images.

    Args:
        network: the network to read with.
        image: uint8 (N, H, W, C).
        frames: the time steps that lie over each image, int32 (N,); CTC ignores the others.
        ngram: n-gram model, for CTC.
    """
    if network.config.decoder == "ctc":
        logits = np.asarray(network.graphs["network"].predict_on_batch({"image": image}))
        return [ctc_best(row[:count], ngram) for row, count in zip(logits, frames, strict=True)]
    memory = np.asarray(network.graphs["encoder"].predict_on_batch({"image": image}))
    first = {name: np.zeros((len(memory), size), np.float32) for name, size in network.states.items()}

    def step(tokens: npt.NDArray[np.int32], states: dict[str, Floats]) -> tuple[Floats, dict[str, Floats], Floats]:
        outputs: Any = network.graphs["step"].predict_on_batch({"token": tokens, "memory": memory, **states})
        return outputs["logits"], {name: outputs[f"next_{name}"] for name in states}, outputs["alignment"]

    return attention_greedy(step, first, len(memory), network.classes - 1, network.config.max_length)
