"""Logits of a reader in ONNX Runtime, for checks that compare them; it reads no text and needs no Keras."""

import numpy as np
import numpy.typing as npt

from glyphlab_read.reading.reader import Reader


def onnx_logits(reader: Reader, image: npt.NDArray[np.uint8], tokens: npt.NDArray[np.int32]) -> npt.NDArray[np.float32]:
    """Return a reader's logits for N images, (N, T, K), or (N, L + 1, K) under teacher forcing.

    Args:
        reader: the reader.
        image: prepared, uint8 (N, H, W, C).
        tokens: of attention, the start token and the characters before each step, int32 (N, L + 1).
    """
    decoder = reader.manifest.decoder
    if decoder.kind == "ctc":
        return reader.network.run("network", image=image)["logits"]
    memory = reader.network.run("encoder", image=image)["memory"]
    states = {state.name: np.zeros((len(image), *state.shape), np.float32) for state in decoder.states}
    collected = []
    for token in tokens.T:
        outputs = reader.network.run("step", token=np.ascontiguousarray(token), memory=memory, **states)
        states = {name: outputs[f"next_{name}"] for name in states}
        collected.append(outputs["logits"])
    return np.stack(collected, axis=1)
