"""Config of a locator: the network that finds text in a photo, its size, and the size at which it sees a photo.

This module builds no network and opens no image.
"""

from typing import Literal

from engine.config.base import Config, setting
from glyphlab_read.location.maps import MapName

LocatorNetwork = Literal["pyramid", "fc_mask", "conv_mask"]

MULTIPLE = 32
"""Sides of the images that the pyramid takes are multiples of it, px."""

MASK_SIDE = 128
"""Side of the square that the two mask networks see, px."""

MAPS: dict[LocatorNetwork, tuple[MapName, ...]] = {
    "pyramid": ("kernel", "region", "line"),
    "fc_mask": ("region",),
    "conv_mask": ("region",),
}
"""The maps that a network gives, in the order of its channels."""

STRIDES: dict[LocatorNetwork, int] = {"pyramid": 2, "fc_mask": 16, "conv_mask": 16}
"""Pixels of the image along each axis for one of a map."""


class LocatorConfig(Config):
    """A locator's network, and how it sees a photo."""

    network: LocatorNetwork = setting(
        "pyramid",
        help="pyramid: small convolutions at several sizes, for words and lines. fc_mask, conv_mask: the second "
        "system's networks, 8 × 8 probabilities for a whole photo.",
    )
    scale: float = setting(
        1.0,
        ge=0.25,
        le=4.0,
        folded=True,
        help="Factor of the network's widths. Twice as wide costs four times as much.",
    )
    side: int = setting(
        1600,
        unit="px",
        ge=128,
        le=8192,
        multiple_of=MULTIPLE,
        help="Longer side of a photo as the pyramid sees it. Larger finds smaller text and takes longer.",
    )
    dropout: float = setting(0.25, ge=0.0, le=0.9, folded=True, help="Dropout of conv_mask.")
