"""DenseNet121 (Huang et al. 2016, arXiv 1608.06993) up to its second transition, 1.3 million parameters, as an encoder.

The first system failed to join it to its attention layer; see `imagenet` for how its features fit any decoder here.
"""

import keras

from engine.config.reader import ReaderConfig
from engine.models.encoders.imagenet import Application, wired

DENSENET121 = Application(
    keras.applications.DenseNet121,
    last="pool3_relu",
    row_strides=("pool2_pool",),
    colours=(0, 1, 2),
    # Red, green and blue from 0 to 1, less their means over ImageNet and over their deviations.
    scale=(1 / 255 / 0.229, 1 / 255 / 0.224, 1 / 255 / 0.225),
    offset=(-0.485 / 0.229, -0.456 / 0.224, -0.406 / 0.225),
)


def densenet121(image: keras.KerasTensor, config: ReaderConfig) -> keras.KerasTensor:
    """Wire the encoder: image (N, H, W, C) in -1…1 -> features (N, W / 4, 256 · scale)."""
    return wired(image, config, DENSENET121)
