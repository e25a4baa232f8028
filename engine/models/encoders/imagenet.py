"""The first half of a network from keras.applications as an encoder, shared by `resnet50` and `densenet121`.

The last feature map of such a network classifies objects and has lost their position; one from the middle still has a
column for every four pixels, once the later strides work on the rows alone. Its rows are folded into the features, so
that any legal size fits any decoder. This module loads no weights: see engine.models.pretrained.
"""

import random
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cache
from typing import Any

import keras
from keras import layers

from engine.config.reader import ReaderConfig
from engine.models.encoders.blocks import MOMENTUM, channels, columns, normalised

_HALF_RANGE, _MIDDLE = 127.5, 128.0  # pixel = x · 127.5 + 128, as engine.models.network makes x of it
_FEATURES = 256


@dataclass(frozen=True)
class Application:
    """A network of keras.applications, and the part that is used of it.

    Attributes:
        build: its constructor, such as `keras.applications.ResNet50`.
        last: the layer whose output is used.
        row_strides: layers whose strides are reduced to the rows; in the original they halve the columns, too.
        colours: order of its channels, as indices of red, green and blue.
        scale, offset: of these, from 0…255 to the range that it was trained with.
    """

    build: Callable[..., keras.Model]
    last: str
    row_strides: Collection[str]
    colours: tuple[int, int, int]
    scale: tuple[float, float, float]
    offset: tuple[float, float, float]

    def part(self, weights: str | None = None) -> keras.Model:
        """Return the part as keras.applications makes it, its strides untouched; "imagenet" may download."""
        whole = self.build(include_top=False, weights=weights, input_shape=(None, None, 3))
        return keras.Model(whole.inputs, whole.get_layer(self.last).output)


def backbone(model: keras.Model) -> keras.Model:
    """Return the part of an encoder that comes from keras.applications."""
    return next(layer for layer in model.layers if isinstance(layer, keras.Model))


def wired(image: keras.KerasTensor, config: ReaderConfig, taken: Application) -> keras.KerasTensor:
    """Wire an encoder: image (N, H, W, C) in -1…1 -> features (N, W / 4, 256 · scale)."""
    scale: Any = [_HALF_RANGE * factor for factor in taken.scale]
    offset: Any = [_MIDDLE * factor + start for factor, start in zip(taken.scale, taken.offset, strict=True)]
    bands = [image[..., place : place + 1] for place in taken.colours] if config.colour else [image, image, image]
    x = layers.Rescaling(scale, offset)(layers.Concatenate()(bands))
    x = _adapted(taken, config.scale)(x)  # (N, H/8, W/4, 512)
    x = normalised(layers.Dense(channels(_FEATURES, config.scale), use_bias=False)(columns(x)))
    return layers.Dropout(config.dropout)(x)


def _adapted(taken: Application, scale: float) -> keras.Model:
    """Return the part with our strides, channels and momentum, with fresh weights."""

    def change(layer: Any) -> Any:
        values = layer.get_config()
        if layer.name in taken.row_strides:
            values["strides"] = (2, 1)
            if "pool_size" in values:
                values["pool_size"] = (2, 1)
        if "filters" in values:
            values["filters"] = max(4, round(values["filters"] * scale))
        if "momentum" in values:
            values["momentum"] = MOMENTUM
        return type(layer).from_config(values)

    return keras.models.clone_model(_untouched(taken), clone_function=change)


@cache
def _untouched(taken: Application) -> keras.Model:
    """Return the part as keras.applications makes it, made once a process: that takes longer than to copy it.

    It draws the same of Python's random numbers, from which Keras seeds weights, whether it is made or there: none.
    """
    state = random.getstate()
    try:
        return taken.part()
    finally:
        random.setstate(state)
