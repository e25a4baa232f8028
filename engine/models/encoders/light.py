"""Ours: a small residual network that learns fast on a CPU, about 0.6 million parameters at scale 1.

Three strided convolutions bring the image to an eighth of its height and a quarter of its width; what a column shows
is then compared with its neighbours by dilated convolutions over time, which see 15 columns (60 px) in all.
"""

import keras
from keras import layers

from engine.config.reader import ReaderConfig
from engine.models.encoders.blocks import channels, columns, conv, normalised, residual

_DILATIONS = (1, 2, 4)


def light(image: keras.KerasTensor, config: ReaderConfig) -> keras.KerasTensor:
    """Wire the encoder: image (N, H, W, C) in -1…1 -> features (N, W / 4, 192 · scale)."""
    narrow, middle, wide, features = (channels(base, config.scale) for base in (32, 64, 96, 192))
    x = conv(image, narrow, strides=2)  # (N, H/2, W/2, 32)
    x = residual(conv(x, middle, strides=2))  # (N, H/4, W/4, 64)
    x = residual(conv(x, wide, strides=(2, 1)))  # (N, H/8, W/4, 96)
    x = normalised(layers.Dense(features, use_bias=False)(columns(x)))  # (N, T, 192)
    # One row of a picture: TensorFlow takes dilated convolutions over time apart, and those over pictures not.
    x = layers.Reshape((1, -1, features))(x)
    for dilation in _DILATIONS:
        y = layers.Conv2D(features, (1, 3), padding="same", dilation_rate=(1, dilation), use_bias=False)(x)
        x = layers.Add()([x, normalised(y)])
    return layers.Dropout(config.dropout)(layers.Reshape((-1, features))(x))
