"""The CTC head: each time step tells its class by itself; the last class is the blank (Graves et al. 2006).

Its loss is in engine.models.losses, its decoding in engine.reading.decoding.ctc.
"""

import keras
from keras import layers


def ctc_logits(memory: keras.KerasTensor, classes: int) -> keras.KerasTensor:
    """Wire the head: memory (N, T, D) -> logits float32 (N, T, K)."""
    return layers.Dense(classes, dtype="float32", name="logits")(memory)
