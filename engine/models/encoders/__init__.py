"""Encoders: from an image to one feature vector per time step; `ENCODERS` maps their names to the functions.

Each takes the normalised image (N, H, W, C) and the reader's config, and returns (N, T, D) with T = W / stride, for
any height.
"""

from collections.abc import Callable

import keras

from engine.config.reader import Encoder, ReaderConfig
from engine.models.encoders.cnn8 import cnn8
from engine.models.encoders.densenet121 import densenet121
from engine.models.encoders.light import light
from engine.models.encoders.residual import residual
from engine.models.encoders.resnet50 import resnet50
from engine.models.encoders.transformer import transformer

ENCODERS: dict[Encoder, Callable[[keras.KerasTensor, ReaderConfig], keras.KerasTensor]] = {
    "light": light,
    "cnn8": cnn8,
    "residual": residual,
    "resnet50": resnet50,
    "densenet121": densenet121,
    "transformer": transformer,
}
