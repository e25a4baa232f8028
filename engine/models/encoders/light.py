"""The default: a small residual network that trains fast on a CPU, about 0.6 million parameters at scale 1.

Three strided convolutions reduce the image to an eighth of its height and a quarter of its width; dilated convolutions
over time then compare each column with its neighbours, 15 columns (60 px) in all.
"""

import keras
from keras import layers

from engine.config.reader import ReaderConfig
from engine.models.encoders.blocks import RowConv2D, channels, columns, conv, normalised, residual

_DILATIONS = (1, 2, 4)


def light(image: keras.KerasTensor, config: ReaderConfig) -> keras.KerasTensor:
    """Wire the encoder: image (N, H, W, C) in -1…1 -> features (N, W / 4, 192 · scale)."""
    narrow, middle, wide, features = (channels(base, config.scale) for base in (32, 64, 96, 192))
    x = conv(image, narrow, strides=2)  # (N, H/2, W/2, 32)
    x = residual(conv(x, middle, strides=2))  # (N, H/4, W/4, 64)
    x = residual(conv(x, wide, strides=(2, 1)))  # (N, H/8, W/4, 96)
    x = normalised(layers.Dense(features, use_bias=False)(columns(x)))  # (N, T, 192)
    for dilation in _DILATIONS:
        # Reshaped into rows of `dilation` columns, a plain convolution over rows is a dilated one over columns.
        # TensorFlow and its exports take one that is called dilated apart into sixty small operations.
        y = layers.Reshape((-1, dilation, features))(x)  # (N, T / dilation, dilation, 192)
        y = normalised(RowConv2D(features, (3, 1), padding="same", use_bias=False)(y))
        x = layers.Add()([x, layers.Reshape((-1, features))(y)])
    return layers.Dropout(config.dropout)(x)
