"""The first system's variant: residual blocks at the bottom, then plain convolutions and poolings, dropout at the end.

It was made after ResNet50 (He et al. 2015, arXiv 1512.03385) when the pretrained one would not fit the attention
layer: "the output of layer x is added to the output of layer n + x", here with two convolutions between. This module
adds no BiLSTM itself.
"""

import keras
from keras import layers

from engine.config.reader import ReaderConfig
from engine.models.encoders.blocks import channels, columns, conv, normalised, pooled

_BLOCKS = 2  # at each of the two sizes


def residual(image: keras.KerasTensor, config: ReaderConfig) -> keras.KerasTensor:
    """Wire the encoder: image (N, H, W, C) in -1…1 -> features (N, W / 4, 1024 · scale) at height 32."""
    first, second, third, last = (channels(base, config.scale) for base in (64, 128, 256, 512))
    x = pooled(conv(image, first), 2)  # (N, H/2, W/2, 64)
    for _ in range(_BLOCKS):
        x = _block(x)
    x = pooled(conv(x, second), 2)  # (N, H/4, W/4, 128)
    for _ in range(_BLOCKS):
        x = _block(x)
    x = pooled(conv(x, third), 1)  # (N, H/8, W/4, 256)
    x = pooled(conv(x, last), 1)  # (N, H/16, W/4, 512)
    return layers.Dropout(config.dropout)(columns(x))


def _block(x: keras.KerasTensor) -> keras.KerasTensor:
    """Add what two convolutions make of `x` to it, then ReLU; the shape stays."""
    y = layers.Conv2D(x.shape[-1], 3, padding="same", use_bias=False)(conv(x, x.shape[-1]))
    return layers.ReLU()(layers.Add()([x, normalised(y, activate=False)]))
