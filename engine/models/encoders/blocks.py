"""Layers that encoders share. Legend: N images, H rows, W columns, C channels, T time steps.

This module builds no whole network.
"""

from typing import Any

import keras
from keras import layers, ops

# Short runs are the rule here, so that running means must follow within some dozen steps.
MOMENTUM = 0.9


class BatchNormalization(layers.BatchNormalization):
    """Keras' batch normalisation, of images by TensorFlow's kernel while it learns there."""

    def call(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        """Normalise (N, H, W, C) or (N, T, C)."""
        if not training or len(inputs.shape) != 4 or keras.backend.backend() != "tensorflow":
            return super().call(inputs, training=training, mask=mask)
        from engine.models.tensorflow_kernels import normalise_batch  # the package is only there with its backend

        output, mean, variance = normalise_batch(inputs, self.gamma, self.beta, self.epsilon)
        followed: Any = ((self.moving_mean, mean), (self.moving_variance, variance))
        for moving, batch in followed:
            moving.assign(moving * self.momentum + batch * (1 - self.momentum))
        return output


class RowConv2D(layers.Conv2D):
    """Convolution over rows alone, with a kernel of one column and without a bias.

    While it learns under TensorFlow, rows and columns change places: the gradients of wide kernels take half the time.
    """

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        """Convolve (N, H, W, C) -> (N, H, W, filters)."""
        if not training or keras.backend.backend() != "tensorflow":
            return super().call(inputs)
        images, kernel = ops.transpose(inputs, (0, 2, 1, 3)), ops.transpose(self.kernel, (1, 0, 2, 3))
        output = ops.conv(images, kernel, padding=self.padding, data_format="channels_last")
        return ops.transpose(output, (0, 2, 1, 3))


def channels(base: int, scale: float) -> int:
    """Return a channel count scaled and rounded to a multiple of 8, at least 8."""
    return max(8, 8 * round(base * scale / 8))


def normalised(x: keras.KerasTensor, activate: bool = True) -> keras.KerasTensor:
    """Batch normalisation, then ReLU if `activate`; the shape stays."""
    x = BatchNormalization(momentum=MOMENTUM)(x)
    return layers.ReLU()(x) if activate else x


def conv(x: keras.KerasTensor, count: int, strides: int | tuple[int, int] = 1) -> keras.KerasTensor:
    """3×3 convolution, batch normalisation, ReLU: (N, H, W, C) -> (N, H / sh, W / sw, count), rounded up."""
    return normalised(layers.Conv2D(count, 3, strides=strides, padding="same", use_bias=False)(x))


def residual(x: keras.KerasTensor) -> keras.KerasTensor:
    """Add a `conv` of equally many channels to `x`; the shape stays."""
    return layers.Add()([x, conv(x, x.shape[-1])])


def pooled(x: keras.KerasTensor, columns_pooled: int) -> keras.KerasTensor:
    """Halve the rows, and the columns too where `columns_pooled` is 2; odd sizes are rounded up."""
    return layers.MaxPooling2D((2, columns_pooled), padding="same")(x)


def columns(x: keras.KerasTensor) -> keras.KerasTensor:
    """Fold the rows into the features, so that any height fits: (N, H, W, C) -> (N, W, H·C)."""
    rows, features = x.shape[1], x.shape[3]
    return layers.Reshape((-1, rows * features))(layers.Permute((2, 1, 3))(x))
