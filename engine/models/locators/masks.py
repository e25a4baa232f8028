"""The second system's two networks: a whole photo in 64 numbers, scaled up to it.

Their notes name layers, not widths; these are the widths such tutorials use. Both see the photo as a square.
"""

import keras
from keras import layers

from engine.config.locator import LocatorConfig

_GRID = 8  # cells along each side: 64 outputs


def fc_mask(image: keras.KerasTensor, config: LocatorConfig, maps: int) -> keras.KerasTensor:
    """Wire two convolutions and three dense layers: image (N, 128, 128, 3) in 0…1 -> logits (N, 8, 8, maps)."""
    x = image
    for width in (6, 16):
        x = layers.Conv2D(width, 5, activation="relu")(x)
        x = layers.MaxPooling2D(2)(x)
    x = layers.Flatten()(x)
    for width in (60, 84):
        x = layers.Dense(width, activation="relu")(x)
    return _grid(x, maps)


def conv_mask(image: keras.KerasTensor, config: LocatorConfig, maps: int) -> keras.KerasTensor:
    """Wire four convolutions, dropout and one dense layer: image (N, 128, 128, 3) in 0…1 -> logits (N, 8, 8, maps)."""
    x = image
    for width in (16, 32, 64, 64):
        x = layers.Conv2D(width, 3, padding="same", activation="relu")(x)
        x = layers.MaxPooling2D(2)(x)
    return _grid(layers.Dropout(config.dropout)(layers.Flatten()(x)), maps)


def _grid(features: keras.KerasTensor, maps: int) -> keras.KerasTensor:
    return layers.Reshape((_GRID, _GRID, maps))(layers.Dense(_GRID * _GRID * maps, dtype="float32")(features))
