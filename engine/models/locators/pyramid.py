"""Our locator: plain thin convolutions, a pyramid that sums five sizes, maps at half the image's size.

Depthwise convolutions do not pay on processors, nor does anything at full resolution. The maps are as fine as 2 px
because kernels of small words vanish or merge at 4. The pyramid is that of Lin et al. 2017, "Feature Pyramid Networks
for Object Detection", with the maps of Wang et al. 2019 (PSENet) and Liao et al. 2020 (DB).
"""

from typing import Any

import keras
from keras import layers

from engine.config.locator import LocatorConfig
from engine.models.encoders.blocks import channels, conv, normalised

_WIDTHS = (16, 32, 48, 96, 128)  # at strides 2, 4, 8, 16, 32
_PYRAMID = 48
_HEAD = 32


def pyramid(image: keras.KerasTensor, config: LocatorConfig, maps: int) -> keras.KerasTensor:
    """Wire the network: image (N, H, W, 3) in 0…1 -> logits (N, H / 2, W / 2, maps); H and W multiples of 32."""
    x, stages = image, []
    for width in (channels(base, config.scale) for base in _WIDTHS):
        x = conv(conv(x, width, strides=2), width)
        stages.append(x)
    side = channels(_PYRAMID, config.scale)
    top = layers.Conv2D(side, 1, use_bias=False)(stages[-1])
    for stage in reversed(stages[1:-1]):
        lateral = layers.Conv2D(side, 1, use_bias=False)(stage)
        top = normalised(layers.Add()([lateral, layers.UpSampling2D(2, interpolation="nearest")(top)]))
        top = conv(top, side)  # (N, H / 4, W / 4, 48) in the end
    head = conv(top, channels(_HEAD, config.scale))
    return layers.Conv2DTranspose(maps, 2, strides=2, dtype="float32", bias_initializer=_rare())(head)


def _rare() -> Any:
    """Begin with few pixels of text, as there are (Lin et al. 2017, "Focal Loss for Dense Object Detection", 3.3)."""
    return keras.initializers.Constant(-2.2)
