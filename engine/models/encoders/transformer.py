"""A small transformer over the columns of an image, 1.3 million parameters at scale 1.

Strided convolutions make the tokens, as in SVTR (Du et al. 2022, arXiv 2205.00159). Each block then mixes locally, by a
convolution that compares a column with its neighbours and so encodes its position (no table of positions limits the
width), and globally, by self-attention over all columns. Normalisation comes first in each branch, so that training
needs no tricks. This module masks nothing: images of one padded width share a batch, whose padding is plain grey.
"""

import keras
from keras import layers

from engine.config.reader import ReaderConfig
from engine.models.encoders.blocks import channels, columns, conv, residual

_BLOCKS = 3
_KERNEL = 5  # columns that local mixing compares
_HEAD_CHANNELS = 32  # channels of one head
_EXPANSION = 2  # of the channels inside the two-layer perceptron


def transformer(image: keras.KerasTensor, config: ReaderConfig) -> keras.KerasTensor:
    """Wire the encoder: image (N, H, W, C) in -1…1 -> features (N, W / 4, 192 · scale)."""
    narrow, middle, wide, features = (channels(base, config.scale) for base in (32, 64, 96, 192))
    x = conv(image, narrow, strides=2)  # (N, H/2, W/2, 32)
    x = residual(conv(x, middle, strides=2))  # (N, H/4, W/4, 64)
    x = conv(x, wide, strides=(2, 1))  # (N, H/8, W/4, 96)
    x = layers.Dense(features)(columns(x))  # (N, T, 192)
    for _ in range(_BLOCKS):
        x = _perceptron(_attended(_mixed(x)), config.dropout)
    return layers.Dropout(config.dropout)(layers.LayerNormalization()(x))


def _mixed(x: keras.KerasTensor) -> keras.KerasTensor:
    """Local mixing: (N, T, D) -> (N, T, D)."""
    y = layers.Conv1D(x.shape[-1], _KERNEL, padding="same", activation="silu")(layers.LayerNormalization()(x))
    return layers.Add()([x, y])


def _attended(x: keras.KerasTensor) -> keras.KerasTensor:
    """Global mixing: (N, T, D) -> (N, T, D)."""
    heads = max(1, x.shape[-1] // _HEAD_CHANNELS)
    y = layers.LayerNormalization()(x)
    return layers.Add()([x, layers.MultiHeadAttention(heads, -(-x.shape[-1] // heads))(y, y)])


def _perceptron(x: keras.KerasTensor, dropout: float) -> keras.KerasTensor:
    y = layers.Dense(_EXPANSION * x.shape[-1], activation="silu")(layers.LayerNormalization()(x))
    return layers.Add()([x, layers.Dense(x.shape[-1])(layers.Dropout(dropout)(y))])
