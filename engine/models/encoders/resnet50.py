"""ResNet50 (He et al. 2015, arXiv 1512.03385) up to its third stage, 1.5 million parameters, as an encoder.

The first system failed to join it to its attention layer; see `imagenet` for how its features fit any decoder here.
"""

import keras

from engine.config.reader import ReaderConfig
from engine.models.encoders.imagenet import Application, wired

RESNET50 = Application(
    keras.applications.ResNet50,
    last="conv3_block4_out",
    row_strides=("conv3_block1_0_conv", "conv3_block1_1_conv"),
    colours=(2, 1, 0),
    # Blue, green and red less their means over ImageNet, as its authors' framework had it.
    scale=(1.0, 1.0, 1.0),
    offset=(-103.939, -116.779, -123.68),
)


def resnet50(image: keras.KerasTensor, config: ReaderConfig) -> keras.KerasTensor:
    """Wire the encoder: image (N, H, W, C) in -1…1 -> features (N, W / 4, 256 · scale)."""
    return wired(image, config, RESNET50)
