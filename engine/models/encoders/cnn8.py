"""aocr's network: seven convolutions and five poolings, after Shi et al. 2015 (CRNN, arXiv 1507.05717).

With a BiLSTM on top (`recurrent`) and the attention decoder it is what the first system was trained with. Heights
other than 32 leave several rows at the end, which are folded into the features. This module adds no BiLSTM itself.
"""

import keras
from keras import layers

from engine.config.reader import ReaderConfig
from engine.models.encoders.blocks import channels, columns, normalised, pooled


def cnn8(image: keras.KerasTensor, config: ReaderConfig) -> keras.KerasTensor:
    """Wire the encoder: image (N, H, W, C) in -1…1 -> features (N, W / 4, 512 · scale) at height 32."""
    first, second, third, last = (channels(base, config.scale) for base in (64, 128, 256, 512))
    x = pooled(_conv(image, first), 2)  # (N, H/2, W/2, 64)
    x = pooled(_conv(x, second), 2)  # (N, H/4, W/4, 128)
    x = pooled(_conv(_conv(x, third, batch_norm=True), third), 1)  # (N, H/8, W/4, 256)
    x = pooled(_conv(_conv(x, last, batch_norm=True), last), 1)  # (N, H/16, W/4, 512)
    x = pooled(_conv(x, last, size=2, batch_norm=True), 1)  # (N, H/32, W/4, 512)
    return layers.Dropout(config.dropout)(columns(x))


def _conv(x: keras.KerasTensor, count: int, size: int = 3, batch_norm: bool = False) -> keras.KerasTensor:
    if batch_norm:
        return normalised(layers.Conv2D(count, size, padding="same", use_bias=False)(x))
    return layers.Conv2D(count, size, padding="same", activation="relu")(x)
