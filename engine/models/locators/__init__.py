"""Networks of locators: from a photo to maps; `build_locator` wires the one that a config names.

Legend: N images, H rows, W columns of pixels; h, w of a map; M maps.
"""

from collections.abc import Callable
from typing import Any, Literal

import keras
from keras import layers

from engine.config.locator import MAPS, MASK_SIDE, LocatorConfig, LocatorNetwork
from engine.models.locators.masks import conv_mask, fc_mask
from engine.models.locators.pyramid import pyramid
from engine.models.precision import computing_in

LOCATORS: dict[LocatorNetwork, Callable[[keras.KerasTensor, LocatorConfig, int], keras.KerasTensor]] = {
    "pyramid": pyramid,
    "fc_mask": fc_mask,
    "conv_mask": conv_mask,
}
"""Functions from the normalised image (N, H, W, 3) and M to logits (N, h, w, M)."""


def build_locator(
    config: LocatorConfig, *, seed: int = 0, precision: Literal["float32", "bfloat16"] = "float32"
) -> keras.Model:
    """Build a locator with fresh weights: {"image" uint8 (N, H, W, 3)} -> logits float32 (N, h, w, M).

    Args:
        config: network and sizes.
        seed: of Keras' random numbers, set for the whole process.
        precision: bfloat16 computes in it and keeps the weights in float32.
    """
    keras.utils.set_random_seed(seed)
    side = MASK_SIDE if config.network != "pyramid" else None
    with computing_in(precision):
        image: Any = keras.Input((side, side, 3), dtype="uint8", name="image")
        x = layers.Rescaling(1 / 255)(image)
        logits = LOCATORS[config.network](x, config, len(MAPS[config.network]))
        logits = layers.Activation("linear", dtype="float32", name="logits")(logits)
        return keras.Model({"image": image}, logits, name=config.network)
