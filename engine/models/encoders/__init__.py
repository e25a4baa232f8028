"""Encoders: from an image to one feature vector a time step; `ENCODERS` maps their names to the functions.

Each takes the normalised image (N, H, W, 1) and the reader's config, and gives (N, T, D) with T = W / stride, whatever
the height. They know nothing of characters.
"""

from collections.abc import Callable

import keras

from engine.config.reader import Encoder, ReaderConfig
from engine.models.encoders.cnn8 import cnn8
from engine.models.encoders.light import light

ENCODERS: dict[Encoder, Callable[[keras.KerasTensor, ReaderConfig], keras.KerasTensor]] = {
    "light": light,
    "cnn8": cnn8,
}
